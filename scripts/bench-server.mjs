/**
 * `npm run bench:server`: how much the server takes, on each store, beside what its database takes without it. `-- --quick` says
 * less in two minutes; `-- --minutes 10` sees whether its memory grows.
 */
import { join } from 'node:path';
import { ROOT, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  return run(findNode(), [join(ROOT, 'bench', 'server', 'run.ts'), ...process.argv.slice(2)]);
});
