/**
 * Time that passes only when a test says so.
 */
export class Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly intervalMs: number; readonly work: () => void; due: number }>();

  /** As the server's option of that name. */
  readonly every = (intervalMs: number, work: () => void): (() => void) => {
    const timer = { intervalMs, work, due: this.#now + intervalMs };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** How many timers are running. */
  get running(): number {
    return this.#timers.size;
  }

  /** Lets so much time pass, and does what falls due in it. */
  pass(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      for (; timer.due <= this.#now; timer.due += timer.intervalMs) timer.work();
    }
  }
}
