/**
 * Servers as processes of their own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

/** Starts a server and waits until it says where it is. @param program relative to this folder */
export async function startProcess(env: Readonly<Record<string, string>>, program: '../main.ts' | 'child.ts' = '../main.ts'): Promise<Running> {
  const child = fork(join(import.meta.dirname, program), { env: { ...process.env, PORT: '0', HOST: '127.0.0.1', OUTPOST_RATE_LIMITS: 'off', ...env }, silent: true });
  const said: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      said.push(String(chunk));
      const found = /http:\/\/\S+\n/.exec(said.join(''))?.[0];
      if (found !== undefined) resolve(found.trim());
    });
    child.stderr?.on('data', (chunk) => said.push(String(chunk)));
    child.once('exit', () => reject(new Error(`The server did not start: ${said.join('')}`)));
  });
  return { child, url };
}

/** Resolves when it is gone, also if it was before. */
export async function endProcess({ child }: Running, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
