/**
 * The queue of pushes that found no network: workbox's `Queue`, read without removing.
 *
 * The queue is a carrier and not the truth: the page has every edit in its rows and sends again what was never
 * acknowledged. So entries may be doubled, and one that cannot be read may go; one of a newer version stays.
 */
import { Queue } from 'workbox-background-sync';
import { isNewer, readPush, recordName, type QueuedPush } from './requests.ts';

/** Workbox drops what is older, in silence; an interview may wait for longer than anybody plans. In minutes: 20 years. */
const MAX_RETENTION_MINUTES = 60 * 24 * 365 * 20;

/** What was read at one moment: the first `size` entries of the queue, oldest first. */
export interface Peeked {
  readonly size: number;
  readonly pushes: readonly (QueuedPush & { readonly request: Request })[];
  /** What only a newer version of the worker can read. */
  readonly newer: readonly Request[];
}

export class PushQueue {
  readonly #queue: Queue;
  /** By record: the newest Revision that the queue holds. Read once for each life of the worker, and again after a removal. */
  #newest: Promise<Map<string, number>> | null = null;

  /** @param onSync rejects with an `Error` to be called again later by the browser */
  constructor(name: string, onSync: () => Promise<void>) {
    // Where there is no Background Sync, workbox calls `onSync` from within its constructor: this queue must be whole first.
    this.#queue = new Queue(name, { maxRetentionTime: MAX_RETENTION_MINUTES, onSync: () => Promise.resolve().then(onSync) });
  }

  /** Keeps a request, unless all of its edits are in the queue already; asks the browser for a wake-up in any case. */
  async add(request: Request, push: QueuedPush): Promise<void> {
    this.#newest ??= this.#readNewest();
    const newest = await this.#newest;
    const isKept = push.entries.every((entry) => (newest.get(recordName(push.account, entry)) ?? -1) >= entry.Revision);
    if (!isKept) {
      await this.#queue.pushRequest({ request });
      remember(newest, push);
    }
    // While a sync is under way workbox leaves this to its end; by then the tab may be closed, and without one the browser takes no registration.
    await this.#queue.registerSync();
  }

  async peek(): Promise<Peeked> {
    const entries = await this.#queue.getAll();
    const pushes: (QueuedPush & { readonly request: Request })[] = [];
    const newer = entries.map(({ request }) => request).filter(isNewer);
    for (const { request } of entries) {
      const push = await readPush(request);
      if (push !== null) pushes.push({ ...push, request });
    }
    return { size: entries.length, pushes, newer };
  }

  /**
   * Removes the first `peeked.size` entries, those in `keep` only after they were put at the end. For one caller at a
   * time: workbox may hand out the same entry to two.
   */
  async remove(peeked: Peeked, keep: readonly Request[]): Promise<void> {
    for (const request of keep) await this.#queue.pushRequest({ request });
    for (let count = 0; count < peeked.size; count += 1) await this.#queue.shiftRequest();
    this.#newest = null;
  }

  async #readNewest(): Promise<Map<string, number>> {
    const newest = new Map<string, number>();
    for (const push of (await this.peek()).pushes) remember(newest, push);
    return newest;
  }
}

function remember(newest: Map<string, number>, push: QueuedPush): void {
  for (const entry of push.entries) {
    const record = recordName(push.account, entry);
    newest.set(record, Math.max(newest.get(record) ?? 0, entry.Revision));
  }
}
