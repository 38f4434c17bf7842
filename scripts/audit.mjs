/**
 * `npm run audit`: Lighthouse, its last version with a PWA category, and axe, on the built app; prints a table and fails
 * if any of it is short of what the app promises.
 */
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { ROOT, ensureBuilt, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  const node = findNode();
  await ensureBuilt(node);
  return run(node, [join(ROOT, 'scripts', 'audit.ts')], { ...process.env, CHROMIUM_PATH: await findBrowser() });
});
