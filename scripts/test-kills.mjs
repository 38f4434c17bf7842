/**
 * `npm run test:kills -- --kills N --clients N --seed S`: the server killed under load on either store, and started again.
 */
import { join } from 'node:path';
import { ROOT, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  return run(findNode(), [join(ROOT, 'tests', 'kills', 'run.ts'), ...process.argv.slice(2)]);
});
