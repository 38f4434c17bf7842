/**
 * `npm run bench:abuse`: attacks a server of its own on this machine, for a minute; prints what they cost, and fails if it is
 * more than the server may give. Linux alone tells how much memory another process has.
 */
import { join } from 'node:path';
import { ROOT, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  return run(findNode(), [join(ROOT, 'bench', 'abuse', 'run.ts')]);
});
