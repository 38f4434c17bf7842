/**
 * Makes a history that breaks something shorter, as long as it still breaks something.
 */
import type { History, Moment } from './history.ts';

/** @param isBroken runs a history */
export async function shrink(history: History, isBroken: (history: History) => Promise<boolean>): Promise<History> {
  let shortest = history;
  const attempt = async (moments: readonly Moment[]): Promise<boolean> => {
    const shorter = { ...shortest, moments };
    const broken = await isBroken(shorter);
    if (broken) shortest = shorter;
    return broken;
  };
  // What is left out first may be what kept something else from being left out.
  for (let before = Infinity; shortest.moments.length < before; ) {
    before = shortest.moments.length;
    for (let size = Math.ceil(before / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < shortest.moments.length; ) {
        const isShorter = await attempt(shortest.moments.toSpliced(from, size));
        if (!isShorter) from += size;
      }
    }
  }
  for (const [index, { step, pauseMs }] of shortest.moments.entries()) {
    if (pauseMs > 0) await attempt(shortest.moments.with(index, { step, pauseMs: 0 }));
  }
  return shortest;
}
