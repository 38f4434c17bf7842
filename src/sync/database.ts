/**
 * The few calls of IndexedDB that the journal makes, as promises.
 */

/** @param upgrade brings the stores from the version that is there, 0 for none, to `version`; its transaction is given */
export async function openDatabase(name: string, version: number, upgrade: (database: IDBDatabase, from: number, transaction: IDBTransaction | null) => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.addEventListener('upgradeneeded', ({ oldVersion }) => upgrade(request.result, oldVersion, request.transaction));
  const database = await answered(request);
  // A newer page wants to change the schema: give way, it cannot start before.
  database.addEventListener('versionchange', () => database.close());
  return database;
}

/**
 * Does all of `work` in one transaction, or nothing of it if it throws: it may wait for the requests of this transaction
 * and for nothing else. Resolves with what `work` gives once that is on disk.
 */
export async function inTransaction<Result>(
  database: Promise<IDBDatabase>,
  mode: IDBTransactionMode,
  stores: readonly string[],
  work: (...stores: IDBObjectStore[]) => Promise<Result>,
): Promise<Result> {
  const transaction = (await database).transaction(stores, mode, { durability: 'strict' });
  const complete = outcomeOf(transaction, 'complete', 'abort');
  const worked = work(...stores.map((store) => transaction.objectStore(store))).catch((error: unknown) => {
    transaction.abort();
    throw error;
  });
  const [result] = await Promise.all([worked, complete]);
  return result;
}

export async function answered<Result>(request: IDBRequest<Result>): Promise<Result> {
  await outcomeOf(request, 'success', 'error');
  return request.result;
}

function outcomeOf(subject: IDBRequest | IDBTransaction, good: string, bad: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    subject.addEventListener(good, resolve);
    subject.addEventListener(bad, () => reject(subject.error));
  });
}
