/**
 * `npm run size`: how large the engine, the worker and the app's first load are, and whether that is within their budgets.
 */
import { join } from 'node:path';
import { ROOT, ensureBuilt, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  const node = findNode();
  await ensureBuilt(node);
  return run(node, [join(ROOT, 'scripts', 'size.ts')]);
});
