/**
 * The server that is abused, in a process of its own, and somebody honest beside whoever abuses it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { BASE_PATH } from '../../protocol/index.ts';
import { createServer } from '../../server/index.ts';
import { startChild } from '../../tests/harness/child.ts';
import { freePort } from '../../tests/harness/server.ts';
import { until } from '../../tests/harness/until.ts';

export interface Target {
  readonly port: number;
  /** Bearer keys of different accounts. */
  readonly keys: readonly string[];
  /** The id of a questionnaire that may be answered. */
  readonly form: string;
  /** Bytes that the server's process has in memory. */
  memory(): number;
  end(): Promise<void>;
}

const Put = v.object({ ServerId: v.string() });
const FORM = { title: 'Wells', languages: ['en'], published: true, questions: [{ name: 'depth', type: 'integer', label: 'How deep is it?' }] };
const TIME = '2026-11-22T09:00:00+13:00';
const MAIN = join(import.meta.dirname, '../../server/main.ts');

export async function startTarget(accounts: number): Promise<Target> {
  const dataDir = mkdtempSync(join(tmpdir(), 'outpost-abuse-'));
  const { keys, form } = await furnish(dataDir, accounts);
  const port = await freePort();
  const child = startChild(process.execPath, [MAIN], { ...process.env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir });
  await until('the server answers', async () => (await fetch(`http://127.0.0.1:${port}${BASE_PATH}/ready`)).ok);
  return {
    port,
    keys,
    form,
    memory: () => 1_024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
    async end() {
      await child.end('SIGTERM');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The accounts, each with a key, and a questionnaire of the first. */
async function furnish(dataDir: string, accounts: number): Promise<Pick<Target, 'keys' | 'form'>> {
  const server = await createServer({ dataDir });
  const keys: string[] = [];
  for (let n = 0; n < accounts; n += 1) {
    const made = await server.accounts.createOwner({ name: `Person ${n}`, email: `person-${n}@example.org`, password: 'a long enough one' });
    const [workspace] = made?.workspaces ?? [];
    if (made === null || workspace === undefined) throw new Error('The account was not made.');
    const { Key } = await server.people.keys.create({ workspace: workspace.Id, account: made.account.Id, role: 'owner' }, 'abuse', 'owner');
    keys.push(Key);
  }
  const headers = { authorization: `Bearer ${keys[0] ?? ''}` };
  const put = await server.app.inject({ method: 'PUT', url: `${BASE_PATH}/questionnaires/${crypto.randomUUID()}`, headers, payload: FORM });
  const form = v.parse(Put, put.json()).ServerId;
  await server.close();
  return { keys, form };
}

/** Somebody who stores one response after the other until told to stop; resolves with how long each took, in milliseconds. */
export function beHonest({ port, keys, form }: Target, stop: Promise<unknown>): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const stopped = stop.then(() => true);
  const body = JSON.stringify({ questionnaireId: form, questionnaireVersion: 1, answers: { depth: 3 }, startedAt: TIME, endedAt: TIME });
  const headers = { authorization: `Bearer ${keys[0] ?? ''}`, 'content-type': 'application/json' };
  const once = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const startedMs = performance.now();
      const sent = request({ port, host: '127.0.0.1', agent, method: 'PUT', path: `${BASE_PATH}/responses/${crypto.randomUUID()}`, headers }, (answer) => {
        answer.resume().once('end', () => (answer.statusCode === 200 ? resolve(performance.now() - startedMs) : reject(new Error(`An honest request was answered with ${answer.statusCode}.`))));
      });
      sent.once('error', reject).end(body);
    });
  return (async () => {
    const took: number[] = [];
    do took.push(await once());
    while (!(await Promise.race([stopped, pause(PAUSE_MS, false)])));
    agent.destroy();
    return took;
  })();
}

/** Slower than an account may ask. */
const PAUSE_MS = 15;
