/**
 * The server as a process: how it starts, how it ends, and what is left when it is killed.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PullPage } from '../protocol/index.ts';
import { createServer } from './index.ts';
import { OWNER, aString, edit, putQuestionnaire, response, signInOwner, temporaryFolder } from './testing/server.ts';

const DEVICE = '33333333-3333-4333-8333-333333333333';
const HERE = import.meta.dirname;
const OWNER_ENV = { OUTPOST_OWNER_EMAIL: OWNER.email, OUTPOST_OWNER_PASSWORD: OWNER.password };

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: string;
}

/** Starts the server with its owner and waits until it says where it is. */
async function startServer(dataDir: string, env: Record<string, string> = {}): Promise<Running> {
  const child = fork(join(HERE, 'testing/child.ts'), {
    env: { ...process.env, PORT: '0', DATA_DIR: dataDir, ...OWNER_ENV, ...env },
    silent: true,
  });
  onTestFinished(() => kill(child));
  const wanted = env['OUTPOST_OWNER_EMAIL'] === '' ? 2 : 1;
  const output = await new Promise<string>((resolve, reject) => {
    let lines = '';
    child.stdout?.on('data', (chunk) => {
      lines += String(chunk);
      if (lines.split('\n').length > wanted) resolve(lines);
    });
    child.once('exit', () => reject(new Error(`The server did not start: ${lines}`)));
  });
  return { child, url: /http:\/\/\S+/.exec(output)?.[0] ?? '', output };
}

/** Resolves when the process is gone, also if it was before. */
async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

class Caller {
  readonly #url: string;
  readonly #cookie: string;

  constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  /** The same person, at the server's next address. */
  at(url: string): Caller {
    return new Caller(url, this.#cookie);
  }

  async put(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.#url}/api/v1${path}`, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', cookie: this.#cookie, ...headers },
    });
    return readObject(answer);
  }

  /** A stream of hints, open. */
  listen(): Promise<Response> {
    return fetch(`${this.#url}/api/v1/events`, { headers: { cookie: this.#cookie } });
  }

  async list(): Promise<PullPage['Changes']> {
    const answer = await fetch(`${this.#url}/api/v1/responses?since=`, { headers: { cookie: this.#cookie } });
    return v.parse(PullPage, await answer.json()).Changes;
  }
}

async function readObject(answer: Response): Promise<Record<string, unknown>> {
  const body: unknown = await answer.json();
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** A folder with an owner, who is signed in, and a questionnaire; no server is running on it. */
async function prepare() {
  const dataDir = temporaryFolder();
  const server = await createServer({ dataDir });
  const owner = await signInOwner(server);
  const form = await putQuestionnaire(owner);
  await server.close();
  return { dataDir, form, caller: new Caller('', owner.headers['cookie'] ?? '') };
}

describe('killed', () => {
  test('reply lost after commit: the second push stores nothing new', async () => {
    const { dataDir, caller, form } = await prepare();
    const holding = await startServer(dataDir, { HOLD: '1' });
    const id = crypto.randomUUID();
    const committed = once(holding.child, 'message');
    const lost = caller.at(holding.url).put(`/responses/${id}`, response(form), edit(DEVICE, 1, 0));
    const outcome = Promise.allSettled([lost]);
    await committed;
    await kill(holding.child);
    expect(await outcome).toEqual([{ status: 'rejected', reason: new TypeError('fetch failed') }]);

    const again = await startServer(dataDir);
    const resent = await caller.at(again.url).put(`/responses/${id}`, response(form), edit(DEVICE, 1, 0));
    expect(resent).toMatchObject({ ClientId: id, Status: 'duplicate', Version: 1 });
    expect(await caller.at(again.url).list()).toEqual([{ Id: resent['ServerId'], ClientId: id, Version: 1, At: aString, Attributes: response(form) }]);
  });

  test('killed in the middle of many writes, again and again: every acknowledged one is there, and is there once', async () => {
    const { dataDir, caller, form } = await prepare();
    const acknowledged = new Map<string, unknown>();
    let running = await startServer(dataDir);
    for (let round = 0; round < 3; round += 1) {
      const here = caller.at(running.url);
      const target = acknowledged.size + 20 * (round + 1);
      const { child } = running;
      const pushing = Array.from({ length: 200 }, async (_, n) => {
        const id = crypto.randomUUID();
        const answer = await here.put(`/responses/${id}`, response(form, { depth: n }), edit(DEVICE, 1, 0));
        acknowledged.set(id, answer['ServerId']);
        if (acknowledged.size === target) child.kill('SIGKILL');
      });
      await Promise.allSettled(pushing);
      expect(acknowledged.size).toBeGreaterThanOrEqual(target);
      await kill(child);
      running = await startServer(dataDir);
    }
    const stored = await caller.at(running.url).list();
    const byClientId = new Map<string | undefined, string>(stored.map(({ ClientId, Id }) => [ClientId, Id]));
    expect(byClientId.size).toBe(stored.length);
    for (const [clientId, serverId] of acknowledged) expect(byClientId.get(clientId)).toBe(serverId);
  });
});

describe('told to end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: what is in flight is finished and answered, then exit code 0', async (signal) => {
    const { dataDir, caller, form } = await prepare();
    const holding = await startServer(dataDir, { HOLD: '1' });
    const id = crypto.randomUUID();
    const committed = once(holding.child, 'message');
    const inFlight = caller.at(holding.url).put(`/responses/${id}`, response(form));
    await committed;
    const exited = once(holding.child, 'exit');
    holding.child.kill(signal);
    holding.child.send('release');
    expect(await inFlight).toMatchObject({ Status: 'applied' });
    expect(await exited).toEqual([0, null]);
  });

  test('with time to drain: it says that it is not ready, answers all that comes, and told again ends at once, streams and all', async () => {
    const { dataDir, caller, form } = await prepare();
    const { child, url } = await startServer(dataDir, { OUTPOST_DRAIN_SECONDS: '3600' });
    const ready = async () => (await fetch(`${url}/api/v1/ready`)).status;
    const stream = await caller.at(url).listen();
    expect(await ready()).toBe(200);
    child.kill('SIGTERM');
    while ((await ready()) !== 503);
    expect(await caller.at(url).put(`/responses/${crypto.randomUUID()}`, response(form))).toMatchObject({ Status: 'applied' });
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await expect(stream.text()).rejects.toThrow('terminated');
  });

  test('a request that does not come to an end is cut off after the time of grace, and what others sent is stored', async () => {
    const { dataDir, caller, form } = await prepare();
    const { child, url } = await startServer(dataDir, { GRACE_MS: '200' });
    const { port } = new URL(url);
    const slow = connect(Number(port), 'localhost');
    onTestFinished(() => void slow.destroy());
    slow.write('POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
    const cut = once(slow, 'close');
    // It has been read by the time that this one, sent after it, is answered.
    expect(await caller.at(url).put(`/responses/${crypto.randomUUID()}`, response(form))).toMatchObject({ Status: 'applied' });
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await cut;
  });
});

describe('starting', () => {
  test('without an owner a one-time link is printed, with one it is not', async () => {
    const { output, child, url } = await startServer(temporaryFolder(), { OUTPOST_OWNER_EMAIL: '', OUTPOST_OWNER_PASSWORD: '' });
    expect(output).toMatch(new RegExp(`^Outpost is running at ${url}\n.*${url}/welcome#[\\w-]{43}\n$`));
    await kill(child);
    expect((await startServer(temporaryFolder())).output).toMatch(/^Outpost is running at \S+\n$/);
  });

  const failures: readonly [string, () => Promise<Record<string, string>>, RegExp][] = [
    ['the port is taken', async () => ({ PORT: String(await takePort()), HOST: '127.0.0.1' }), /^Port \d+ is taken\./],
    ['the host is not of this machine', async () => ({ HOST: '192.0.2.1' }), /no address 192\.0\.2\.1/],
    ['the folder cannot be made', async () => ({ DATA_DIR: join(fileIn(temporaryFolder()), 'data') }), /^The folder .* cannot be made/],
    ['the database is no database', async () => ({ DATA_DIR: folderWith('outpost.sqlite', 'not a database at all'.repeat(100)) }), /outpost\.sqlite cannot be used/],
    ['a setting is not as it should be', async () => ({ OUTPOST_LOG: 'loud' }), /^OUTPOST_LOG must be/],
    ['half of the owner is given', async () => ({ OUTPOST_OWNER_EMAIL: OWNER.email }), /^Set both/],
  ];
  test.each(failures)('%s: one clear line and exit code 1', async (_, env, line) => {
    const settings = { PORT: '0', DATA_DIR: temporaryFolder(), ...(await env()) };
    const child = spawn(process.execPath, [join(HERE, 'main.ts')], { env: { PATH: process.env['PATH'], ...settings } });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output.stdout).toBe('');
    expect(output.stderr).toMatch(/^[^\n]+\n$/);
    expect(output.stderr).toMatch(line);
  });
});

async function takePort(): Promise<number> {
  const socket = createSocketServer().listen(0, '127.0.0.1');
  onTestFinished(() => void socket.close());
  await once(socket, 'listening');
  const address: AddressInfo | string | null = socket.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function fileIn(folder: string): string {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  return file;
}

function folderWith(name: string, content: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), content);
  return folder;
}
