/**
 * The server is killed while many write: whatever was acknowledged is there, once, and whoever follows a cursor through all
 * of it ends with exactly what the server has.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { PullPage } from '../../protocol/index.ts';
import { startPostgres } from '../../server/testing/postgres.ts';
import { FORM } from '../../server/testing/rush.ts';
import { type Chance, chanceOf } from '../harness/chance.ts';
import { type OwnRecord, PushingClient, textOf } from './client.ts';
import { type Ask, KilledServer, type Moment, type Place } from './server.ts';

export interface KillsOptions {
  readonly kills: number;
  readonly clients: number;
  /** The same seed chooses the same moments and edits; how they fall together is up to the machine. */
  readonly seed: number;
}

export interface Verdict {
  /** Records and edits that were acknowledged. */
  readonly records: number;
  readonly edits: number;
  /** Edits that were stored and their answers lost. */
  readonly unheard: number;
  /** For each kill, how many requests were under way. */
  readonly cutOff: readonly number[];
  /** How long each start took, up to the first answer, in milliseconds. */
  readonly startsMs: readonly number[];
  /** What is not as it must be; empty if all is well. */
  readonly broken: readonly string[];
}

/** A kill comes after so many requests and answers at most, and so many milliseconds: with all clients busy, that is from their first requests on. */
const MOST_HAPPENED = 1_000;
const MOST_DELAY_MS = 15;
/** One kill in so many comes between a commit and its answers, a moment that chance finds seldom. */
const COMMITTED_EVERY = 5;

function momentsOf(kills: number, chance: Chance): readonly Moment[] {
  return Array.from({ length: kills }, (_, number): Moment => {
    const busy = { kind: 'busy', happened: 1 + Math.floor(chance() * MOST_HAPPENED), delayMs: chance() * MOST_DELAY_MS } as const;
    return (number + 1) % COMMITTED_EVERY === 0 ? { kind: 'committed' } : busy;
  });
}

export async function killOnSqlite(options: KillsOptions): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-kills-'));
  try {
    return await kill({ DATA_DIR: folder, DATABASE_URL: '' }, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function killOnPostgres(options: KillsOptions): Promise<Verdict> {
  const database = await startPostgres();
  try {
    return await kill({ DATA_DIR: '', DATABASE_URL: await database.createDatabase('kills') }, options);
  } finally {
    await database.stop();
  }
}

async function kill(place: Place, options: KillsOptions): Promise<Verdict> {
  const server = await KilledServer.start(place);
  try {
    return await run(server, options);
  } finally {
    await server.end();
  }
}

async function run(server: KilledServer, { kills, clients: count, seed }: KillsOptions): Promise<Verdict> {
  const { ask } = server;
  const broken: string[] = [];
  const form = await storeForm(ask);
  const clients = Array.from({ length: count }, (_, number) => new PushingClient({ ask, form, broken, chance: chanceOf(seed * 1_000 + number) }));
  const recordsNow = (): OwnRecord[] => clients.flatMap(({ records }) => records.map((record) => ({ ...record })));

  let goesOn = true;
  let isOver = false;
  const killing = async (): Promise<void> => {
    const moments = momentsOf(kills, chanceOf(seed));
    const looks: Promise<void>[] = [];
    for (const [number, moment] of moments.entries()) {
      await server.comesTo(moment);
      const before = recordsNow();
      await server.kill(moments[number + 1]);
      // While the others write on, and through the next kill if that comes first.
      looks.push(
        pullAll(ask).then(
          (rows) => lookFor(before, rows, broken),
          (error: unknown) => void broken.push(`The records could not be read: ${String(error)}`),
        ),
      );
    }
    goesOn = false;
    await Promise.all(looks);
  };
  const writing = Promise.all(clients.map((client) => client.push(() => goesOn))).then(() => {
    isOver = true;
  });
  const [mirror] = await Promise.all([follow(ask, () => isOver, broken), killing(), writing]);

  const rows = await pullAll(ask);
  const records = recordsNow();
  lookFor(records, rows, broken);
  compare(records, rows, mirror, broken);
  const edits = records.reduce((sum, { acknowledged }) => sum + (acknowledged?.revision ?? 0), 0);
  const unheard = clients.reduce((sum, client) => sum + client.unheard, 0);
  return { records: records.length, edits, unheard, cutOff: server.cutOff, startsMs: server.startsMs, broken };
}

async function storeForm(ask: Ask): Promise<string> {
  const answer = await ask('PUT', `/questionnaires/${crypto.randomUUID()}`, FORM);
  return v.parse(v.object({ ServerId: v.string() }), answer?.body).ServerId;
}

/** A record as the server has it. */
interface Row {
  readonly clientId: string;
  readonly version: number;
  readonly revision: number;
  readonly text: string;
}
type Rows = ReadonlyMap<string, Row>;

const Answers = v.object({ answers: v.object({ edit: v.string(), text: v.string() }) });

function rowsOf({ Changes }: PullPage): [string, Row][] {
  return Changes.flatMap((change) => {
    if (!('Attributes' in change)) return [];
    const { answers: { edit, text } } = v.parse(Answers, change.Attributes);
    return [[change.Id, { clientId: change.ClientId ?? '', version: change.Version, revision: Number(edit), text }]];
  });
}

/** A page, asked for until there is an answer. */
async function page(ask: Ask, query: string): Promise<PullPage> {
  for (;;) {
    const answer = await ask('GET', `/responses?${query}`);
    if (answer !== null) return v.parse(PullPage, answer.body);
  }
}

async function pullAll(ask: Ask): Promise<Rows> {
  const rows = new Map<string, Row>();
  for (let since = ''; ; ) {
    const pulled = await page(ask, `since=${since}`);
    for (const [id, row] of rowsOf(pulled)) rows.set(id, row);
    if (!pulled.More) return rows;
    since = pulled.Cursor;
  }
}

/** Keeps a copy by its cursor alone, through every kill, until all is written and it has come to the end. */
async function follow(ask: Ask, isOver: () => boolean, broken: string[]): Promise<Rows> {
  const mirror = new Map<string, Row>();
  for (let since = ''; ; ) {
    const wasOver = isOver();
    const pulled = await page(ask, `limit=100&since=${since}`);
    if (pulled.Reset) broken.push('A cursor was not known any more');
    for (const [id, row] of rowsOf(pulled)) {
      const before = mirror.get(id)?.version ?? 0;
      if (row.version < before) broken.push(`${row.clientId} went back from Version ${before} to ${row.version}`);
      mirror.set(id, row);
    }
    since = pulled.Cursor;
    if (wasOver && !pulled.More) return mirror;
  }
}

/** Every edit that was acknowledged must be there, or a later one of its record. */
function lookFor(records: readonly OwnRecord[], rows: Rows, broken: string[]): void {
  for (const { id, acknowledged } of records) {
    if (acknowledged === null) continue;
    const row = rows.get(acknowledged.serverId);
    if (row === undefined) broken.push(`${id} was acknowledged as ${acknowledged.serverId} and is not there`);
    else if (row.clientId !== id) broken.push(`${acknowledged.serverId} was ${id} and is ${row.clientId}`);
    else if (row.version < acknowledged.version || row.revision < acknowledged.revision) broken.push(`${id} was acknowledged at ${said(acknowledged)} and is at ${said(row)}`);
  }
  const ids = [...rows.values()].map(({ clientId }) => clientId);
  if (new Set(ids).size < ids.length) broken.push(`${ids.length - new Set(ids).size} records are there twice`);
}

/** At the end nothing is under way: the server has what was acknowledged, and nothing else. */
function compare(records: readonly OwnRecord[], rows: Rows, mirror: Rows, broken: string[]): void {
  for (const { id, sent, acknowledged } of records) {
    const row = rows.get(acknowledged?.serverId ?? '');
    if (acknowledged?.revision !== sent) broken.push(`Edit ${sent} of ${id} was never acknowledged`);
    else if (row !== undefined && said(row) !== said(acknowledged)) broken.push(`${id} was acknowledged at ${said(acknowledged)} and is at ${said(row)}`);
    else if (row !== undefined && row.text !== textOf(id, sent)) broken.push(`${id} says “${row.text}” after edit ${sent}`);
  }
  if (rows.size !== records.length) broken.push(`${rows.size} records are there, of ${records.length} that were acknowledged`);
  const missed = [...rows].filter(([id, row]) => JSON.stringify(mirror.get(id)) !== JSON.stringify(row));
  if (missed.length > 0) broken.push(`${missed.length} records are not in the copy as they are`);
  if (mirror.size !== rows.size) broken.push(`${mirror.size} records are in the copy of ${rows.size}`);
}

function said({ version, revision }: { readonly version: number; readonly revision: number }): string {
  return `Version ${version} with edit ${revision}`;
}
