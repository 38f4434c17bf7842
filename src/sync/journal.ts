/**
 * The journal: what a crash must not take. The browser writes localStorage to disk seconds later, up to a minute under
 * load; an IndexedDB transaction that is complete stays.
 *
 * Contract:
 * - `write` resolves only when a transaction that holds this state of the row, or a later one, is complete on disk;
 * - while one transaction runs, further writes gather and go together in the next, the newest of each row alone;
 * - entries are kept apart by account.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import { DeviceId, type AccountId } from '../../protocol/index.ts';
import { decodeRow, encodeRow, keyOf, type Row } from './core/row.ts';

interface Write {
  readonly collection: string;
  readonly key: string;
  /** null removes the entry. */
  readonly row: Row | null;
}

interface Schema extends DBSchema {
  entries: { key: [account: string, collection: string, key: string]; value: { account: string; collection: string; key: string; row: unknown } };
  meta: { key: string; value: unknown };
}

const NAME = 'outpost-journal';
const SCHEMA_VERSION = 1;

export class Journal {
  readonly #database: IDBPDatabase<Schema>;
  readonly #account: AccountId;
  /** By collection and key: the newest state that no transaction holds yet. */
  #pending = new Map<string, Write>();
  #next: Promise<void> | null = null;
  #running: Promise<void> = Promise.resolve();

  private constructor(database: IDBPDatabase<Schema>, account: AccountId) {
    this.#database = database;
    this.#account = account;
  }

  static async open(account: AccountId): Promise<Journal> {
    const database = await openDB<Schema>(NAME, SCHEMA_VERSION, {
      upgrade(db) {
        db.createObjectStore('entries', { keyPath: ['account', 'collection', 'key'] });
        db.createObjectStore('meta');
      },
      // A newer page wants to change the schema: give way, it cannot start before.
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close();
      },
    });
    return new Journal(database, account);
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

  /** All entries of this account, by collection. What cannot be read stays where it is and is named. */
  async readAll(): Promise<{ readonly rows: ReadonlyMap<string, readonly Row[]>; readonly unreadable: readonly string[] }> {
    const entries = await this.#database.getAll('entries', IDBKeyRange.bound([this.#account], [this.#account, []]));
    const rows = new Map<string, Row[]>();
    const unreadable: string[] = [];
    for (const entry of entries) {
      const row = decodeRow(entry.row);
      const list = rows.get(entry.collection);
      if (row === null) unreadable.push(`${entry.collection} ${entry.key}`);
      else if (list === undefined) rows.set(entry.collection, [row]);
      else list.push(row);
    }
    return { rows, unreadable };
  }

  write(collection: string, row: Row): Promise<void> {
    return this.#enqueue(collection, keyOf(row), row);
  }

  remove(collection: string, key: string): Promise<void> {
    return this.#enqueue(collection, key, null);
  }

  /** Resolves when all that was written so far is complete, or has failed and told those who wrote it. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#next ?? this.#running]);
  }

  close(): void {
    this.#database.close();
  }

  #enqueue(collection: string, key: string, row: Row | null): Promise<void> {
    this.#pending.set(`${collection} ${key}`, { collection, key, row });
    this.#next ??= this.#flushAfter(this.#running);
    return this.#next;
  }

  async #flushAfter(running: Promise<void>): Promise<void> {
    // Whether the transaction before this one failed is told to those who wait for it; this one is another try.
    await Promise.allSettled([running]);
    const batch = this.#pending;
    this.#pending = new Map();
    this.#next = null;
    this.#running = this.#commit(batch);
    await this.#running;
  }

  async #commit(batch: ReadonlyMap<string, Write>): Promise<void> {
    const transaction = this.#database.transaction('entries', 'readwrite', { durability: 'strict' });
    const requests = [...batch.values()].map(({ collection, key, row }) =>
      row === null
        ? transaction.store.delete([this.#account, collection, key])
        : transaction.store.put({ account: this.#account, collection, key, row: encodeRow(row) }),
    );
    await Promise.all([...requests, transaction.done]);
  }
}
