/**
 * From a configuration to a listening server that says where it is, and ends well when it is told to.
 */
import type { Config } from './config.ts';
import type { Settings } from './ops/settings.ts';
import { type OutpostServer, type ServerOptions, StoreUnusable, createServer } from './index.ts';

/** It cannot start as things are; the message is one line for the person who starts it. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** Resolves when it listens. @throws CannotStart for what cannot be helped from here */
export async function start({ dataDir, databaseUrl, host, owner, port }: Config, settings: Settings, hooks: Pick<ServerOptions, 'onCommitted' | 'graceMs'> = {}): Promise<void> {
  const { logLevel: level, metricsToken: token, drainMs, trustedProxies, limitsRates } = settings;
  let server: OutpostServer | null = null;
  try {
    server = await createServer({ dataDir, databaseUrl, log: { level, stream: process.stderr }, metrics: { token }, trustedProxies, ...(limitsRates ? {} : { requestRates: null }), ...hooks });
    if (owner !== null) await server.makeOwner(owner);
    endWhenTold(server, drainMs);
    await announce(server, host, await server.listen({ host, port }));
  } catch (error) {
    const message = explain(error, host, port);
    if (message === null) throw error;
    await server?.close();
    throw new CannotStart(message, { cause: error });
  }
}

async function announce(server: OutpostServer, host: string, port: number): Promise<void> {
  const address = `http://${isAnyAddress(host) ? 'localhost' : host}:${port}`;
  process.stdout.write(`Outpost is running at ${address}\n`);
  if (server.welcomeToken !== null && !(await server.accounts.hasOwner())) {
    process.stdout.write(`Make the first account here (this link works once): ${address}/welcome#${server.welcomeToken}\n`);
  }
}

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Told once, it says that it is not ready for so long, and then ends; told again, it ends without waiting longer. */
function endWhenTold(server: OutpostServer, drainMs: number): void {
  let tellAgain: (() => void) | null = null;
  const end = async (): Promise<void> => {
    server.drain();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, drainMs);
      tellAgain = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    await server.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (tellAgain !== null) return tellAgain();
      end().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`Outpost could not end well: ${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}

/** Null for what nobody expected. */
function explain(error: unknown, host: string, port: number): string | null {
  if (error instanceof StoreUnusable) return error.message;
  if (!(error instanceof Error) || !('code' in error)) return null;
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. End what uses it, or choose another: PORT=8081`;
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023: PORT=8080`;
    case 'ENOTFOUND':
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host}. Set HOST to one that it has, or to 0.0.0.0 for all.`;
    default:
      return null;
  }
}
