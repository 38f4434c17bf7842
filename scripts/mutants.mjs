/**
 * `npm run test:mutants`: shows that the simulated world finds each of the bugs that are put in on purpose.
 */
import { join } from 'node:path';
import { ROOT, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  return run(findNode(), [join(ROOT, 'tests', 'world', 'find-mutants.ts'), ...process.argv.slice(2)]);
});
