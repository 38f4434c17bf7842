/**
 * Receipts: what the server said of edits that no page was there to hear, a row for each request. They wait here until a
 * page says that they are in its models, durably.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { Receipt, decode, type AuthorId, type SyncResult } from '../protocol/index.ts';

interface Schema extends DBSchema {
  receipts: { key: number; value: Omit<Receipt, 'Key'> | Single };
}

/** As older versions kept them: a row for each result. */
interface Single extends Omit<Receipt, 'Key' | 'Results'> {
  readonly Result: SyncResult;
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;

function open(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('outpost-receipts', 1, {
    upgrade: (database) => void database.createObjectStore('receipts', { autoIncrement: true }),
    terminated: () => (opened = undefined),
  });
  return opened;
}

/**
 * Resolves when they are on disk; only then may the queue forget the requests.
 * @param handOver is called before that: a page may use what the server said, and if this copy is lost, so is the removal from the queue
 */
export async function keepReceipt(account: AuthorId, results: readonly SyncResult[], handOver: (receipts: readonly Receipt[]) => Promise<void>): Promise<void> {
  if (results.length === 0) return;
  const transaction = (await open()).transaction('receipts', 'readwrite', { durability: 'strict' });
  const about = { Account: account, At: new Date().toISOString(), Results: [...results] };
  const handedOver = transaction.store.add(about).then((Key) => handOver([{ ...about, Key }]));
  await Promise.all([handedOver, transaction.done]);
}

export async function waitingReceipts(): Promise<Receipt[]> {
  const { store } = (await open()).transaction('receipts');
  const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
  return values.flatMap((value, index) => {
    const receipt = decode(Receipt, { ...('Result' in value ? { ...value, Results: [value.Result] } : value), Key: keys[index] });
    return receipt === null ? [] : [receipt];
  });
}

export async function forgetReceipts(keys: readonly number[]): Promise<void> {
  const transaction = (await open()).transaction('receipts', 'readwrite');
  await Promise.all([...keys.map((key) => transaction.store.delete(key)), transaction.done]);
}
