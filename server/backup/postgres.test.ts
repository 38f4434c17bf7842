/**
 * From SQLite to PostgreSQL and back, as somebody moves who has grown out of one process.
 */
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ACCOUNT_TABLES } from '../accounts/tables.ts';
import { runCli } from '../cli/run.ts';
import { createServer } from '../index.ts';
import { openPostgresDump } from '../store/dump.ts';
import { postgresClient } from '../store/postgres/client.ts';
import { RECORD_TABLES } from '../store/tables.ts';
import { type TestPostgres, startPostgres } from '../testing/postgres.ts';
import { OWNER, edit, openServer, putQuestionnaire, response, signIn, signInOwner, temporaryFolder, textLike, textWith } from '../testing/server.ts';

const DEVICE = '33333333-3333-4333-8333-333333333333';

let server: TestPostgres | null = null;
let databases = 0;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server?.stop());

async function newDatabase(): Promise<string> {
  databases += 1;
  const url = await server?.createDatabase(`outpost_${databases}`);
  if (url === undefined) throw new Error('PostgreSQL was not started.');
  return url;
}

/** @param at the folder of files, or the address of a database */
async function outpost(at: string, ...words: string[]): Promise<{ code: number; said: string }> {
  const said = new PassThrough();
  const all = buffer(said);
  const env = at.startsWith('postgres:') ? { DATABASE_URL: at } : { DATA_DIR: at };
  const code = await runCli(words, { env, in: Readable.from([]), out: said, err: said, now: () => 0 });
  said.end();
  return { code, said: (await all).toString() };
}

async function furnished(dataDir: string) {
  const own = await createServer({ dataDir });
  const owner = await signInOwner(own);
  const form = await putQuestionnaire(owner);
  const id = crypto.randomUUID();
  for (const [depth, revision] of [[1, 1], [2, 2]] as const) await owner.send('PUT', `/responses/${id}`, response(form, { depth, colour: 'blå "\u0000\u2028" ☃' }), edit(DEVICE, revision, revision - 1));
  const gone = crypto.randomUUID();
  await owner.send('PUT', `/responses/${gone}`, response(form));
  await owner.send('DELETE', `/responses/${gone}`);
  await owner.send('POST', '/keys', { Name: 'script' });
  await own.close();
  return { form, id };
}

/** All rows that a backup has, in an order of their own, without what a restore gives anew. */
function rowsIn(dataDir: string): string[] {
  const rows = ([['outpost.sqlite', RECORD_TABLES], ['accounts.sqlite', ACCOUNT_TABLES]] as const).flatMap(([name, tables]) => {
    const database = new Database(join(dataDir, name), { readonly: true });
    const found = tables.flatMap((table) => database.prepare(`SELECT * FROM "${table.name}"`).all().map((row) => `${table.name} ${JSON.stringify(row)}`));
    database.close();
    return found;
  });
  // A sign-in to the server between is noted there.
  return rows.filter((row) => !row.includes('session.begun')).map((row) => row.replace(/"epoch":"[^"]*"/, '')).toSorted();
}

test('files to PostgreSQL and back: every row is the same, people sign in, what was sent before is a duplicate, and all is well', async () => {
  const [from, to, folder] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const url = await newDatabase();
  const { form, id } = await furnished(from);
  const [first, second] = [join(folder, 'first.backup'), join(folder, 'second.backup')];
  expect(await outpost(from, 'backup', first)).toMatchObject({ code: 0 });
  expect(await outpost(url, 'restore', first)).toMatchObject({ code: 0 });
  expect(await outpost(url, 'check')).toEqual({ code: 0, said: 'All is well.\n' });

  const moved = await openServer({ dataDir: folder, databaseUrl: url });
  const owner = await signIn(moved, OWNER);
  expect((await owner.send('PUT', `/responses/${id}`, {}, edit(DEVICE, 2, 1))).json()).toMatchObject({ Status: 'duplicate', Version: 2 });
  expect((await owner.send('GET', `/questionnaires/${form}`)).statusCode).toBe(200);
  await owner.send('DELETE', '/session');
  await moved.close();

  expect(await outpost(url, 'backup', second)).toMatchObject({ code: 0 });
  expect(await outpost(to, 'restore', second)).toMatchObject({ code: 0 });
  expect(await outpost(to, 'check')).toMatchObject({ code: 0 });
  const [before, after] = [rowsIn(from), rowsIn(to)];
  expect(before.length).toBeGreaterThan(15);
  expect(after.filter((row) => !before.includes(row))).toEqual([]);
  expect(before.filter((row) => !after.includes(row))).toEqual([]);
}, 120_000);

test('what is written after the first row was read is not in the backup', async () => {
  const [folder, from] = [temporaryFolder(), temporaryFolder()];
  const url = await newDatabase();
  const { form } = await furnished(from);
  await outpost(from, 'backup', join(folder, 'a.backup'));
  await outpost(url, 'restore', join(folder, 'a.backup'));
  const client = postgresClient(url);
  onTestFinished(() => client.close());
  const writing = await openServer({ dataDir: folder, databaseUrl: url });
  const owner = await signIn(writing, OWNER);
  const dump = await openPostgresDump(client.pool, client.name, RECORD_TABLES);
  const late = crypto.randomUUID();
  const read = await dump.read(async (rows) => {
    const seen: string[] = [];
    for await (const { values } of rows) {
      if (seen.length === 0) expect((await owner.send('PUT', `/responses/${late}`, response(form))).statusCode).toBe(200);
      seen.push(values.join());
    }
    return seen;
  });
  expect(read.length).toBeGreaterThan(5);
  expect(read.join()).not.toContain(late);
}, 120_000);

test('a damaged backup, something stored already, a database that cannot be reached: refused in one line, and nothing has changed', async () => {
  const [folder, from] = [temporaryFolder(), temporaryFolder()];
  const url = await newDatabase();
  await furnished(from);
  const file = join(folder, 'a.backup');
  await outpost(from, 'backup', file);
  expect(await outpost(url, 'backup', join(folder, 'none.backup'))).toEqual({ code: 1, said: textWith('Bring it up to date first: outpost migrate') });
  expect(await outpost(url, 'migrate')).toMatchObject({ code: 0 });
  expect(await outpost(url, 'restore', file)).toMatchObject({ code: 0 });
  expect(await outpost(url, 'restore', file)).toMatchObject({ code: 1, said: textWith('stored here already') });
  const sql = postgres(url, { max: 1 });
  onTestFinished(() => sql.end());
  await sql`UPDATE sequences SET seq = 0`;
  expect(await outpost(url, 'check')).toMatchObject({ code: 1, said: textWith('beyond the sequence') });
  expect(await outpost(url.replace('127.0.0.1', 'localhost:1'), 'check')).toMatchObject({ code: 1, said: textLike(/^(The database|DATABASE_URL)[^\n]+\n$/) });
}, 120_000);
