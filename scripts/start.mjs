/**
 * `npm start`: installs and builds what is missing, then runs the server until it is told to stop.
 */
import { join } from 'node:path';
import { ROOT, ensureBuilt, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  const node = findNode();
  await ensureBuilt(node);
  return run(node, [join(ROOT, 'server', 'main.ts')]);
});
