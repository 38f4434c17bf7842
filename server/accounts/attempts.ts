/**
 * Slows down whoever guesses or floods: so many attempts at one thing (an e-mail address, a link) from one network address
 * in a while. Each server process counts for itself.
 */

export interface AttemptLimits {
  readonly maxAttempts: number;
  readonly windowMs: number;
}

export const SIGN_IN_LIMITS: AttemptLimits = { maxAttempts: 10, windowMs: 15 * 60_000 };
/** A class that is set up in one room has one network address. */
export const DOOR_LIMITS: AttemptLimits = { maxAttempts: 300, windowMs: 15 * 60_000 };

/** Beyond this many pairs the oldest are forgotten, so that made-up addresses cannot fill the memory. */
const MAX_PAIRS = 10_000;

export class Attempts {
  readonly #limits: AttemptLimits;
  readonly #now: () => number;
  readonly #pairs = new Map<string, { readonly since: number; count: number }>();

  /** @param now milliseconds since 1970 */
  constructor(limits: AttemptLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Counts an attempt before anything is looked at. Returns 0 if it may go on, else how long to wait. */
  begin(what: string, address: string): number {
    const key = keyOf(what, address);
    const { maxAttempts, windowMs } = this.#limits;
    const now = this.#now();
    const known = this.#pairs.get(key);
    if (known === undefined || now - known.since >= windowMs) {
      this.#pairs.delete(key);
      this.#pairs.set(key, { since: now, count: 1 });
      this.#forgetOldest();
      return 0;
    }
    known.count += 1;
    return known.count > maxAttempts ? known.since + windowMs - now : 0;
  }

  /** The password was right: start counting anew. */
  succeeded(what: string, address: string): void {
    this.#pairs.delete(keyOf(what, address));
  }

  #forgetOldest(): void {
    const oldest = this.#pairs.keys().next();
    if (this.#pairs.size > MAX_PAIRS && !oldest.done) this.#pairs.delete(oldest.value);
  }
}

function keyOf(what: string, address: string): string {
  return `${what.toLowerCase()}\n${address}`;
}
