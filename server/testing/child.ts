/**
 * The server as a process of its own, for tests that kill it: started as ever, but every commit is reported to the parent
 * before its edits are answered, and with HOLD=1 they are answered only when the parent says so.
 */
import { readConfig } from '../config.ts';
import { readSettings } from '../ops/settings.ts';
import { CannotStart, start } from '../start.ts';

const result = readConfig(process.env);
if (!result.ok) throw new Error(result.message);
const released = new Promise<void>((resolve) => {
  if (process.env['HOLD'] === '1') process.once('message', () => resolve());
  else resolve();
});
const running = readSettings(process.env);
if (!running.ok) throw new Error(running.message);
const graceMs = process.env['GRACE_MS'];
try {
  await start(result.config, running.settings, {
    ...(graceMs === undefined ? {} : { graceMs: Number(graceMs) }),
    onCommitted: async () => {
      process.send?.('committed');
      await released;
    },
  });
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
