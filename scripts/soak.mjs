/**
 * `npm run test:soak -- --histories N --seed S`: that many histories of the simulated world.
 */
import { join } from 'node:path';
import { ROOT, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  return run(findNode(), [join(ROOT, 'tests', 'world', 'soak.ts'), ...process.argv.slice(2)]);
});
