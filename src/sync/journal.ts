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
import * as v from 'valibot';
import { DeviceId, decode, type AccountId } from '../../protocol/index.ts';
import { decodeRow, encodeRow, isLater, keyOf, type Row } from './core/row.ts';
import { settleWrite } from './core/tabs.ts';
import { answered, inTransaction, openDatabase } from './database.ts';

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

/** What the store `entries` holds. */
const Entry = v.object({ account: v.string(), collection: v.string(), key: v.string(), row: v.unknown() });
type Entry = v.InferOutput<typeof Entry>;

/** What of the store `unreadable` is asked for. */
const SetAside = v.object({ account: v.string(), name: v.string() });

const NAME = 'outpost-journal';
const SCHEMA_VERSION = 2;

export class Journal {
  readonly #database: IDBDatabase;
  readonly #account: AccountId;
  /** By collection and key: the newest state that no transaction holds yet. */
  #pending = new Map<string, Write>();
  #next: Promise<Stored> | null = null;
  #running: Promise<Stored> = Promise.resolve(new Map());

  private constructor(database: IDBDatabase, account: AccountId) {
    this.#database = database;
    this.#account = account;
  }

  static async open(account: AccountId): Promise<Journal> {
    const database = await openDatabase(NAME, SCHEMA_VERSION, (db, from) => {
      if (from < 1) {
        db.createObjectStore('entries', { keyPath: ['account', 'collection', 'key'] });
        db.createObjectStore('meta');
      }
      if (from < 2) db.createObjectStore('unreadable', { autoIncrement: true });
    });
    return new Journal(database, account);
  }

  get version(): number {
    return this.#database.version;
  }

  /** The id of this browser profile, made at the first call. */
  device(): Promise<DeviceId> {
    return inTransaction(this.#database, 'readwrite', ['meta'], async (meta) => {
      const known = decode(DeviceId, await answered(meta.get('device')));
      if (known !== null) return known;
      const device = v.parse(DeviceId, crypto.randomUUID());
      meta.put(device, 'device');
      return device;
    });
  }

  /** All entries of this account, by collection. What cannot be read is set aside and named. */
  async readAll(): Promise<{ readonly rows: ReadonlyMap<string, readonly Row[]>; readonly unreadable: readonly string[] }> {
    const mine = IDBKeyRange.bound([this.#account], [this.#account, []]);
    const entries = v.parse(v.array(Entry), await inTransaction(this.#database, 'readonly', ['entries'], (entries) => answered(entries.getAll(mine))));
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
    const at = new Date().toISOString();
    await inTransaction(this.#database, 'readwrite', ['entries', 'unreadable'], async (entries, aside) => {
      for (const { name, content, key } of unreadable) {
        aside.add({ account: this.#account, at, name, content });
        if (key !== undefined) entries.delete(key);
      }
    });
  }

  /** The names of what was set aside. */
  async unreadable(): Promise<readonly string[]> {
    const all = v.parse(v.array(SetAside), await inTransaction(this.#database, 'readonly', ['unreadable'], (aside) => answered(aside.getAll())));
    return all.filter(({ account }) => account === this.#account).map(({ name }) => name);
  }

  /** What is stored under these keys, whichever tab wrote it. */
  async read(collection: string, keys: readonly string[]): Promise<readonly Row[]> {
    const rows = await inTransaction(this.#database, 'readonly', ['entries'], (entries) =>
      Promise.all(keys.map((key) => readRow(entries, [this.#account, collection, key]))),
    );
    return rows.filter((row) => row !== null);
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

  #commit(batch: ReadonlyMap<string, Write>): Promise<Stored> {
    return inTransaction(this.#database, 'readwrite', ['entries'], async (entries) => {
      const result = new Map<string, Row>();
      const settled = [...batch].map(async ([name, { kind, collection, row, basis }]) => {
        const key: Key = [this.#account, collection, keyOf(row)];
        const stored = await readRow(entries, key);
        if (kind === 'remove') {
          if (stored !== null && isLater(stored, row)) result.set(name, stored);
          else entries.delete(key);
          return;
        }
        const next = settleWrite(stored, row, basis);
        result.set(name, next);
        const entry: Entry = { account: this.#account, collection, key: keyOf(row), row: encodeRow(next) };
        if (next !== stored) entries.put(entry);
      });
      await Promise.all(settled);
      return result;
    });
  }
}

/** The row under a key; null if there is none, or none that can be read. */
async function readRow(entries: IDBObjectStore, key: Key): Promise<Row | null> {
  return decodeRow(decode(Entry, await answered(entries.get(key)))?.row);
}

function nameOf(collection: string, row: Row): string {
  return `${collection} ${keyOf(row)}`;
}
