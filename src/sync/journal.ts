/**
 * The journal: what a crash must not take. The browser writes localStorage to disk seconds later, up to a minute under
 * load; an IndexedDB transaction that is complete stays.
 *
 * Contract:
 * - `write` resolves only when a transaction that holds this state of the row, or a later one, is complete on disk;
 * - while one transaction runs, further writes gather and go together in the next, the newest of each row alone;
 * - a write never undoes a later one of another tab: `settleWrite` decides within the transaction, and the writer learns
 *   what is stored;
 * - what cannot be read is set aside, and kept; what a newer version of the app wrote is left where it is;
 * - entries are kept apart by account.
 */
import * as v from 'valibot';
import { DeviceId, decode, type AccountId } from '../../protocol/index.ts';
import { isNewer } from './core/format.ts';
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

/** By collection and key: what is stored after a transaction; null for what a newer version of the app wrote. */
type Stored = ReadonlyMap<string, Row | null>;

/** A text that should have been a row, and where it was. */
export interface Unreadable {
  readonly name: string;
  readonly content: unknown;
  /** Where it is in the journal, if it is there. */
  readonly key?: Key;
}

/** What the journal holds of an account, by collection. */
interface Journalled {
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  readonly newer: ReadonlyMap<string, readonly string[]>;
  readonly unreadable: readonly string[];
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
  readonly #database: Promise<IDBDatabase>;
  readonly #account: AccountId;
  /** By collection and key: the newest state that no transaction holds yet. */
  #pending = new Map<string, Write>();
  #next: Promise<Stored> | null = null;
  #running: Promise<Stored> = Promise.resolve(new Map());

  /** Opens it; where that fails, so does all that it is asked for. */
  constructor(account: AccountId) {
    this.#account = account;
    this.#database = openDatabase(NAME, SCHEMA_VERSION, (db, from) => {
      if (from < 1) {
        db.createObjectStore('entries', { keyPath: ['account', 'collection', 'key'] });
        db.createObjectStore('meta');
      }
      if (from < 2) db.createObjectStore('unreadable', { autoIncrement: true });
    });
  }

  /** Of its schema. */
  async version(): Promise<number> {
    return (await this.#database).version;
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

  /** All entries of this account, by collection. What cannot be read is set aside and named; `newer` are the keys of what a newer version of the app wrote. */
  async readAll(): Promise<Journalled> {
    const mine = IDBKeyRange.bound([this.#account], [this.#account, []]);
    const entries = v.parse(v.array(Entry), await inTransaction(this.#database, 'readonly', ['entries'], (entries) => answered(entries.getAll(mine))));
    const rows = new Map<string, Row[]>();
    const newer = new Map<string, string[]>();
    const unreadable: Unreadable[] = [];
    for (const { account, collection, key, row: stored } of entries) {
      const row = decodeRow(stored);
      if (row !== null) listIn(rows, collection).push(row);
      else if (isNewer(stored)) listIn(newer, collection).push(key);
      else unreadable.push({ name: `${collection} ${key}`, content: stored, key: [account, collection, key] });
    }
    await this.setAside(unreadable);
    return { rows, newer, unreadable: unreadable.map(({ name }) => name) };
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
      Promise.all(keys.map((key) => readEntry(entries, [this.#account, collection, key]))),
    );
    return rows.map(decodeRow).filter((row) => row !== null);
  }

  /**
   * @param basis the row that a local edit was made on; null if `row` holds no new edit
   * @returns what is stored: `row`, or the later state that another tab or a later write has brought; null if a newer
   *   version of the app has written there, which stays
   */
  async write(collection: string, row: Row, basis: Row | null): Promise<Row | null> {
    const name = nameOf(collection, row);
    const pending = this.#pending.get(name);
    const first = pending?.kind === 'write' && pending.basis !== null ? pending.basis : basis;
    const stored = await this.#enqueue({ kind: 'write', collection, row, basis: first });
    const there = stored.get(name);
    return there === undefined ? row : there;
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

  async close(): Promise<void> {
    (await this.#database).close();
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
      const result = new Map<string, Row | null>();
      const settled = [...batch].map(async ([name, { kind, collection, row, basis }]) => {
        const key: Key = [this.#account, collection, keyOf(row)];
        const there = await readEntry(entries, key);
        if (isNewer(there)) return void result.set(name, null);
        const stored = decodeRow(there);
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

/** What should be the row under a key. */
async function readEntry(entries: IDBObjectStore, key: Key): Promise<unknown> {
  return decode(Entry, await answered(entries.get(key)))?.row;
}

function listIn<Item>(lists: Map<string, Item[]>, name: string): Item[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

function nameOf(collection: string, row: Row): string {
  return `${collection} ${keyOf(row)}`;
}
