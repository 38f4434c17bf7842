/**
 * The databases of one browser, with the clock of the world instead of the turns of the real event loop.
 */
import { IDBFactory, IDBCursor, IDBDatabase, IDBIndex, IDBKeyRange, IDBObjectStore, IDBRequest, IDBTransaction } from 'fake-indexeddb';

declare const given: { take(databases: RawDatabases): void };

export interface RawDatabases {
  readonly factory: IDBFactory;
  /** What `idb` asks for to know what it holds. */
  readonly classes: Readonly<Record<string, unknown>>;
}

given.take({ factory: new IDBFactory(), classes: { IDBCursor, IDBDatabase, IDBIndex, IDBKeyRange, IDBObjectStore, IDBRequest, IDBTransaction } });
