/**
 * Group commit: whatever arrives while each turn of the event loop brings more, or while the last group is on its way to the disk,
 * shares one transaction and one wait for the disk, which is what makes durable writes cheap.
 */
import { StoreUnavailable } from './store.ts';

/** Writes them all in one transaction, in this order. Throws if nothing of it was written, or nobody knows whether. */
export type Commit<Item, Answer> = (items: readonly Item[]) => Promise<Committing<Answer>>;

/** A commit that is durable. */
export interface Committing<Answer> {
  /** One for each item, in order. */
  readonly answers: readonly Answer[];
  /** Told before anybody is answered; the next group does not wait for it. */
  readonly tell: () => void | Promise<void>;
}

/** In one group at most, so that a rush of writes does not keep everything else waiting for long. */
export const MAX_GROUP = 2_000;

interface Job<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export class Group<Item, Answer> {
  readonly #write: Commit<Item, Answer>;
  #jobs: Job<Item, Answer>[] = [];
  #running: Promise<void> | null = null;
  readonly #settling = new Set<Promise<void>>();

  constructor(write: Commit<Item, Answer>) {
    this.#write = write;
  }

  /** Resolves when the item is durable; rejects with what is wrong with this one, or with why the commit failed. */
  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when everything added before is settled. */
  async drained(): Promise<void> {
    while (this.#running !== null) await this.#running;
    await Promise.all(this.#settling);
  }

  async #run(): Promise<void> {
    while (this.#jobs.length > 0) {
      await this.#gathered();
      await this.#commit(this.#jobs.splice(0, MAX_GROUP));
    }
    this.#running = null;
  }

  /** Waits as long as each turn of the event loop brings more. */
  async #gathered(): Promise<void> {
    for (let before = 0; this.#jobs.length > before && this.#jobs.length < MAX_GROUP; ) {
      before = this.#jobs.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** A group that hits a bug is halved until the item that it is about fails alone. */
  async #commit(jobs: readonly Job<Item, Answer>[]): Promise<void> {
    try {
      const done = await this.#write(jobs.map(({ item }) => item));
      const settling = this.#settle(jobs, done).finally(() => this.#settling.delete(settling));
      this.#settling.add(settling);
    } catch (error) {
      if (error instanceof StoreUnavailable) return this.#giveUp(jobs, error);
      if (jobs.length === 1) return jobs.forEach(({ reject }) => reject(error));
      const half = jobs.length >> 1;
      await this.#commit(jobs.slice(0, half));
      await this.#commit(jobs.slice(half));
    }
  }

  /** What waits behind them would wait as long for the same answer, and more would come meanwhile. */
  #giveUp(jobs: readonly Job<Item, Answer>[], error: StoreUnavailable): void {
    for (const { reject } of [...jobs, ...this.#jobs.splice(0)]) reject(error);
  }

  async #settle(jobs: readonly Job<Item, Answer>[], { answers, tell }: Committing<Answer>): Promise<void> {
    try {
      await tell();
      jobs.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('This write was given no answer.'));
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of jobs) reject(error);
    }
  }
}
