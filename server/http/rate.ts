/**
 * How often somebody may ask: a bucket for each, which fills evenly and holds what may come at once.
 */

export interface Rate {
  /** On average. */
  readonly perSecond: number;
  /** At once, after a pause. */
  readonly burst: number;
}

/** Beyond this many the longest unseen are forgotten, so that made-up addresses cannot fill the memory. */
const MAX_NAMES = 20_000;

export class Buckets {
  readonly #rate: Rate;
  readonly #now: () => number;
  /** When each would be full again, milliseconds since 1970; who was seen last stands last. */
  readonly #fullAt = new Map<string, number>();

  /** @param now milliseconds since 1970 */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes one. Returns 0 if there was one, else how many milliseconds until there is; nothing was taken then. */
  take(name: string): number {
    const now = this.#now();
    const eachMs = 1_000 / this.#rate.perSecond;
    const fullAt = Math.max(this.#fullAt.get(name) ?? now, now);
    const waitMs = fullAt + eachMs - now - this.#rate.burst * eachMs;
    if (waitMs > 0) return Math.ceil(waitMs);
    this.#fullAt.delete(name);
    this.#fullAt.set(name, fullAt + eachMs);
    const longestUnseen = this.#fullAt.keys().next();
    if (this.#fullAt.size > MAX_NAMES && !longestUnseen.done) this.#fullAt.delete(longestUnseen.value);
    return 0;
  }
}
