/**
 * The journal: what a crash must not take. The browser writes localStorage to disk seconds later, up to a minute under
 * load; an IndexedDB transaction that is complete stays.
 *
 * Contract:
 * - `write` resolves only when a transaction that holds this state of the row, or a later one, is complete on disk;
 * - while one transaction runs, further writes gather and go together in the next, the newest of each row alone;
 * - a write never undoes a later one of another tab: `settleWrite` decides within the transaction, and the writer learns
 *   what is stored;
 * - what cannot be read is set aside, and kept;
 * - entries are kept apart by account.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import { DeviceId, type AccountId } from '../../protocol/index.ts';
import { decodeRow, encodeRow, isLater, keyOf, type Row } from './core/row.ts';
import { settleWrite } from './core/tabs.ts';

interface Write {
  readonly kind: 'write' | 'remove';
  readonly collection: string;
  readonly row: Row;
  /** What a local edit was made on; null if the row holds no new edit. */
  readonly basis: Row | null;
}

/** By collection and key: what is stored after a transaction. */
type Stored = ReadonlyMap<string, Row>;

/** A text that should have been a row, and where it was. */
export interface Unreadable {
  readonly name: string;
  readonly content: unknown;
  /** Where it is in the journal, if it is there. */
  readonly key?: Key;
}

type Key = [account: string, collection: string, key: string];

interface Schema extends DBSchema {
  entries: { key: Key; value: { account: string; collection: string; key: string; row: unknown } };
  meta: { key: string; value: unknown };
  unreadable: { key: number; value: { account: string; at: string; name: string; content: unknown } };
}

const NAME = 'outpost-journal';
const SCHEMA_VERSION = 2;

export class Journal {
  readonly #database: IDBPDatabase<Schema>;
  readonly #account: AccountId;
  /** By collection and key: the newest state that no transaction holds yet. */
  #pending = new Map<string, Write>();
  #next: Promise<Stored> | null = null;
  #running: Promise<Stored> = Promise.resolve(new Map());

  private constructor(database: IDBPDatabase<Schema>, account: AccountId) {
    this.#database = database;
    this.#account = account;
  }

  static async open(account: AccountId): Promise<Journal> {
    const database = await openDB<Schema>(NAME, SCHEMA_VERSION, {
      upgrade(db, oldVersion) {
        if (oldVersion < 1) {
          db.createObjectStore('entries', { keyPath: ['account', 'collection', 'key'] });
          db.createObjectStore('meta');
        }
        if (oldVersion < 2) db.createObjectStore('unreadable', { autoIncrement: true });
      },
      // A newer page wants to change the schema: give way, it cannot start before.
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close();
      },
    });
    return new Journal(database, account);
  }

  get version(): number {
    return this.#database.version;
  }

  /** The id of this browser profile, made at the first call. */
  async device(): Promise<DeviceId> {
    const transaction = this.#database.transaction('meta', 'readwrite', { durability: 'strict' });
    const known = v.safeParse(DeviceId, await transaction.store.get('device'));
    const device = known.success ? known.output : v.parse(DeviceId, crypto.randomUUID());
    if (!known.success) await transaction.store.put(device, 'device');
    await transaction.done;
    return device;
  }

  /** All entries of this account, by collection. What cannot be read is set aside and named. */
  async readAll(): Promise<{ readonly rows: ReadonlyMap<string, readonly Row[]>; readonly unreadable: readonly string[] }> {
    const entries = await this.#database.getAll('entries', IDBKeyRange.bound([this.#account], [this.#account, []]));
    const rows = new Map<string, Row[]>();
    const unreadable: Unreadable[] = [];
    for (const entry of entries) {
      const row = decodeRow(entry.row);
      const list = rows.get(entry.collection);
      if (row === null) unreadable.push({ name: `${entry.collection} ${entry.key}`, content: entry.row, key: [entry.account, entry.collection, entry.key] });
      else if (list === undefined) rows.set(entry.collection, [row]);
      else list.push(row);
    }
    await this.setAside(unreadable);
    return { rows, unreadable: unreadable.map(({ name }) => name) };
  }

  /** Keeps texts that are no rows, for whoever can make something of them, and takes them from among the entries. */
  async setAside(unreadable: readonly Unreadable[]): Promise<void> {
    if (unreadable.length === 0) return;
    const transaction = this.#database.transaction(['entries', 'unreadable'], 'readwrite', { durability: 'strict' });
    const at = new Date().toISOString();
    const requests = unreadable.flatMap(({ name, content, key }) => [
      transaction.objectStore('unreadable').add({ account: this.#account, at, name, content }),
      ...(key === undefined ? [] : [transaction.objectStore('entries').delete(key)]),
    ]);
    await Promise.all([...requests, transaction.done]);
  }

  /** The names of what was set aside. */
  async unreadable(): Promise<readonly string[]> {
    const all = await this.#database.getAll('unreadable');
    return all.filter(({ account }) => account === this.#account).map(({ name }) => name);
  }

  /** What is stored under these keys, whichever tab wrote it. */
  async read(collection: string, keys: readonly string[]): Promise<readonly Row[]> {
    const { store } = this.#database.transaction('entries');
    const entries = await Promise.all(keys.map((key) => store.get([this.#account, collection, key])));
    return entries.map((entry) => decodeRow(entry?.row)).filter((row) => row !== null);
  }

  /**
   * @param basis the row that a local edit was made on; null if `row` holds no new edit
   * @returns what is stored: `row`, or the later state that another tab or a later write has brought
   */
  async write(collection: string, row: Row, basis: Row | null): Promise<Row> {
    const name = nameOf(collection, row);
    const pending = this.#pending.get(name);
    const first = pending?.kind === 'write' && pending.basis !== null ? pending.basis : basis;
    const stored = await this.#enqueue({ kind: 'write', collection, row, basis: first });
    return stored.get(name) ?? row;
  }

  /** Removes an entry, unless another tab has a later state. @returns that state, or null */
  async remove(collection: string, row: Row): Promise<Row | null> {
    const stored = await this.#enqueue({ kind: 'remove', collection, row, basis: null });
    return stored.get(nameOf(collection, row)) ?? null;
  }

  /** Resolves when all that was written so far is complete, or has failed and told those who wrote it. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#next ?? this.#running]);
  }

  close(): void {
    this.#database.close();
  }

  #enqueue(write: Write): Promise<Stored> {
    this.#pending.set(nameOf(write.collection, write.row), write);
    this.#next ??= this.#flushAfter(this.#running);
    return this.#next;
  }

  async #flushAfter(running: Promise<Stored>): Promise<Stored> {
    // Whether the transaction before this one failed is told to those who wait for it; this one is another try.
    await Promise.allSettled([running]);
    const batch = this.#pending;
    this.#pending = new Map();
    this.#next = null;
    this.#running = this.#commit(batch);
    return this.#running;
  }

  async #commit(batch: ReadonlyMap<string, Write>): Promise<Stored> {
    const transaction = this.#database.transaction('entries', 'readwrite', { durability: 'strict' });
    const result = new Map<string, Row>();
    const settled = [...batch].map(async ([name, { kind, collection, row, basis }]) => {
      const key: Key = [this.#account, collection, keyOf(row)];
      const stored = decodeRow((await transaction.store.get(key))?.row);
      if (kind === 'remove') {
        if (stored !== null && isLater(stored, row)) result.set(name, stored);
        else await transaction.store.delete(key);
        return;
      }
      const next = settleWrite(stored, row, basis);
      result.set(name, next);
      if (next !== stored) await transaction.store.put({ account: this.#account, collection, key: keyOf(row), row: encodeRow(next) });
    });
    await Promise.all([...settled, transaction.done]);
    return result;
  }
}

function nameOf(collection: string, row: Row): string {
  return `${collection} ${keyOf(row)}`;
}
