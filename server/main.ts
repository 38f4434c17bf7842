/**
 * Starts the server as the environment says: `outpost start` without the command line.
 */
import { runCli } from './cli/run.ts';

process.exitCode = await runCli(['start'], { env: process.env, in: process.stdin, out: process.stdout, err: process.stderr, now: Date.now });
