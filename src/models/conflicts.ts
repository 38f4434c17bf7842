/**
 * What becomes of a response that was changed on two devices: answers are put together one by one. Every edit also moves
 * the end; of two the later counts, which is no conflict.
 */
import { settle, type Conflict, type Settlement } from '../sync/index.ts';

export function settleResponse(conflict: Conflict): Settlement {
  const { mine, theirs } = conflict;
  if (mine === null || theirs === null) return 'ask';
  const endedAt = laterOf(mine['endedAt'], theirs['endedAt']);
  return settle('merge', { ...conflict, mine: { ...mine, endedAt }, theirs: { ...theirs, endedAt } });
}

function laterOf(a: unknown, b: unknown): unknown {
  return typeof a === 'string' && typeof b === 'string' && Date.parse(a) < Date.parse(b) ? b : a;
}
