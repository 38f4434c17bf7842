/**
 * Counts the steps by which a page or a worker brings something to the disk, and holds everything up before a chosen
 * one, so that a test can end the browser at exactly that place.
 */

/** Where the test hears that the place is reached. */
const REACHED = '/engine/reached';

let taken = 0;
let stopBefore = Infinity;

/** @param step counted from now on, 1 is the next; Infinity to count only. @returns the steps taken since the last call */
export function stopAt(step: number): number {
  const before = taken;
  taken = 0;
  stopBefore = step;
  return before;
}

export function countSteps(): void {
  wrap(IDBObjectStore.prototype, ['put', 'add', 'delete']);
  if ('Storage' in globalThis) wrap(Storage.prototype, ['setItem', 'removeItem']);
}

function wrap(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    const original: unknown = Reflect.get(prototype, name);
    if (typeof original !== 'function') throw new Error(`There is no ${name}.`);
    Reflect.set(prototype, name, function step(this: unknown, ...args: unknown[]): unknown {
      taken += 1;
      if (taken === stopBefore) stop();
      const result: unknown = Reflect.apply(original, this, args);
      return result;
    });
  }
}

/** Nothing goes on in this thread until the test has ended it. */
function stop(): void {
  void fetch(REACHED);
  for (;;);
}
