/**
 * `npm run test:browsers`: installs what is missing, the browsers too, then runs the main journeys in Firefox and WebKitGTK.
 */
import { findEngines } from './engines.mjs';
import { bin, ensureBuilt, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  const node = findNode();
  await ensureBuilt(node);
  return run(node, [bin('vitest'), 'run', '--project', 'engines'], { ...process.env, ...findEngines() });
});
