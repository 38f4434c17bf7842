/**
 * The outbox of TanStack DB's offline transactions, which tells when what was put in is kept.
 */
import { IndexedDBAdapter } from '@tanstack/offline-transactions';

/** The storage that offline transactions have by themselves; it also says what they do not: when a transaction is stored. */
export class Outbox extends IndexedDBAdapter {
  readonly #waiting = new Map<string, () => void>();

  /** Resolves once the transaction is stored. */
  stored(transactionId: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(`tx:${transactionId}`, resolve);
    });
  }

  override async set(key: string, value: string): Promise<void> {
    await super.set(key, value);
    this.#waiting.get(key)?.();
    this.#waiting.delete(key);
  }
}
