/**
 * A backup and its way back, while the server goes on, and with whatever is wrong with the file.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PullPage } from '../../protocol/index.ts';
import { ACCOUNT_TABLES } from '../accounts/tables.ts';
import { type OutpostServer, createServer } from '../index.ts';
import { openSqliteDump } from '../store/dump.ts';
import { INVARIANTS } from '../store/invariants.ts';
import { RECORD_TABLES } from '../store/tables.ts';
import { Client, OWNER, edit, having, openServer, putQuestionnaire, response, signIn, signInOwner, temporaryFolder } from '../testing/server.ts';
import { type Dumps, backUp, restore } from './backup.ts';

const DEVICE = '33333333-3333-4333-8333-333333333333';

async function openDumps(dataDir: string, access: 'read' | 'exclusive'): Promise<Dumps> {
  const records = await openSqliteDump(join(dataDir, 'outpost.sqlite'), RECORD_TABLES, access);
  const accounts = await openSqliteDump(join(dataDir, 'accounts.sqlite'), ACCOUNT_TABLES, access);
  return { records, accounts };
}

async function withDumps<T>(dataDir: string, access: 'read' | 'exclusive', work: (dumps: Dumps) => Promise<T>): Promise<T> {
  const dumps = await openDumps(dataDir, access);
  try {
    return await work(dumps);
  } finally {
    await dumps.records.close();
    await dumps.accounts.close();
  }
}

const backUpTo = (dataDir: string, file: string) => withDumps(dataDir, 'read', (dumps) => backUp(dumps, file, new Date(0)));
const restoreFrom = (dataDir: string, file: string) => withDumps(dataDir, 'exclusive', (dumps) => restore(dumps, file));

async function emptyFolder(): Promise<string> {
  const dataDir = temporaryFolder();
  await (await createServer({ dataDir })).close();
  return dataDir;
}

/** A server with all kinds of rows: live, deleted, of several versions, of a device that counts; a key, a session. */
async function furnished(dataDir: string) {
  const server = await openServer({ dataDir });
  const owner = await signInOwner(server);
  const form = await putQuestionnaire(owner);
  const put = async (id: string, depth: number, revision: number, base: number) =>
    (await owner.send('PUT', `/responses/${id}`, response(form, { depth, colour: 'blå "\u2028" ☃' }), edit(DEVICE, revision, base))).json<{ ServerId: string; Version: number; Status: string }>();
  const first = crypto.randomUUID();
  const { ServerId } = await put(first, 1, 1, 0);
  await put(first, 2, 2, 1);
  const gone = crypto.randomUUID();
  await put(gone, 3, 1, 0);
  await owner.send('DELETE', `/responses/${gone}`);
  const { Key } = (await owner.send('POST', '/keys', { Name: 'script' })).json<{ Key: string }>();
  return { server, owner, form, put, first, ServerId, Key };
}

async function changes(client: Client, since = ''): Promise<v.InferOutput<typeof PullPage>> {
  return v.parse(PullPage, (await client.send('GET', `/responses?since=${since}`)).json());
}

/** All rows, as they are in the file. */
function rowsIn(dataDir: string): unknown[] {
  return ['outpost.sqlite', 'accounts.sqlite'].map((name) => {
    const database = new Database(join(dataDir, name), { readonly: true });
    const tables = [...(name === 'outpost.sqlite' ? RECORD_TABLES : ACCOUNT_TABLES)].map((table) => [table.name, database.prepare(`SELECT * FROM "${table.name}"`).all()]);
    database.close();
    return tables;
  });
}

describe('there and back', () => {
  test('every row is the same in another folder, but for the epoch; people sign in, keys open, what was sent before is a duplicate', async () => {
    const [from, to, file] = [temporaryFolder(), await emptyFolder(), join(temporaryFolder(), 'all.backup')];
    const { owner, put, first, Key } = await furnished(from);
    const before = await changes(owner);
    await backUpTo(from, file);
    await restoreFrom(to, file);

    const [rows, restored] = [JSON.stringify(rowsIn(from)), JSON.stringify(rowsIn(to))].map((text) => text.replaceAll(/"epoch":"[^"]*"/g, ''));
    expect(restored).toBe(rows);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const server = await openServer({ dataDir: to });
    expect(server.welcomeToken).toBeNull();
    const again = await signIn(server, OWNER);
    const after = await changes(again);
    expect(after.Changes).toEqual(before.Changes);
    expect((await new Client(server, { authorization: `Bearer ${Key}` }).send('GET', '/session')).statusCode).toBe(200);
    expect((await again.send('PUT', `/responses/${first}`, {}, edit(DEVICE, 2, 1))).json()).toMatchObject({ Status: 'duplicate', Version: 2 });
    expect(await put(first, 2, 2, 1)).toMatchObject({ Status: 'duplicate' });
  });

  test('an older backup: a device’s cursor is of another history, so it starts over; what it has not sent is taken; what is new gets a place behind all', async () => {
    const [dataDir, file] = [temporaryFolder(), join(temporaryFolder(), 'older.backup')];
    const { server, owner, form, put, first, ServerId } = await furnished(dataDir);
    await backUpTo(dataDir, file);
    await put(first, 5, 3, 2);
    const lost = crypto.randomUUID();
    await put(lost, 6, 1, 0);
    const { Cursor } = await changes(owner);
    await server.close();
    await restoreFrom(dataDir, file);

    const restored = await openServer({ dataDir });
    const again = new Client(restored, owner.headers);
    // So many that the sequence is past where the device has been: but for the epoch, its cursor would be a place among them.
    for (let n = 0; n < 5; n += 1) await again.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    expect(await changes(again, Cursor)).toMatchObject({ Reset: true, Changes: [having({ Id: ServerId, Version: 2 }), having({ Deleted: true }), {}, {}, {}, {}, {}] });
    // The device sends the rest of what it has: on top of a Version that the server has lost, and anew.
    const patch = { Collection: 'responses', Id: ServerId, Revision: 4, Base: 3, Op: 'put', Attributes: { answers: { depth: 7 } }, Changed: ['answers.depth'] };
    const whole = { ...patch, Revision: 5, Attributes: response(form, { depth: 7 }), Changed: undefined };
    const anew = { Collection: 'responses', Id: lost, Revision: 2, Base: 1, Op: 'put', Attributes: response(form, { depth: 6 }) };
    const results = async (...Push: unknown[]) => (await again.send('POST', '/sync', { Device: DEVICE, Push })).json<{ Results: { Status: string }[] }>().Results.map(({ Status }) => Status);
    expect(await results(patch)).toEqual(['retry']);
    expect(await results(whole, anew)).toEqual(['applied', 'applied']);
    const now = await changes(again);
    expect(now.Changes.filter((change) => 'Attributes' in change).slice(5)).toEqual([having({ Id: ServerId, Version: 3 }), having({ ClientId: lost, Version: 1 })]);
    expect((await changes(again, now.Cursor)).Changes).toEqual([]);
  });

  test('made while others write: it is of one moment, and every record has its account', async () => {
    const [dataDir, to, file] = [temporaryFolder(), await emptyFolder(), join(temporaryFolder(), 'all.backup')];
    const { put } = await furnished(dataDir);
    const stop = new AbortController();
    const acknowledged: number[] = [];
    const writer = (async () => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        await Promise.all(Array.from({ length: 20 }, () => put(crypto.randomUUID(), n, 1, 0)));
        acknowledged.push(n);
      }
    })();
    while (acknowledged.length < 3) await new Promise((resolve) => setImmediate(resolve));
    const before = acknowledged.length;
    await backUpTo(dataDir, file);
    stop.abort();
    await writer;
    await restoreFrom(to, file);
    const database = new Database(join(to, 'outpost.sqlite'), { readonly: true });
    onTestFinished(() => void database.close());
    // Twenty responses share a turn, and so a commit: all of them are there or none.
    const depths = database.prepare(`SELECT attributes ->> '$.answers.depth' AS depth, count(*) AS times FROM records WHERE collection = 'responses' AND version = 1 AND attributes IS NOT NULL GROUP BY 1`).all();
    expect(depths.length).toBeGreaterThanOrEqual(before);
    expect(depths.every((row) => v.parse(v.object({ times: v.number() }), row).times % 20 === 0)).toBe(true);
    expect(await problemsOf(to)).toEqual([]);
  });

  test('what is written after its first row was read is not in it, in whichever table', async () => {
    const dataDir = temporaryFolder();
    const { put } = await furnished(dataDir);
    const late = crypto.randomUUID();
    const read = await withDumps(dataDir, 'read', ({ records }) =>
      records.read(async (rows) => {
        const seen: string[] = [];
        for await (const { table, values } of rows) {
          if (seen.length === 0) await put(late, 1, 1, 0);
          seen.push(`${table} ${values.join()}`);
        }
        return seen.join('\n');
      }),
    );
    expect(read).toMatch(/^records /m);
    expect(read).not.toContain(late);
  });

  test('it has every table and every column that there is', async () => {
    const dataDir = await emptyFolder();
    for (const [name, tables] of [['outpost.sqlite', RECORD_TABLES], ['accounts.sqlite', ACCOUNT_TABLES]] as const) {
      const database = new Database(join(dataDir, name), { readonly: true });
      onTestFinished(() => void database.close());
      const there = v.parse(v.array(v.object({ name: v.string() })), database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).all());
      expect(tables.map((table) => table.name).toSorted()).toEqual(there.map((table) => table.name).toSorted());
      for (const table of tables) {
        const columns = v.parse(v.array(v.object({ name: v.string() })), database.pragma(`table_info("${table.name}")`));
        expect([table.name, Object.keys(table.columns).toSorted()]).toEqual([table.name, columns.map((column) => column.name).toSorted()]);
      }
    }
  });
});

describe('what cannot be used is refused, and nothing has changed', () => {
  async function made() {
    const dataDir = temporaryFolder();
    const file = join(temporaryFolder(), 'all.backup');
    const { server } = await furnished(dataDir);
    await backUpTo(dataDir, file);
    await server.close();
    return { dataDir, file };
  }
  const rewrite = (file: string, change: (text: string) => string) => writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(file)).toString())));
  const signed = (text: string) => {
    const lines = text.trimEnd().split('\n').slice(0, -1);
    const body = lines.map((line) => `${line}\n`).join('');
    return `${body}${JSON.stringify({ rows: lines.length - 1, sha256: createHash('sha256').update(body).digest('hex') })}\n`;
  };

  const damages: readonly [string, (file: string) => void, RegExp][] = [
    ['cut off', (file) => truncateSync(file, statSync(file).size - 20), /damaged or not whole/],
    ['without its last line', (file) => rewrite(file, (text) => text.trimEnd().split('\n').slice(0, -1).join('\n') + '\n'), /damaged or not whole/],
    ['with a row less', (file) => rewrite(file, (text) => text.split('\n').filter((_, n) => n !== 5).join('\n')), /damaged or not whole/],
    ['with another letter', (file) => rewrite(file, (text) => text.replace('☃', '☁')), /damaged or not whole/],
    ['with something behind its end', (file) => rewrite(file, (text) => `${text}["records"]\n`), /damaged or not whole/],
    ['with a byte that is another', (file) => flip(file), /damaged or not whole/],
    ['no gzip', (file) => writeFileSync(file, 'hello'), /damaged or not whole/],
    ['something else', (file) => writeFileSync(file, gzipSync('{"a":1}\n')), /no backup of Outpost/],
    ['of another version', (file) => rewrite(file, (text) => signed(text.replace('"format":1', '"format":99'))), /another version/],
    ['of other columns', (file) => rewrite(file, (text) => signed(text.replace('"field_versions",', ''))), /another version/],
    ['with a table that there is not, well signed', (file) => rewrite(file, (text) => signed(text.replace(/\n\["records"/, '\n["recordz"'))), /no table recordz/],
    ['with the same row twice, well signed', (file) => rewrite(file, (text) => signed(text.replace(/\n(\["records".*)\n/, '\n$1\n$1\n'))), /UNIQUE/],
  ];
  test.each(damages)('%s', async (name, damage, message) => {
    const { dataDir, file } = await made();
    const before = rowsIn(dataDir);
    damage(file);
    await expect(restoreFrom(dataDir, file)).rejects.toThrow(message);
    // A forged one gets as far as the database that refuses it.
    if (/well signed/.test(name)) expect(rowsIn(dataDir)[0]).toEqual(before[0]);
    else expect(rowsIn(dataDir)).toEqual(before);
  });

  test('a file that is not there', async () => {
    const { dataDir } = await made();
    await expect(restoreFrom(dataDir, '/nowhere/at.all')).rejects.toThrow('There is no file /nowhere/at.all.');
  });

  test('a server that is running keeps its databases to itself', async () => {
    const { dataDir, file } = await made();
    const server: OutpostServer = await openServer({ dataDir });
    await expect(restoreFrom(dataDir, file)).rejects.toThrow(/in use. Stop the server first/);
    await server.close();
    await restoreFrom(dataDir, file);
  });

  test('a backup that could not be written leaves nothing half, and the one before in its place', async () => {
    const { dataDir, file } = await made();
    const database = new Database(join(dataDir, 'outpost.sqlite'));
    database.prepare('UPDATE records SET seq = -9007199254740993 WHERE seq = 1').run();
    database.close();
    copyFileSync(file, `${file}.copy`);
    await expect(backUpTo(dataDir, file)).rejects.toThrow('records.seq');
    expect(readFileSync(file)).toEqual(readFileSync(`${file}.copy`));
    expect(existsSync(`${file}.part`)).toBe(false);
    expect(readdirSync(join(file, '..')).toSorted()).toEqual(['all.backup', 'all.backup.copy']);
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
}

async function problemsOf(dataDir: string): Promise<string[]> {
  return withDumps(dataDir, 'read', async ({ records, accounts }) => [...(await records.problems(INVARIANTS)), ...(await accounts.problems([]))]);
}

describe('the check', () => {
  test('finds nothing in what a server has written', async () => {
    const dataDir = temporaryFolder();
    await (await furnished(dataDir)).server.close();
    expect(await problemsOf(dataDir)).toEqual([]);
  });

  const breaks: readonly [string, string, string, RegExp][] = [
    ['a record beyond the sequence', 'outpost.sqlite', 'UPDATE sequences SET seq = 2', /\d records are beyond the sequence/],
    ['a workspace without a sequence', 'outpost.sqlite', 'DELETE FROM sequences', /records are beyond the sequence/],
    ['tombstones forgotten ahead of time', 'outpost.sqlite', 'UPDATE sequences SET purged = seq + 1', /forgotten tombstones/],
    ['a revision of no record', 'outpost.sqlite', `DELETE FROM records WHERE collection = 'responses'`, /\d revisions are of no record/],
    ['a questionnaire whose latest version is not kept', 'outpost.sqlite', 'DELETE FROM questionnaire_versions', /2 questionnaires are not kept/],
    ['a record of no version', 'outpost.sqlite', 'UPDATE records SET version = 0 WHERE attributes IS NULL', /1 records have no version/],
    ['attributes that are no JSON', 'outpost.sqlite', `UPDATE records SET attributes = '{' WHERE collection = 'responses' AND attributes IS NOT NULL`, /1 rows of records hold what is no JSON/],
    ['a member of nowhere', 'accounts.sqlite', 'PRAGMA foreign_keys = OFF; DELETE FROM workspaces', /refer to what is not there/],
  ];
  test.each(breaks)('finds %s', async (_, file, sql, message) => {
    const dataDir = temporaryFolder();
    await (await furnished(dataDir)).server.close();
    const database = new Database(join(dataDir, file));
    database.exec(sql);
    database.close();
    expect((await problemsOf(dataDir)).join('\n')).toMatch(message);
  });

  test('finds a damaged file', async () => {
    const dataDir = temporaryFolder();
    await (await furnished(dataDir)).server.close();
    const file = join(dataDir, 'outpost.sqlite');
    const bytes = readFileSync(file);
    bytes.fill(0xff, bytes.length - 3_000, bytes.length - 1_000);
    writeFileSync(file, bytes);
    expect((await problemsOf(dataDir).catch((error: unknown) => [String(error)])).length).toBeGreaterThan(0);
  });
});
