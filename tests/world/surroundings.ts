/**
 * What pages and workers alike find around them: time, chance and messages of the world, and none of the machine.
 */
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Life } from './life.ts';

export const ORIGIN = 'https://outpost.test';

export function timeAndChance(clock: Clock, chance: Chance, life: Life): Readonly<Record<string, unknown>> {
  const timers = new Map<number, () => void>();
  let lastTimer = 0;
  const setTimeout = (run: () => void, delayMs = 0): number => {
    lastTimer += 1;
    const timer = lastTimer;
    const forget = clock.after(delayMs, () => {
      timers.delete(timer);
      if (life.isAlive) run();
    });
    timers.set(timer, forget);
    return timer;
  };
  const clearTimeout = (timer: number | undefined): void => {
    if (timer === undefined) return;
    timers.get(timer)?.();
    timers.delete(timer);
  };
  life.atDeath(() => {
    for (const forget of timers.values()) forget();
  });
  class VirtualDate extends Date {
    constructor(...about: readonly [] | readonly [number | string]) {
      super(about[0] ?? clock.now);
    }
    static override now(): number {
      return clock.now;
    }
  }
  const timeout = (delayMs: number): AbortSignal => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new DOMException('The time ran out.', 'TimeoutError')), delayMs);
    return abort.signal;
  };
  return {
    Date: VirtualDate,
    Math: Object.create(Math, { random: { value: () => chance.next() } }),
    crypto: { randomUUID: () => chance.uuid() },
    AbortSignal: { timeout },
    setTimeout,
    clearTimeout,
    performance: { now: () => clock.now },
    location: new URL(ORIGIN),
    Request: VirtualRequest,
  };
}

/** As in a browser, addresses are relative to the page. */
class VirtualRequest extends Request {
  constructor(address: string | URL | Request, init?: RequestInit) {
    super(address instanceof Request ? address : new URL(address, ORIGIN), init);
  }
}

type Listener = (event: object) => void;

/** An event target of which nothing but the listening is asked. */
export class Listeners {
  readonly #listeners = new Map<string, Set<Listener>>();

  readonly addEventListener = (type: string, listener: Listener): void => {
    const listeners = this.#listeners.get(type) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(type, listeners);
  };

  readonly removeEventListener = (type: string, listener: Listener): void => {
    this.#listeners.get(type)?.delete(listener);
  };

  dispatch(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}
