/**
 * The real server, as a process of its own.
 */
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startChild, type Child } from './child.ts';
import { temporaryFolder, type Later } from './later.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

/** The owner that every test server is started with. */
export const OWNER = { email: 'owner@example.org', password: 'a long enough pass phrase' } as const;

export interface TestServer {
  readonly port: number;
  readonly url: string;
  readonly dataDir: string;
  /** What it has printed since it was last started. */
  output(): string;
  /** SIGTERM, as an operator stops it. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash or a power cut does. */
  kill(): Promise<void>;
  /** Starts it again on the same port and the same data. */
  start(): Promise<void>;
}

export interface ServerOptions {
  /** The address to listen on, which is also the one of its `url`. */
  readonly host?: string;
  /** Whether `OWNER` is made by the environment; else the first start prints the link that makes one. */
  readonly hasOwner?: boolean;
}

export async function startServer(later: Later, { host = '127.0.0.1', hasOwner = true }: ServerOptions = {}): Promise<TestServer> {
  const dataDir = await temporaryFolder(later, 'data');
  const port = await freePort();
  const url = `http://${host}:${port}`;
  const owner = hasOwner ? { OUTPOST_OWNER_EMAIL: OWNER.email, OUTPOST_OWNER_PASSWORD: OWNER.password } : {};
  const env = { ...process.env, PORT: String(port), HOST: host, DATA_DIR: dataDir, ...owner };
  let child: Child | null = null;

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    await child?.end(signal);
    child = null;
  };
  const server: TestServer = {
    port,
    url,
    dataDir,
    output: () => child?.output() ?? '',
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async start() {
      const started = startChild(process.execPath, [MAIN], env);
      child = started;
      await until('the server answers', async () => {
        if (started.hasEnded()) return true;
        return (await fetch(`${url}/api/v1/health`)).ok;
      });
      if (started.hasEnded()) throw new Error(`The server ended at once: ${started.output()}`);
    },
  };
  later(() => end('SIGKILL'));
  await server.start();
  return server;
}

/** @returns a port that nobody listens on at this moment */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, () => resolve());
  });
  const address = probe.address();
  await new Promise<void>((resolve) => {
    probe.close(() => resolve());
  });
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
