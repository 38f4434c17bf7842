import { spawn, type ChildProcess } from 'node:child_process';

/** A process that a test started, with all that it said. */
export interface Child {
  readonly pid: number;
  /** What it wrote so far, both streams. */
  output(): string;
  hasEnded(): boolean;
  /** Sends the signal to the process and all that it started, and waits for its end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const GRACE_MS = 10_000;

/** Starts a command in a process group of its own, so that nothing of it outlives `end`. */
export function startChild(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Child {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  const pid = child.pid;
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const orphan = (): void => killGroup(pid, 'SIGKILL');
  process.once('exit', orphan);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      process.off('exit', orphan);
      resolve();
    });
  });
  return {
    pid,
    output: () => said.join(''),
    hasEnded: () => hasEnded(child),
    async end(signal) {
      killGroup(pid, signal);
      const timer = setTimeout(() => killGroup(pid, 'SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function killGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // The group is gone already, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
