/**
 * The journal: what a crash must not take. The browser writes localStorage to disk seconds later, up to a minute under
 * load; an IndexedDB transaction that is complete stays.
 *
 * Contract:
 * - `write` resolves only when a transaction that holds this state of the row, or a later one, is complete on disk;
 * - while one transaction runs, further writes gather and go together in the next, the newest of each row alone;
 * - a write never undoes a later one of another tab: `settleWrite` decides within the transaction, and the writer learns
 *   what is stored. What is older than this tab's last look at the log it has from `readAll`, or has written itself; so it
 *   reads what others have appended since, which is mostly nothing;
 * - what cannot be read is set aside, and kept; what a newer version of the app wrote is left where it is;
 * - entries are kept apart by account.
 */
import * as v from 'valibot';
import { DeviceId, decode, parseJson } from '../../protocol/index.ts';
import { isNewer } from './core/format.ts';
import { Log, MAX_ENTRIES_IN_RECORD, follow, type Entry, type Logged } from './core/log.ts';
import { decodeRow, encodeRow, isLater, keyOf, type Row } from './core/row.ts';
import { settleWrite } from './core/tabs.ts';
import { answered, inTransaction, openDatabase } from './database.ts';

interface Write {
  readonly kind: 'write' | 'remove';
  readonly row: Row;
  /** What a local edit was made on; null if the row holds no new edit. */
  readonly basis: Row | null;
}

/** By name: what is stored after a transaction; null for what a newer version of the app wrote. */
type Stored = ReadonlyMap<string, Row | null>;

/** A text that should have been a row, and where it was: in the journal under a name with a space, else in localStorage. */
export interface Unreadable {
  readonly name: string;
  readonly content: string;
}

/** What the journal holds of an account, by collection. */
interface Journalled {
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  readonly newer: ReadonlyMap<string, readonly string[]>;
  readonly unreadable: readonly string[];
}

/** What the store `entries` held in the schemas before 3. */
const OldEntries = v.custom<readonly { readonly account: string; readonly collection: string; readonly key: string; readonly row: unknown }[]>(Array.isArray);

const NAME = 'outpost-journal';
const SCHEMA_VERSION = 3;

/** At so much the log is written anew. */
const MAX_WASTE = 2_000_000;

export class Journal {
  readonly #database: Promise<IDBDatabase>;
  readonly #account: string;
  /** Which record of the log this tab has read or written last. */
  #seen = 0;
  /** By name: what the log holds of what others have written since `readAll`, or what a newer version of the app has. */
  readonly #others = new Map<string, string>();
  /** Names that were written before `readAll` was through: what was read of them is not in this tab's memory. */
  readonly #early = new Set<string>();
  #isRead = false;
  /** In UTF-16 units: how much of the log no longer counts, as far as this tab knows. */
  #waste = 0;
  /** By name: the newest state that no transaction holds yet. */
  #pending = new Map<string, Write>();
  #next: Promise<Stored> | null = null;
  #running: Promise<Stored> = Promise.resolve(new Map());

  /** Opens it; where that fails, so does all that it is asked for. */
  constructor(account: string) {
    this.#account = account;
    this.#database = openDatabase(NAME, SCHEMA_VERSION, upgrade);
  }

  /** Of its schema. */
  async version(): Promise<number> {
    return (await this.#database).version;
  }

  /** The id of this browser profile. */
  device(): Promise<DeviceId> {
    return inTransaction(this.#database, 'readwrite', ['meta'], async (meta) => {
      const known = decode(DeviceId, await answered(meta.get('device')));
      if (known !== null) return known;
      const device = v.parse(DeviceId, crypto.randomUUID());
      meta.put(device, 'device');
      return device;
    });
  }

  /**
   * All entries of this account, by collection; called once. What cannot be read is set aside and named; `newer` are the
   * keys of what a newer version of the app wrote.
   * @param take brings them into this tab's memory at once
   */
  async readAll<Taken>(take: (journalled: Journalled) => Taken): Promise<Taken> {
    await this.#lookOnly();
    const rows = new Map<string, Row[]>();
    const newer = new Map<string, string[]>();
    const unreadable: Unreadable[] = [];
    for (const [name, content] of this.#others) {
      const [collection = '', key = ''] = name.split(' ');
      const stored = parseJson(content);
      if (isNewer(stored)) {
        listIn(newer, collection).push(key);
        continue;
      }
      const row = decodeRow(stored);
      if (row === null) unreadable.push({ name, content });
      else listIn(rows, collection).push(row);
    }
    await this.setAside(unreadable);
    const taken = take({ rows, newer, unreadable: unreadable.map(({ name }) => name) });
    for (const [collection, list] of rows) {
      for (const row of list) {
        const name = nameOf(collection, row);
        if (!this.#early.has(name)) this.#others.delete(name);
      }
    }
    this.#isRead = true;
    return taken;
  }

  /** Keeps texts that are no rows, for whoever can make something of them, and takes them from among the entries. */
  async setAside(unreadable: readonly Unreadable[]): Promise<void> {
    if (unreadable.length === 0) return;
    const at = new Date().toISOString();
    await this.#append((aside) => {
      for (const { name, content } of unreadable) aside.add({ account: this.#account, at, name, content });
      return unreadable.map(({ name }) => [name, '']);
    });
  }

  /** What was set aside, of all accounts. */
  unreadable(): Promise<readonly unknown[]> {
    return inTransaction(this.#database, 'readonly', ['unreadable'], (aside) => answered(aside.getAll()));
  }

  /** What others have stored under these keys since this tab has read all. */
  async read(collection: string, keys: readonly string[]): Promise<readonly Row[]> {
    await this.#lookOnly();
    return keys.map((key) => decodeRow(this.#other(`${collection} ${key}`))).filter((row) => row !== null);
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
    const stored = await this.#enqueue(name, { kind: 'write', row, basis: first });
    const there = stored.get(name);
    return there === undefined ? row : there;
  }

  /** Removes an entry, unless another tab has a later state. @returns that state, or null */
  async remove(collection: string, row: Row): Promise<Row | null> {
    const name = nameOf(collection, row);
    const stored = await this.#enqueue(name, { kind: 'remove', row, basis: null });
    return stored.get(name) ?? null;
  }

  /** Resolves when all that was written so far is complete, or has failed and told those who wrote it. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#next ?? this.#running]);
  }

  async close(): Promise<void> {
    (await this.#database).close();
  }

  #enqueue(name: string, write: Write): Promise<Stored> {
    this.#pending.set(name, write);
    if (!this.#isRead) this.#early.add(name);
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
    const result = new Map<string, Row | null>();
    await this.#append(() => {
      const entries: Entry[] = [];
      for (const [name, { kind, row, basis }] of batch) {
        const there = this.#other(name);
        const stored = decodeRow(there);
        if (isNewer(there)) result.set(name, null);
        else if (kind === 'write') {
          const next = settleWrite(stored, row, basis);
          const text = JSON.stringify(encodeRow(next));
          result.set(name, next);
          if (next !== stored) entries.push([name, text]);
          // It replaces about as much, unless it is new.
          if (row.revision > 1 || basis === null) this.#waste += text.length;
        } else if (stored !== null && isLater(stored, row)) result.set(name, stored);
        else entries.push([name, '']);
      }
      return entries;
    });
    return result;
  }

  /** What others have written under a name; null for nothing. */
  #other(name: string): unknown {
    return parseJson(this.#others.get(name) ?? 'null');
  }

  /** Appends what `decide` gives, which knows by then what others have; in the same transaction it may set things aside. */
  async #append(decide: (aside: IDBObjectStore) => readonly Entry[]): Promise<void> {
    const [seen, written] = await inTransaction(this.#database, 'readwrite', ['log', 'unreadable'], async (log, aside) => {
      await this.#look(log);
      let seq = this.#seen;
      const add = (entries: readonly Entry[]): void => {
        for (let from = 0; from < entries.length; from += MAX_ENTRIES_IN_RECORD) {
          seq += 1;
          log.add({ account: this.#account, seq, entries: entries.slice(from, from + MAX_ENTRIES_IN_RECORD) } satisfies Logged);
        }
      };
      if (this.#waste > MAX_WASTE) {
        const all = new Map<string, string>();
        for (const { entries } of await this.#readAfter(log, 0)) follow(all, entries);
        log.delete(this.#after(0));
        // One record at least stays: by the last one the next gets its number.
        add([['', ''], ...all]);
        this.#waste = 0;
      }
      const entries = decide(aside);
      add(entries);
      return [seq, entries];
    });
    this.#seen = seen;
    follow(this.#others, written.filter(([name]) => this.#others.has(name)));
  }

  #lookOnly(): Promise<void> {
    return inTransaction(this.#database, 'readonly', ['log'], (log) => this.#look(log));
  }

  /** Takes in what others have appended. */
  async #look(log: IDBObjectStore): Promise<void> {
    for (const { seq, entries } of await this.#readAfter(log, this.#seen)) {
      // Another look may have been here meanwhile.
      if (seq <= this.#seen) continue;
      this.#seen = seq;
      this.#waste += follow(this.#others, entries);
    }
  }

  async #readAfter(log: IDBObjectStore, seq: number): Promise<readonly Logged[]> {
    return v.parse(Log, await answered(log.getAll(this.#after(seq))));
  }

  /** The records of this account after that one. */
  #after(seq: number): IDBKeyRange {
    return IDBKeyRange.bound([this.#account, seq], [this.#account, []], true);
  }
}

function upgrade(database: IDBDatabase, from: number, transaction: IDBTransaction | null): void {
  // With the id at once: the first start has one write less to wait for.
  if (from < 1) database.createObjectStore('meta').put(crypto.randomUUID(), 'device');
  if (from < 2) database.createObjectStore('unreadable', { autoIncrement: true });
  const log = database.createObjectStore('log', { keyPath: ['account', 'seq'] });
  if (from === 0) return;
  const request = transaction?.objectStore('entries').getAll();
  request?.addEventListener('success', () => {
    for (const [index, { account, collection, key, row }] of v.parse(OldEntries, request.result).entries()) {
      log.add({ account, seq: index + 1, entries: [[`${collection} ${key}`, JSON.stringify(row ?? null)]] } satisfies Logged);
    }
    database.deleteObjectStore('entries');
  });
}

function listIn<Item>(lists: Map<string, Item[]>, name: string): Item[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

function nameOf(collection: string, row: Row): string {
  return `${collection} ${keyOf(row)}`;
}
