/**
 * Two servers on one PostgreSQL, many writers and some readers at once: whatever is sent again, in whichever order and to
 * whichever server, is stored once; and whoever follows a cursor sees every write, though some commits are slow.
 */
import postgres from 'postgres';
import * as v from 'valibot';
import { type PushEntry, PullPage, Session, SyncAnswer } from '../../protocol/index.ts';
import { startPostgres } from './postgres.ts';
import { type Running, endProcess, startProcess } from './processes.ts';

export interface RushOptions {
  readonly writers: number;
  /** Whether a writer that has sent so many batches goes on. */
  readonly goesOn: (batches: number) => boolean;
}

export interface Verdict {
  /** Records and edits that were acknowledged. */
  readonly records: number;
  readonly edits: number;
  /** Pages that the readers pulled. */
  readonly pages: number;
  /** What is not as it must be; empty if all is well. */
  readonly broken: readonly string[];
}

export const OWNER = { OUTPOST_OWNER_EMAIL: 'olive@example.org', OUTPOST_OWNER_PASSWORD: 'a long password' };
const SLOW = 'slow';
export const FORM = { title: 'Wells', languages: ['en'], published: true, questions: ['text', 'edit'].map((name) => ({ name, type: 'text', label: name })) };

/** One commit in so many waits before it is done, with its numbers taken. */
const SLOW_COMMITS = `
  CREATE FUNCTION commit_slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.03); RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON records DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.attributes LIKE '%"${SLOW}"%') EXECUTE FUNCTION commit_slowly();
`;

export async function rush(options: RushOptions): Promise<Verdict> {
  const database = await startPostgres();
  const servers: Running[] = [];
  try {
    const url = await database.createDatabase('rush');
    servers.push(await startProcess({ DATABASE_URL: url, ...OWNER }), await startProcess({ DATABASE_URL: url }));
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    await sql.unsafe(SLOW_COMMITS);
    await sql.end();
    const urls = servers.map((server) => server.url);
    return await run(urls, asking(await signInTo(urls[0] ?? '')), options);
  } finally {
    await Promise.all(servers.map((server) => endProcess(server)));
    await database.stop();
  }
}

/** A request of the owner, and what came of it. */
export type Send = (server: string, method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>) => Promise<{ readonly status: number; readonly body: unknown }>;

/** Signed in at one server, and thereby at all. */
export async function signInTo(server: string): Promise<Send> {
  const body = JSON.stringify({ Email: OWNER.OUTPOST_OWNER_EMAIL, Password: OWNER.OUTPOST_OWNER_PASSWORD });
  const answer = await fetch(`${server}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  v.parse(Session, await answer.json());
  const cookie = answer.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
  return async (at, method, path, sent, more = {}) => {
    const headers = { cookie, ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...more };
    const got = await fetch(`${at}/api/v1${path}`, { method, headers, ...(sent === undefined ? {} : { body: JSON.stringify(sent) }) });
    return { status: got.status, body: await got.json() };
  };
}

type Ask = (server: string, method: string, path: string, body?: object) => Promise<unknown>;

function asking(send: Send): Ask {
  return async (server, method, path, sent) => {
    const { status, body } = await send(server, method, path, sent);
    if (status !== 200) throw new Error(`${method} ${path} was answered with ${status}: ${JSON.stringify(body)}`);
    return body;
  };
}

async function run(urls: readonly string[], ask: Ask, { writers, goesOn }: RushOptions): Promise<Verdict> {
  const [first = '', second = ''] = urls;
  const { ServerId: form } = v.parse(v.object({ ServerId: v.string() }), await ask(second, 'PUT', `/questionnaires/${crypto.randomUUID()}`, FORM));
  const kept = new Map<string, Kept>();
  const broken: string[] = [];
  let isOver = false;
  const readers = [first, second].map((server) => follow(server, ask, () => isOver, broken));
  await Promise.all(Array.from({ length: writers }, (_, number) => write({ number, form, servers: number % 2 === 0 ? [first, second] : [second, first], ask, goesOn, kept, broken })));
  isOver = true;
  const mirrors = await Promise.all(readers);
  for (const { mirror } of mirrors) compare(kept, mirror, broken);
  const edits = [...kept.values()].reduce((sum, { revision }) => sum + revision, 0);
  return { records: kept.size, edits, pages: mirrors.reduce((sum, { pages }) => sum + pages, 0), broken };
}

/** What a writer was told of a record. */
interface Kept {
  readonly serverId: string;
  readonly revision: number;
}

interface Writer {
  readonly number: number;
  readonly form: string;
  readonly servers: readonly [string, string];
  readonly ask: Ask;
  readonly goesOn: RushOptions['goesOn'];
  readonly kept: Map<string, Kept>;
  readonly broken: string[];
}

/** Sends one batch after the other: a new record, and an edit of the one before. Every third goes to both servers at once. */
async function write({ number, form, servers, ask, goesOn, kept, broken }: Writer): Promise<void> {
  const device = crypto.randomUUID();
  let before: string | null = null;
  for (let batch = 0; goesOn(batch); batch += 1) {
    const id = crypto.randomUUID();
    const text = (batch + number) % 8 === 0 ? SLOW : 'quick';
    const entry = (Id: string, Revision: number): PushEntry => ({ Collection: 'responses', Id, Revision, Base: 0, Op: 'put', Attributes: responseTo(form, text, Revision) });
    const entries = [entry(id, 1), ...(before === null ? [] : [entry(before, 2)])];
    const asked = (batch + number) % 3 === 0 ? servers : [servers[batch % 2] ?? ''];
    for (const answer of await Promise.all(asked.map((server) => ask(server, 'POST', '/sync', { Device: device, Push: entries })))) {
      for (const result of v.parse(SyncAnswer, answer).Results) {
        const serverId = 'ServerId' in result ? result.ServerId : '';
        const known = kept.get(result.ClientId);
        if (result.Status !== 'applied' && result.Status !== 'duplicate') broken.push(`${result.ClientId} was answered with ${result.Status}`);
        else if (known !== undefined && known.serverId !== serverId) broken.push(`${result.ClientId} is two records, ${known.serverId} and ${serverId}`);
        else kept.set(result.ClientId, { serverId, revision: Math.max(result.Revision ?? 0, known?.revision ?? 0) });
      }
    }
    before = id;
  }
}

export function responseTo(questionnaireId: string, text: string, edit: number) {
  return { questionnaireId, questionnaireVersion: 1, answers: { text, edit: String(edit) }, startedAt: '2026-05-01T10:00:00Z', endedAt: '2026-05-01T10:00:00Z' };
}

const Answers = v.object({ answers: v.object({ edit: v.string() }) });

interface Mirror {
  readonly mirror: ReadonlyMap<string, { readonly clientId: string; readonly revision: number }>;
  readonly pages: number;
}

/** Keeps a copy by its cursor alone, until all is written and it has come to the end. */
async function follow(server: string, ask: Ask, isOver: () => boolean, broken: string[]): Promise<Mirror> {
  const mirror = new Map<string, { clientId: string; revision: number }>();
  let cursor = '';
  for (let pages = 1; ; pages += 1) {
    const wasOver = isOver();
    const page = v.parse(PullPage, await ask(server, 'GET', `/responses?limit=50&since=${cursor}`));
    if (page.Reset) broken.push('A cursor was not known any more.');
    for (const change of page.Changes) {
      if ('Attributes' in change) mirror.set(change.Id, { clientId: change.ClientId ?? '', revision: Number(v.parse(Answers, change.Attributes).answers.edit) });
    }
    cursor = page.Cursor;
    if (wasOver && !page.More) return { mirror, pages };
  }
}

function compare(kept: ReadonlyMap<string, Kept>, mirror: Mirror['mirror'], broken: string[]): void {
  for (const [clientId, { serverId, revision }] of kept) {
    const seen = mirror.get(serverId);
    if (seen === undefined) broken.push(`${clientId} was acknowledged and never pulled`);
    else if (seen.revision !== revision) broken.push(`${clientId} was pulled as of Revision ${seen.revision}, and stored as of ${revision}`);
  }
  const clientIds = [...mirror.values()].map(({ clientId }) => clientId);
  if (new Set(clientIds).size < clientIds.length) broken.push('A record was pulled under two ids');
  if (mirror.size > kept.size) broken.push(`${mirror.size} records were pulled, and ${kept.size} acknowledged`);
}
