/**
 * What only PostgreSQL can do to a store, and what several servers on one must do for each other.
 */
import { CompiledQuery, Kysely } from 'kysely';
import postgres from 'postgres';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { caller, device, openOnPostgres, postgresServer, put, testClient, uuid } from '../../testing/stores.ts';
import { inTransaction } from './client.ts';
import { postgresDialect } from './dialect.ts';
import { type Store, StoreUnavailable, StoreUnusable, type Told } from '../store.ts';

const server = postgresServer();
const ALL = { collection: 'responses', own: false } as const;
const counted = (n: number) => put(uuid(n), { n }, { origin: { device: device(0), revision: 1 }, base: 0 });
const push = (store: Store, n: number, workspace = 'w') => store.push(caller(workspace), 'responses', counted(n));

/** An operator's own connection. */
function operator(url: string): postgres.Sql {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: 'operator' } });
  onTestFinished(() => sql.end());
  return sql;
}

const Settings = v.array(v.object({ name: v.string(), setting: v.string() }));
const Waiting = v.array(v.object({ pid: v.number() }));

/** Asks until so many of the servers' writers wait for this, or it is not worth while any more. @returns their process ids */
async function waiting(sql: postgres.Sql, what: 'SyncRep' | 'Lock', count = 1, isOver = () => false): Promise<number[]> {
  for (;;) {
    const rows = await sql`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'outpost writer' AND (wait_event = ${what} OR wait_event_type = ${what})`;
    if (rows.length >= count || isOver()) return v.parse(Waiting, [...rows]).map(({ pid }) => pid);
  }
}

/** The first write of a record with `slow` in it commits only when it may. */
async function slowCommits(url: string): Promise<{ readonly sql: postgres.Sql; letGo: () => Promise<void> }> {
  const sql = operator(url);
  await sql.unsafe(`
    CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON records DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.attributes LIKE '%slow%') EXECUTE FUNCTION wait_for_test();
    SELECT pg_advisory_lock(1);
  `);
  return { sql, letGo: async () => void (await sql`SELECT pg_advisory_unlock(1)`) };
}

async function withTables(url: string): Promise<string> {
  await (await openOnPostgres(url)).close();
  return url;
}

/** So many new records, one after the other: after five, this server plans what is new before it looks. */
const FIRST = [1, 5];
async function pushFirst(store: Store, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await push(store, n);
}

const slow = put(uuid(1_000), { text: 'slow' }, { origin: { device: device(0), revision: 1 }, base: 0 });

test('servers that start at once on an empty database: one makes the tables, all go on', async () => {
  const url = await server.createUrl();
  const stores = await Promise.all([1, 2, 3].map(() => openOnPostgres(url)));
  for (const [n, store] of stores.entries()) expect((await push(store, n)).status).toBe('applied');
});

test('what a database says for everybody: no write of ours is ended for its time, and what was planned while tables were small reads by index', async () => {
  const url = await server.createUrl();
  await operator(url).unsafe(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET statement_timeout = '1s'`);
  const client = testClient(url);
  const settings = async (sql: postgres.Sql) => {
    const rows = await sql`SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'plan_cache_mode')`;
    return Object.fromEntries(v.parse(Settings, [...rows]).map(({ name, setting }) => [name, setting]));
  };
  const byIndex = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off', plan_cache_mode: 'force_generic_plan' };
  expect(await settings(client.writer(() => {}))).toEqual({ ...byIndex, statement_timeout: '0' });
  expect(await settings(client.pool)).toMatchObject(byIndex);
});

test('a database that a newer server has written is refused, in one line for people', async () => {
  const url = await server.createUrl();
  await (await openOnPostgres(url)).close();
  await operator(url)`INSERT INTO record_format VALUES (99)`;
  const refusal = await openOnPostgres(url).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreUnusable);
  expect(String(refusal)).toMatch(/was written by a newer Outpost \(format 99, this one knows \d+\)\. Update Outpost\.$/);
});

test.each([
  ['127.0.0.1:1', undefined, 'ECONNREFUSED'],
  // Of several hosts, each is tried again and again.
  ['127.0.0.1:1,127.0.0.1:2', 100, 'did not answer'],
])('a database that cannot be reached at %s is told by its place, without the password', async (hosts, maxWaitMs, why) => {
  const client = testClient(`postgres://somebody:secret@${hosts}/outpost`, maxWaitMs);
  const refusal = await openOnPostgres('', { client }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreUnusable);
  expect(String(refusal)).toMatch(new RegExp(`The database outpost at ${hosts} cannot be used: .*${why}.*\\.$`));
  expect(String(refusal)).not.toContain('secret');
});

test('an address that is none is told with how one looks', () => {
  expect(() => testClient('localhost/outpost')).toThrow('DATABASE_URL must look like postgres://');
});

test.each(FIRST.flatMap((first) => ['pg_cancel_backend', 'pg_terminate_backend'].map((end) => [first, end] as const)))('after %i records, the wait for the standby is ended by %s: nothing is acknowledged, and the write sent again is a duplicate', async (first, end) => {
  const url = await server.createUrl();
  const store = await openOnPostgres(url);
  await pushFirst(store, first);
  const sql = operator(url);
  const setStandby = async (name: string) => {
    await sql.unsafe(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await sql`SELECT pg_reload_conf()`;
  };
  onTestFinished(() => setStandby(''));
  await setStandby('nobody');
  // The setting is taken up in a while: until then commits do not wait.
  for (let n = first + 1; ; n += 1) {
    let isStored = false;
    const lost = push(store, n).then(
      () => (isStored = true),
      (error: unknown) => error,
    );
    const [pid] = await waiting(sql, 'SyncRep', 1, () => isStored);
    if (pid === undefined) continue;
    await sql`SELECT ${sql.unsafe(end)}(${pid}::int)`;
    expect(await lost).toBeInstanceOf(StoreUnavailable);
    await setStandby('');
    expect((await push(store, n)).status).toBe('duplicate');
    return;
  }
});

test.each(FIRST)('after %i records, the connection is lost in the middle of a write: nothing of it is stored, and the next one goes on', async (first) => {
  const url = await server.createUrl();
  const store = await openOnPostgres(url);
  await pushFirst(store, first);
  const { sql, letGo } = await slowCommits(url);
  const lost = Promise.allSettled([store.push(caller('w'), 'responses', slow), push(store, first + 1)]);
  const [pid = 0] = await waiting(sql, 'Lock');
  await sql`SELECT pg_terminate_backend(${pid}::int)`;
  expect((await lost).map((answer) => answer.status === 'rejected' && answer.reason instanceof StoreUnavailable)).toEqual([true, true]);
  await letGo();
  expect((await push(store, first + 1)).status).toBe('applied');
  expect((await store.list(caller('w'), ALL)).map(({ attributes }) => attributes)).toEqual(Array.from({ length: first + 1 }, (_, index) => ({ n: index + 1 })));
});

describe('a server that plans before it looks', () => {
  const everyone = async (store: Store) => (await store.pull(caller('w'), { ...ALL, since: null, limit: 100, device: null })).Changes.map((change) => [change.ClientId, change.Version]);
  const rows = (...of: number[]) => of.map((n) => [uuid(n), 1]);

  test.each(['responses', 'questionnaires'] as const)('another has written %s meanwhile: all is stored once, and no cursor goes past it', async (collection) => {
    const url = await server.createUrl();
    const [store, other] = [await openOnPostgres(url), await openOnPostgres(url)];
    await pushFirst(store, 5);
    await other.push(caller('w'), collection, counted(6));
    const seen = await other.pull(caller('w'), { ...ALL, since: null, limit: 100, device: null });
    expect((await push(store, 7)).status).toBe('applied');
    expect((await other.pull(caller('w'), { ...ALL, since: seen.Cursor, limit: 100, device: null })).Changes.map(({ ClientId }) => ClientId)).toEqual([uuid(7)]);
    expect(await everyone(store)).toEqual(rows(1, 2, 3, 4, 5, ...(collection === 'responses' ? [6] : []), 7));
  });

  test('what looks new was stored by another, or before: it is a duplicate, and what came with it is stored', async () => {
    const url = await server.createUrl();
    const [store, other] = [await openOnPostgres(url), await openOnPostgres(url)];
    await pushFirst(store, 5);
    expect((await push(store, 3)).status).toBe('duplicate');
    for (const n of [6, 7, 8, 9]) await push(store, n);
    await push(other, 10);
    expect((await Promise.all([11, 10, 12].map((n) => push(store, n)))).map(({ status }) => status)).toEqual(['applied', 'duplicate', 'applied']);
    expect(await everyone(store)).toEqual(rows(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  });

  test('under the temporary id of somebody else’s record: an owner’s edit is of that one', async () => {
    const store = await openOnPostgres(await server.createUrl());
    const collector = caller('w', 'collector', 'somebody');
    const theirs = await store.push(collector, 'responses', counted(20));
    await pushFirst(store, 5);
    const merged = await store.push(caller('w'), 'responses', put(uuid(20), { n: 21 }));
    expect(merged).toMatchObject({ status: 'applied', version: 2, serverId: 'serverId' in theirs ? theirs.serverId : '' });
  });

  test('one of a group is refused, and one hits a bug: each alone', async () => {
    const store = await openOnPostgres(await server.createUrl());
    await pushFirst(store, 5);
    const bad = put(uuid(7), { depth: -1 });
    // A Revision that is no whole number never comes through the routes; the database refuses it.
    const bug = put(uuid(8), {}, { origin: { device: device(0), revision: 1.5 }, base: 0 });
    const answers = await Promise.allSettled([push(store, 6), ...[bad, bug].map((edit) => store.push(caller('w'), 'responses', edit)), push(store, 9)]);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : 'failed'))).toEqual(['applied', 'rejected', 'failed', 'applied']);
    expect(await everyone(store)).toEqual(rows(1, 2, 3, 4, 5, 6, 9));
  });
});

describe('a connection is lost in the middle of a transaction: it is told, nothing is sent after it, and the pool goes on', () => {
  /** Ends its own connection, and fails when that has been noticed. */
  async function lose(end: () => Promise<unknown>, sql: postgres.Sql): Promise<never> {
    const error: unknown = await end().catch((reason: unknown) => reason);
    for (let turn = 0; turn < 20; turn += 1) await sql`SELECT 1`;
    throw error;
  }
  const END = 'SELECT pg_terminate_backend(pg_backend_pid())';
  const LOST = /terminating connection|CONNECTION_CLOSED/;

  test('in one of the records', async () => {
    const url = await server.createUrl();
    const { pool } = testClient(url);
    const sql = operator(url);
    await expect(inTransaction(pool, (connection) => lose(() => connection.unsafe(END), sql))).rejects.toThrow(LOST);
    expect([...(await pool`SELECT 1 AS one`)]).toEqual([{ one: 1 }]);
  });

  test('in one of the accounts', async () => {
    const url = await server.createUrl();
    const db = new Kysely<object>({ dialect: postgresDialect(testClient(url).pool) });
    const sql = operator(url);
    const transaction = db.transaction().execute((connection) => lose(() => connection.executeQuery(CompiledQuery.raw(END)), sql));
    await expect(transaction).rejects.toThrow(LOST);
    await expect(db.executeQuery(CompiledQuery.raw(END))).rejects.toThrow(LOST);
    expect((await db.executeQuery(CompiledQuery.raw('SELECT $1::integer AS one', [1]))).rows).toEqual([{ one: 1 }]);
  });
});

test('a commit that takes too long is answered with “later”; it is stored all the same, and sent again it is a duplicate', async () => {
  const url = await server.createUrl();
  const { letGo } = await slowCommits(await withTables(url));
  const store = await openOnPostgres(url, { client: testClient(url, 100) });
  await expect(store.push(caller('w'), 'responses', slow)).rejects.toThrow(StoreUnavailable);
  await letGo();
  const other = await openOnPostgres(url);
  await push(other, 1);
  expect((await other.push(caller('w'), 'responses', slow)).status).toBe('duplicate');
});

test('a slow commit of another server: no cursor goes past it, and no other workspace waits for it', async () => {
  const url = await server.createUrl();
  const [one, other] = [await openOnPostgres(url), await openOnPostgres(url)];
  await push(one, 1);
  const { sql, letGo } = await slowCommits(url);
  const writes = [one.push(caller('w'), 'responses', slow)];
  await waiting(sql, 'Lock');
  let isAnswered = false;
  const behind = push(other, 2).finally(() => (isAnswered = true));
  // It waits for the counter. Would it not, it would be answered, and a cursor given out that is past the slow one.
  await waiting(sql, 'Lock', 2, () => isAnswered);
  const third = await openOnPostgres(url);
  expect((await push(third, 3, 'elsewhere')).status).toBe('applied');
  const seen = await third.pull(caller('w'), { ...ALL, since: null, limit: 10, device: null });
  await letGo();
  await Promise.all([...writes, behind]);
  const rest = await third.pull(caller('w'), { ...ALL, since: seen.Cursor, limit: 10, device: null });
  expect(new Set([...seen.Changes, ...rest.Changes].map(({ ClientId }) => ClientId))).toEqual(new Set([1, 2, 1_000].map(uuid)));
});

test('while one group is on its way to the disk, the next gathers into one commit', async () => {
  const url = await server.createUrl();
  const groups: number[] = [];
  const store = await openOnPostgres(url, { onCommitted: (committed) => void groups.push(committed.length) });
  await push(store, 1);
  const { sql, letGo } = await slowCommits(url);
  const first = store.push(caller('w'), 'responses', slow);
  await waiting(sql, 'Lock');
  const rest: Promise<unknown>[] = [];
  for (const n of [2, 3, 4]) {
    rest.push(push(store, n));
    await new Promise((turn) => setImmediate(turn));
  }
  await letGo();
  await Promise.all([first, ...rest]);
  expect(groups).toEqual([1, 1, 3]);
});

test('other servers hear of a commit, however many hands it is of; the one that made it does not hear it again', async () => {
  const url = await server.createUrl();
  const heard: Told[] = [];
  const own: Told[] = [];
  const hands = 300;
  const { promise, resolve } = later();
  const other = await openOnPostgres(url, {
    onNews: (committed) => {
      heard.push(...committed);
      if (heard.length >= hands) resolve();
    },
  });
  const answer = later();
  const store = await openOnPostgres(url, {
    onNews: (committed) => {
      own.push(...committed);
      answer.resolve();
    },
  });
  const edit = (n: number) => put(uuid(n), { n }, { origin: { device: device(n), revision: 1 }, base: 0 });
  // Twice each, in one commit: of one hand only the last is told.
  const writes = Array.from({ length: hands }, (_, n) => [edit(n), edit(1_000 + n)].map((each) => store.push(caller('w', 'collector', `account${n}`), 'responses', { ...each, origin: { device: device(n), revision: 1 } }))).flat();
  await Promise.all(writes);
  await promise;
  expect(heard.map(({ creator }) => creator)).toEqual(Array.from({ length: hands }, (_, n) => `account${n}`));
  expect(heard.at(-1)).toMatchObject({ workspace: 'w', collection: 'responses', device: device(hands - 1), place: { seq: 2 * hands, floor: 0 } });
  // They come in order: once it hears the other one, it would have heard itself.
  await push(other, 5_000);
  await answer.promise;
  expect(own).toMatchObject([{ creator: 'account', device: device(0), place: { seq: 2 * hands + 1 } }]);
});

test('the connection that hears of commits is lost: as soon as it is there again, everybody is to look', async () => {
  const url = await server.createUrl();
  const { promise, resolve } = later();
  let gaps = 0;
  await openOnPostgres(url, {
    onGap: () => {
      gaps += 1;
      resolve();
    },
  });
  const sql = operator(url);
  expect(gaps).toBe(0);
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen%'`;
  await promise;
});

function later(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
