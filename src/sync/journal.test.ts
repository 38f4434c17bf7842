/**
 * The journal against a real IndexedDB in memory; each `Journal` is a tab of one device.
 */
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import * as v from 'valibot';
import { beforeEach, expect, it, vi } from 'vitest';
import { AuthorId, ClientId } from '../../protocol/index.ts';
import { Log, type Logged } from './core/log.ts';
import { edit, newRow, type Row } from './core/row.ts';
import { NOW } from './core/testing.ts';
import { answered, inTransaction } from './database.ts';
import { Journal } from './journal.ts';

const ACCOUNT = v.parse(AuthorId, 'account');

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
});

const idOf = (index: number): ClientId => v.parse(ClientId, `a3b0c1d2-0000-4000-8000-${String(index).padStart(12, '0')}`);
const made = (index: number, text = 'first'): Row => edit(newRow(idOf(index), NOW), { text }, true, NOW);
const edited = (row: Row, attributes: Record<string, unknown>): Row => edit(row, attributes, true, NOW);
const count = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** A tab that has started. */
async function tab(): Promise<Journal> {
  const journal = new Journal(ACCOUNT);
  await journal.readAll((read) => read);
  return journal;
}

/** What a tab that starts now is given. */
async function stored(): Promise<readonly Row[]> {
  const { rows } = await new Journal(ACCOUNT).readAll((read) => read);
  return rows.get('responses') ?? [];
}

const create = (journal: Journal, row: Row): Promise<Row | null> => journal.write('responses', row, newRow(row.id, NOW));

function database(version?: number, upgrade: (database: IDBDatabase) => void = () => {}): Promise<IDBDatabase> {
  const opening = indexedDB.open('outpost-journal', version);
  opening.addEventListener('upgradeneeded', () => upgrade(opening.result));
  return answered(opening);
}

async function records(): Promise<readonly Logged[]> {
  return v.parse(Log, await inTransaction(database(), 'readonly', ['log'], (log) => answered(log.getAll())));
}

it('rows written in one turn go as few records, and all are there', async () => {
  const journal = await tab();
  const rows = count(500).map((index) => made(index, 'x'.repeat(400)));
  await Promise.all(rows.map((row) => create(journal, row)));
  expect((await records()).length).toBeLessThan(20);
  expect(await stored()).toEqual(rows);
});

it('an edit on a row that a crash has rolled back, made before the journal was read, goes on top of what is there', async () => {
  const row = made(1);
  const before = await tab();
  await create(before, row);
  await before.write('responses', edited(row, { text: 'second' }), row);
  const journal = new Journal(ACCOUNT);
  const reading = journal.readAll((read) => read);
  const settled = await journal.write('responses', edited(row, { text: 'first', remark: 'early' }), row);
  expect(settled?.attributes).toEqual({ text: 'second', remark: 'early' });
  await reading;
  expect(await stored()).toEqual([settled]);
});

it('of one name the last write counts, and a removal takes it away', async () => {
  const journal = await tab();
  const [kept, gone] = [made(1), made(2)];
  await Promise.all([create(journal, kept), create(journal, gone)]);
  await journal.write('responses', edited(kept, { text: 'second' }), kept);
  await journal.remove('responses', gone);
  expect((await stored()).map(({ attributes }) => attributes)).toEqual([{ text: 'second' }]);
});

it('two tabs edit one row: the second edit goes on top, and so does what that tab edits before it has heard', async () => {
  const first = await tab();
  const row = edited(made(1), { a: 1, b: 1, c: 1 });
  await create(first, row);
  const second = await tab();
  await first.write('responses', edited(row, { a: 2, b: 1, c: 1 }), row);
  const mine = edited(row, { a: 1, b: 2, c: 1 });
  const [settled] = await Promise.all([
    second.write('responses', mine, row),
    // While the first transaction runs: made on what this tab knew.
    Promise.resolve().then(() => Promise.resolve()).then(() => second.write('responses', edited(mine, { a: 1, b: 2, c: 2 }), mine)),
  ]);
  expect(settled?.revision).toBeGreaterThan(mine.revision);
  expect(await stored()).toMatchObject([{ revision: 5, attributes: { a: 2, b: 2, c: 2 } }]);
});

it('what another tab has edited is not removed, and is found by whoever asks', async () => {
  const [first, second] = [await tab(), await tab()];
  const row = made(1);
  await create(first, row);
  const later = edited(row, { text: 'later' });
  await first.write('responses', later, row);
  expect(await second.read('responses', [row.id, idOf(2)])).toEqual([later]);
  expect(await second.remove('responses', row)).toEqual(later);
  expect(await stored()).toEqual([later]);
});

it('a log of which most no longer counts is written anew, and nothing is lost: not for a tab that has not looked since either', async () => {
  const [busy, idle] = [await tab(), await tab()];
  const [kept, gone] = [made(1, 'kept'), made(2, 'gone')];
  await Promise.all([create(busy, kept), create(busy, gone)]);
  expect(await idle.read('responses', [kept.id, gone.id])).toEqual([kept, gone]);
  await busy.remove('responses', gone);
  let row = made(3);
  await create(busy, row);
  for (const index of count(30)) {
    const basis = row;
    row = edited(basis, { text: `${index} ${'x'.repeat(100_000)}` });
    await busy.write('responses', row, basis);
  }
  const left = await records();
  expect(left.length).toBeLessThan(15);
  expect(await stored()).toEqual([kept, row]);
  expect(await idle.read('responses', [gone.id, row.id])).toEqual([row]);
});

it('a log of which nothing counts is written anew: what another tab appends then is seen', async () => {
  const [busy, idle] = [await tab(), await tab()];
  const row = made(1, 'x'.repeat(1_100_000));
  await create(busy, row);
  const later = edited(row, row.attributes);
  await busy.write('responses', later, row);
  await busy.remove('responses', later);
  await busy.remove('responses', made(2));
  const next = made(3);
  await create(idle, next);
  expect(await busy.read('responses', [next.id])).toEqual([next]);
  expect(await stored()).toEqual([next]);
});

it('a transaction that fails writes nothing, and the next one all: after it, too, what another tab has written counts', async () => {
  const [first, second] = [await tab(), await tab()];
  const row = edited(made(1), { a: 1, b: 1 });
  await create(first, row);
  const failing = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const mine = edited(row, { a: 1, b: 2 });
  await expect(second.write('responses', mine, newRow(row.id, NOW))).rejects.toThrow('full');
  failing.mockRestore();
  const settled = await second.write('responses', mine, newRow(row.id, NOW));
  expect(settled?.revision).toBeGreaterThan(row.revision);
  expect(await stored()).toEqual([settled]);
});

it('a log that is written anew in a transaction that fails stays as it was', async () => {
  const journal = await tab();
  const row = made(1, 'x'.repeat(2_100_000));
  await create(journal, row);
  const later = edited(row, row.attributes);
  await journal.write('responses', later, row);
  const failing = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await expect(create(journal, made(2))).rejects.toThrow('full');
  failing.mockRestore();
  expect(await stored()).toEqual([later]);
});

it('a journal of schema 2 is taken over: each account’s rows, and what a newer version of the app wrote', async () => {
  const old = { outpost: { clientId: idOf(1), revision: 2, state: 'waiting', since: NOW }, id: idOf(1), synchronized: false, version: 0, text: 'old' };
  const before = await database(2, (made2) => {
    made2.createObjectStore('meta').put('a3b0c1d2-0000-4000-8000-00000000000f', 'device');
    made2.createObjectStore('unreadable', { autoIncrement: true }).put({ account: ACCOUNT, at: NOW, name: 'broken', content: '{' });
    const entries = made2.createObjectStore('entries', { keyPath: ['account', 'collection', 'key'] });
    for (const account of [ACCOUNT, 'other']) entries.put({ account, collection: 'responses', key: idOf(1), row: { ...old, text: account } });
    entries.put({ account: ACCOUNT, collection: 'responses', key: idOf(2), row: { ...old, outpost: { ...old.outpost, format: 99 } } });
  });
  before.close();
  const journal = new Journal(ACCOUNT);
  const { rows, newer } = await journal.readAll((read) => read);
  expect(rows.get('responses')).toMatchObject([{ revision: 2, attributes: { text: ACCOUNT } }]);
  expect(newer).toEqual(new Map([['responses', [idOf(2)]]]));
  expect([await journal.device(), await journal.unreadable()]).toMatchObject(['a3b0c1d2-0000-4000-8000-00000000000f', [{ name: 'broken' }]]);
  expect(await journal.write('responses', made(2), newRow(idOf(2), NOW))).toBeNull();
  const other = await new Journal(v.parse(AuthorId, 'other')).readAll((read) => read);
  expect(other.rows.get('responses')).toMatchObject([{ attributes: { text: 'other' } }]);
});
