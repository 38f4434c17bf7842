/**
 * `npm run audit`: known holes in the dependencies; and Lighthouse, its last version with a PWA category, and axe, on the built app; prints a table and fails
 * if any of it is short of what the app promises.
 */
import { join } from 'node:path';
import { auditDependencies } from './advisories.mjs';
import { findBrowser } from './browser.mjs';
import { ROOT, ensureBuilt, ensureInstalled, findNode, run, runMain } from './setup.mjs';

await runMain(async () => {
  ensureInstalled();
  const isSafe = auditDependencies();
  const node = findNode();
  await ensureBuilt(node);
  const code = await run(node, [join(ROOT, 'scripts', 'audit.ts')], { ...process.env, CHROMIUM_PATH: await findBrowser() });
  return isSafe ? code : 1;
});
