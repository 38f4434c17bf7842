/**
 * `npm run docs`: writes `docs/api.md` from the docstrings of the package's entries.
 */
import { join } from 'node:path';
import { ROOT, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  return run(findNode(), [join(ROOT, 'scripts', 'docs.ts')]);
});
