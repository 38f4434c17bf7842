/**
 * Group commit: whatever arrived in the same turn of the event loop shares one transaction and one fsync, which is what
 * makes durable writes cheap.
 */

export interface GroupPorts {
  /** Runs `work` in one transaction; throws if it could not be committed. */
  transaction(work: () => void): void;
  /** Runs `work` so that a throw undoes only what it wrote itself. */
  savepoint<T>(work: () => T): T;
  /** After the commit, before anybody is answered. */
  committed(): Promise<void>;
}

interface Job {
  run(): void;
  settle(): void;
  fail(error: unknown): void;
}

export class Group {
  readonly #ports: GroupPorts;
  #jobs: Job[] = [];
  #flushing: Promise<void> | null = null;

  constructor(ports: GroupPorts) {
    this.#ports = ports;
  }

  /** Resolves with what `work` returned once it is durable; rejects with what it threw, or with why the commit failed. */
  add<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let outcome: { readonly value: T } | { readonly error: unknown } = { error: new Error('This write was never run.') };
      this.#jobs.push({
        run: () => {
          outcome = this.#attempt(work);
        },
        settle: () => ('value' in outcome ? resolve(outcome.value) : reject(outcome.error)),
        fail: reject,
      });
      this.#flushing ??= this.#nextTurn();
    });
  }

  /** Resolves when everything added before is settled. */
  async drained(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
  }

  #attempt<T>(work: () => T): { readonly value: T } | { readonly error: unknown } {
    try {
      return { value: this.#ports.savepoint(work) };
    } catch (error) {
      return { error };
    }
  }

  async #nextTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const jobs = this.#jobs;
    this.#jobs = [];
    // Edits that arrive while the committed hook is awaited start a group of their own.
    this.#flushing = null;
    try {
      this.#ports.transaction(() => {
        for (const job of jobs) job.run();
      });
      await this.#ports.committed();
    } catch (error) {
      for (const job of jobs) job.fail(error);
      return;
    }
    for (const job of jobs) job.settle();
  }
}
