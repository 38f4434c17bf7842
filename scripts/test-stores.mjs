/**
 * `npm run test:stores -- --seconds N`: two servers on one PostgreSQL, with many writers and slow commits.
 */
import { join } from 'node:path';
import { ROOT, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  return run(findNode(), [join(ROOT, 'server', 'testing', 'run-rush.ts'), ...process.argv.slice(2)]);
});
