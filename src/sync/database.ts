/**
 * The few calls of IndexedDB that the journal makes, as promises.
 */

/** @param upgrade brings the stores from the version that is there, 0 for none, to `version` */
export async function openDatabase(name: string, version: number, upgrade: (database: IDBDatabase, from: number) => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.addEventListener('upgradeneeded', ({ oldVersion }) => upgrade(request.result, oldVersion));
  const database = await answered(request);
  // A newer page wants to change the schema: give way, it cannot start before.
  database.addEventListener('versionchange', () => database.close());
  return database;
}

/**
 * Does all of `work` in one transaction: it may wait for the requests of this transaction and for nothing else. Resolves
 * with what `work` gives once that is on disk.
 */
export async function inTransaction<Result>(
  database: Promise<IDBDatabase>,
  mode: IDBTransactionMode,
  stores: readonly string[],
  work: (...stores: IDBObjectStore[]) => Promise<Result>,
): Promise<Result> {
  const transaction = (await database).transaction(stores, mode, { durability: 'strict' });
  const complete = new Promise((resolve, reject) => {
    transaction.addEventListener('complete', resolve);
    transaction.addEventListener('abort', () => reject(transaction.error));
  });
  const [result] = await Promise.all([work(...stores.map((store) => transaction.objectStore(store))), complete]);
  return result;
}

export function answered<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
