/**
 * The primary is lost while many write: its standby takes its place, and nothing that was acknowledged is missing.
 */
import * as v from 'valibot';
import { PullPage, SyncAnswer } from '../../protocol/index.ts';
import { startPair } from './postgres.ts';
import { type Running, endProcess, startProcess } from './processes.ts';
import { FORM, OWNER, type Send, responseTo, signInTo } from './rush.ts';

export interface FailOver {
  readonly acknowledged: number;
  /** Acknowledged and not there, or there twice. */
  readonly lost: number;
  readonly doubled: number;
  /** The longest time in which nobody was acknowledged, in milliseconds. */
  readonly pauseMs: number;
}

const PAUSE_BETWEEN_TRIES_MS = 50;

/** Each of the writers stores so many responses, one by one, and sends each until it is acknowledged. The primary goes after half of them. */
export async function failOver(writers: number, each: number): Promise<FailOver> {
  const pair = await startPair();
  const servers: Running[] = [];
  try {
    await pair.primary.createDatabase('failover');
    const url = pair.addressOf('failover');
    servers.push(await startProcess({ DATABASE_URL: url, ...OWNER }));
    const [{ url: server } = { url: '' }] = servers;
    const send = await signInTo(server);
    const { body } = await send(server, 'PUT', `/questionnaires/${crypto.randomUUID()}`, FORM);
    const { ServerId: form } = v.parse(v.object({ ServerId: v.string() }), body);

    const acknowledged: string[] = [];
    const times = [performance.now()];
    const failing: Promise<void>[] = [];
    const note = (id: string): void => {
      acknowledged.push(id);
      times.push(performance.now());
      if (acknowledged.length * 2 === writers * each) failing.push(pair.failOver());

    };
    await Promise.all(Array.from({ length: writers }, () => write(send, server, form, each, note)));
    await Promise.all(failing);
    const stored = await pullAll(send, server);
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((id) => !stored.includes(id)).length,
      doubled: stored.length - new Set(stored).size,
      pauseMs: Math.round(Math.max(...times.map((time, index) => time - (times[index - 1] ?? time)))),
    };
  } finally {
    await Promise.all(servers.map((running) => endProcess(running)));
    await pair.stop();
  }
}

async function write(send: Send, server: string, form: string, count: number, note: (id: string) => void): Promise<void> {
  const Device = crypto.randomUUID();
  for (let written = 0; written < count; written += 1) {
    const Id = crypto.randomUUID();
    const entry = { Collection: 'responses', Id, Revision: 1, Base: 0, Op: 'put', Attributes: responseTo(form, 'quick', 1) };
    while (!(await isStored(send, server, { Device, Push: [entry] }))) await new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_TRIES_MS));
    note(Id);
  }
}

async function isStored(send: Send, server: string, request: object): Promise<boolean> {
  const { status, body } = await send(server, 'POST', '/sync', request);
  if (status >= 500) return false;
  if (status !== 200) throw new Error(`A push was answered with ${status}: ${JSON.stringify(body)}`);
  return v.parse(SyncAnswer, body).Results.every(({ Status }) => Status === 'applied' || Status === 'duplicate');
}

/** The temporary ids of all responses. */
async function pullAll(send: Send, server: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let since = ''; ; ) {
    const page = v.parse(PullPage, (await send(server, 'GET', `/responses?since=${since}`)).body);
    ids.push(...page.Changes.flatMap(({ ClientId }) => ClientId ?? []));
    if (!page.More) return ids;
    since = page.Cursor;
  }
}
