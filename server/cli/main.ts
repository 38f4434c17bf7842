#!/usr/bin/env node
/**
 * The command `outpost`.
 */
import { runCli } from './run.ts';

// Whoever reads may have read enough: `outpost export … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await runCli(process.argv.slice(2), { env: process.env, in: process.stdin, out: process.stdout, err: process.stderr, now: Date.now });
