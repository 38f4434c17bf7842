/**
 * `npm run bench [-- --quick]`: installs what is missing, finds a browser, then measures Outpost beside its peers.
 */
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { ROOT, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  const env = { ...process.env, CHROMIUM_PATH: await findBrowser() };
  return run(findNode(), [join(ROOT, 'bench', 'run.ts'), ...process.argv.slice(2)], env);
});
