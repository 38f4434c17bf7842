/**
 * Starts the server as the environment says: PORT, HOST, DATA_DIR, OUTPOST_OWNER_EMAIL, OUTPOST_OWNER_PASSWORD.
 */
import { readConfig } from './config.ts';
import { start } from './start.ts';

const result = readConfig(process.env);
if (result.ok) {
  await start(result.config);
} else {
  process.stderr.write(`${result.message}\n`);
  process.exitCode = 1;
}
