/**
 * Virtual time: everything that happens in the world is an event in one list, and the next one is taken when all that
 * the last one led to has come to rest.
 */

interface Event {
  readonly at: number;
  readonly run: () => void | Promise<void>;
}

export class Clock {
  /** Milliseconds since 1970. */
  now: number;
  /** By time, the latest first; of equal times the one that was added last is first. */
  readonly #events: Event[] = [];

  constructor(now: number) {
    this.now = now;
  }

  /** @returns forgets the event */
  after(delayMs: number, run: Event['run']): () => void {
    const event = { at: this.now + Math.max(0, delayMs), run };
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.at ?? 0) > event.at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
    return () => {
      const index = this.#events.indexOf(event);
      if (index >= 0) this.#events.splice(index, 1);
    };
  }

  /** Lets so much time pass. */
  async pass(durationMs: number): Promise<void> {
    const end = this.now + durationMs;
    await atRest();
    for (let next = this.#events.at(-1); next !== undefined && next.at <= end; next = this.#events.at(-1)) {
      this.#events.pop();
      this.now = next.at;
      await next.run();
      await atRest();
    }
    this.now = end;
  }
}

/** All that runs in promises has run. The next turn of the real event loop comes after it, and nothing here waits for real time. */
function atRest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
