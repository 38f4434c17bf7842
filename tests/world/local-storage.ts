/**
 * localStorage as it was measured: up to a minute late on disk, so that a crash of the browser undoes the last writes; a
 * killed tab undoes nothing. Each tab sees its own writes at once and those of the others a little later, as tabs in
 * processes of their own do.
 */
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Life } from './life.ts';

/** The longest that a write was seen to stay off the disk. */
const COMMITTED_AFTER_MS = 60_000;
const MAX_DELAY_MS = 15;

interface Write {
  readonly at: number;
  /** Counts up with every write. */
  readonly order: number;
  readonly key: string;
  /** What stands there; null for nothing. */
  readonly text: string | null;
  readonly before: string | null;
}

export interface Limits {
  /** How many UTF-16 units it takes. */
  readonly quotaUnits: number;
  /** Keys that are on disk at once; in the real world there are none. */
  readonly keptInCrashes: (key: string) => boolean;
}

export class LocalStorageDisk {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #limits: Limits;
  readonly #texts = new Map<string, string>();
  readonly #views = new Set<View>();
  #writes: Write[] = [];
  #order = 0;
  #lastDelivery = 0;

  constructor(clock: Clock, chance: Chance, limits: Limits) {
    this.#clock = clock;
    this.#chance = chance;
    this.#limits = limits;
  }

  /** What one page sees of it. */
  view(life: Life): Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'> {
    const view = new View(this.#texts);
    this.#views.add(view);
    life.atDeath(() => this.#views.delete(view));
    const write = (key: string, text: string | null): void => {
      life.step('storage');
      if (life.isAlive) this.#write(view, key, text);
    };
    return {
      get length() {
        return view.texts.size;
      },
      key: (index: number) => [...view.texts.keys()][index] ?? null,
      getItem: (key: string) => view.texts.get(key) ?? null,
      setItem: (key: string, text: string) => {
        if (!this.#hasRoom(key, text)) throw new DOMException('The storage is full.', 'QuotaExceededError');
        write(key, text);
      },
      removeItem: (key: string) => write(key, null),
    };
  }

  /** The browser dies: the last writes are undone, as many as chance says of those that may not be on disk yet. */
  crash(): void {
    this.#forgetCommitted();
    const kept = this.#chance.below(this.#writes.length + 1);
    for (const { key, before } of this.#writes.splice(kept).toReversed()) if (!this.#limits.keptInCrashes(key)) put(this.#texts, key, before);
    this.#writes = [];
  }

  #hasRoom(key: string, text: string): boolean {
    let usedUnits = key.length + text.length;
    for (const [name, kept] of this.#texts) if (name !== key) usedUnits += name.length + kept.length;
    return usedUnits <= this.#limits.quotaUnits;
  }

  #write(from: View, key: string, text: string | null): void {
    this.#order += 1;
    const write = { at: this.#clock.now, order: this.#order, key, text, before: this.#texts.get(key) ?? null };
    this.#writes.push(write);
    if (this.#writes.length > 1_000) this.#forgetCommitted();
    put(this.#texts, key, text);
    from.take(write);
    if (this.#views.size === 1) return;
    this.#lastDelivery = Math.max(this.#lastDelivery, this.#clock.now + this.#chance.below(MAX_DELAY_MS));
    this.#clock.after(this.#lastDelivery - this.#clock.now, () => {
      for (const view of this.#views) view.take(write);
    });
  }

  #forgetCommitted(): void {
    const since = this.#clock.now - COMMITTED_AFTER_MS;
    this.#writes = this.#writes.filter(({ at }) => at >= since);
  }
}

/** What one tab knows. */
class View {
  readonly texts: Map<string, string>;
  /** By key: the write that it knows of last. */
  readonly #orders = new Map<string, number>();

  constructor(texts: ReadonlyMap<string, string>) {
    this.texts = new Map(texts);
  }

  take({ key, text, order }: Write): void {
    if (order < (this.#orders.get(key) ?? 0)) return;
    this.#orders.set(key, order);
    put(this.texts, key, text);
  }
}

function put(texts: Map<string, string>, key: string, text: string | null): void {
  if (text === null) texts.delete(key);
  else texts.set(key, text);
}
