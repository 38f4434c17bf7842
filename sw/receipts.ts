/**
 * Receipts: what the server said of edits that no page was there to hear. They wait here until a page says that they are
 * in its models, durably.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { Receipt, decode, type AccountId, type SyncResult } from '../protocol/index.ts';

interface Schema extends DBSchema {
  receipts: { key: number; value: Omit<Receipt, 'Key'> };
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;

function open(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('outpost-receipts', 1, {
    upgrade: (database) => void database.createObjectStore('receipts', { autoIncrement: true }),
    terminated: () => (opened = undefined),
  });
  return opened;
}

/** Resolves when all are on disk; only then may the queue forget the requests. */
export async function keepReceipts(account: AccountId, results: readonly SyncResult[]): Promise<void> {
  if (results.length === 0) return;
  const transaction = (await open()).transaction('receipts', 'readwrite', { durability: 'strict' });
  const At = new Date().toISOString();
  await Promise.all([...results.map((Result) => transaction.store.add({ Account: account, At, Result })), transaction.done]);
}

export async function waitingReceipts(): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  let cursor = await (await open()).transaction('receipts').store.openCursor();
  while (cursor !== null) {
    const receipt = decode(Receipt, { ...cursor.value, Key: cursor.key });
    if (receipt !== null) receipts.push(receipt);
    cursor = await cursor.continue();
  }
  return receipts;
}

export async function forgetReceipts(keys: readonly number[]): Promise<void> {
  const transaction = (await open()).transaction('receipts', 'readwrite');
  await Promise.all([...keys.map((key) => transaction.store.delete(key)), transaction.done]);
}
