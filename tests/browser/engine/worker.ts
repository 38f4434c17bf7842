/**
 * The engine's worker and nothing else.
 */
import { registerOutpost } from '../../../sw/index.ts';
import { countSteps, stopAt } from './moment.ts';

countSteps();
registerOutpost();

addEventListener('message', ({ data, ports }: MessageEvent<unknown>) => {
  if (typeof data === 'object' && data !== null && 'stopAt' in data && typeof data.stopAt === 'number') ports[0]?.postMessage(stopAt(data.stopAt));
});
