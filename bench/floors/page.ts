/**
 * What nothing can be faster than: the browser's own storage and network, without a library.
 */
import type { Row } from '../contract.ts';
import { CHANGED } from '../rows.ts';

const PREFIX = 'floor-';
const STORES = ['bulk', 'relaxed', 'single'] as const;

const opened = open();

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('floor', 1);
    request.addEventListener('upgradeneeded', () => {
      for (const store of STORES) request.result.createObjectStore(store, { keyPath: 'id' });
    });
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

function put(database: IDBDatabase, store: (typeof STORES)[number], rows: readonly Row[]): Promise<void> {
  const durability = store === 'relaxed' ? 'relaxed' : 'strict';
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([store], 'readwrite', { durability });
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error));
    for (const row of rows) transaction.objectStore(store).put(row);
  });
}

function writeLocalStorage(rows: readonly Row[]): void {
  for (const row of rows) localStorage.setItem(`${PREFIX}${row.id}`, JSON.stringify(row));
}

async function send(rows: readonly Row[]): Promise<void> {
  const answer = await fetch('/rows', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(rows) });
  if (!answer.ok) throw new Error(await answer.text());
  await answer.json();
}

/** Durable here before they are durable there, as whoever wants to lose nothing has to do it. */
async function putAndSend(rows: readonly Row[]): Promise<void> {
  await put(await opened, 'single', rows);
  await send(rows);
}

function areRows(value: unknown): value is readonly Row[] {
  return Array.isArray(value);
}

function parse(text: string): unknown {
  return JSON.parse(text);
}

const floors = {
  async 'localStorage write'(rows: readonly Row[]) {
    writeLocalStorage(rows);
  },
  async 'localStorage read and parse'() {
    const read: unknown[] = [];
    for (let index = 0; index < localStorage.length; index += 1) {
      const key = localStorage.key(index);
      if (key?.startsWith(PREFIX) === true) read.push(parse(localStorage.getItem(key) ?? ''));
    }
    window.floorRows = read;
  },
  async 'IndexedDB, one transaction'(rows: readonly Row[]) {
    await put(await opened, 'bulk', rows);
  },
  async 'IndexedDB, one transaction, relaxed'(rows: readonly Row[]) {
    await put(await opened, 'relaxed', rows);
  },
  async 'IndexedDB, a transaction for each'(rows: readonly Row[]) {
    const database = await opened;
    await Promise.all(rows.map((row) => put(database, 'single', [row])));
  },
  async 'fetch of all, stored in SQLite'(rows: readonly Row[]) {
    await send(rows);
  },
  async 'ten rows: one transaction, then a fetch'(rows: readonly Row[]) {
    await putAndSend(rows.slice(0, CHANGED));
  },
  async 'one row: one transaction, then a fetch'(rows: readonly Row[]) {
    await putAndSend(rows.slice(0, 1));
  },
  async 'fetch and localStorage'() {
    const answer = await fetch('/rows');
    const rows: unknown = await answer.json();
    if (!areRows(rows)) throw new Error('The server has answered with no rows.');
    writeLocalStorage(rows);
    window.floorRows = rows;
  },
} as const;

/** Those that are measured in the page. */
export type PageFloor = keyof typeof floors;

declare global {
  interface Window {
    /** What a floor has brought into memory. */
    floorRows: readonly unknown[];
    /** Milliseconds that the floor takes with these rows. */
    measureFloor(name: PageFloor, rows: readonly Row[]): Promise<number>;
  }
}

window.measureFloor = async (name, rows) => {
  await opened;
  const startedMs = performance.now();
  await floors[name](rows);
  return performance.now() - startedMs;
};
