/**
 * Starts the server as the environment says: PORT, HOST, DATA_DIR, DATABASE_URL, OUTPOST_OWNER_EMAIL, OUTPOST_OWNER_PASSWORD, and what
 * `ops/settings.ts` reads.
 */
import { readConfig } from './config.ts';
import { readSettings } from './ops/settings.ts';
import { start } from './start.ts';

const result = readConfig(process.env);
const running = readSettings(process.env);
if (!result.ok || !running.ok) {
  process.stderr.write(`${result.ok ? (running.ok ? '' : running.message) : result.message}\n`);
  process.exitCode = 1;
} else {
  await start(result.config, running.settings);
}
