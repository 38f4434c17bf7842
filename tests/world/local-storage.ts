/**
 * localStorage as it was measured: at once for all tabs, and up to a minute late on disk, so that a crash of the browser
 * undoes the last writes. A killed tab undoes nothing.
 */
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

/** The longest that a write was seen to stay off the disk. */
const COMMITTED_AFTER_MS = 60_000;

interface Write {
  readonly at: number;
  readonly key: string;
  /** What stood there; null for nothing. */
  readonly before: string | null;
}

export class LocalStorageDisk {
  readonly #clock: Clock;
  readonly #quotaUnits: number;
  readonly #keptInCrashes: (key: string) => boolean;
  readonly #texts = new Map<string, string>();
  #writes: Write[] = [];

  /**
   * @param quotaUnits how many UTF-16 units it takes
   * @param keptInCrashes keys that are on disk at once
   */
  constructor(clock: Clock, quotaUnits: number, keptInCrashes: (key: string) => boolean) {
    this.#clock = clock;
    this.#quotaUnits = quotaUnits;
    this.#keptInCrashes = keptInCrashes;
  }

  /** What one page sees of it. @param touch is called before each write; the page may be dead after it */
  view(isAlive: () => boolean, touch: () => void): Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'> {
    const texts = this.#texts;
    const hasRoom = (key: string, text: string): boolean => {
      let usedUnits = key.length + text.length;
      for (const [name, kept] of texts) if (name !== key) usedUnits += name.length + kept.length;
      return usedUnits <= this.#quotaUnits;
    };
    const write = (key: string, text: string | null): void => {
      touch();
      if (isAlive()) this.#write(key, text);
    };
    return {
      get length() {
        return texts.size;
      },
      key: (index: number) => [...texts.keys()][index] ?? null,
      getItem: (key: string) => texts.get(key) ?? null,
      setItem: (key: string, text: string) => {
        if (!hasRoom(key, text)) throw new DOMException('The storage is full.', 'QuotaExceededError');
        write(key, text);
      },
      removeItem: (key: string) => write(key, null),
    };
  }

  /** The browser dies: the last writes are undone, as many as chance says of those that may not be on disk yet. */
  crash(chance: Chance): void {
    this.#forgetCommitted();
    const kept = chance.below(this.#writes.length + 1);
    for (const { key, before } of this.#writes.splice(kept).toReversed()) if (!this.#keptInCrashes(key)) this.#set(key, before);
    this.#writes = [];
  }

  #write(key: string, text: string | null): void {
    this.#writes.push({ at: this.#clock.now, key, before: this.#texts.get(key) ?? null });
    if (this.#writes.length > 1_000) this.#forgetCommitted();
    this.#set(key, text);
  }

  #set(key: string, text: string | null): void {
    if (text === null) this.#texts.delete(key);
    else this.#texts.set(key, text);
  }

  #forgetCommitted(): void {
    const since = this.#clock.now - COMMITTED_AFTER_MS;
    this.#writes = this.#writes.filter(({ at }) => at >= since);
  }
}
