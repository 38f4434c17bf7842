/**
 * Chance that can be repeated: the same seed, the same moments.
 */

/** A number from 0 up to 1, and the next with every call. */
export type Chance = () => number;

/** mulberry32: small, and even enough to spread moments with. */
export function chanceOf(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** As many numbers from 1 to `last`, spread evenly over all of it, each by chance within its part, in an order by chance. */
export function spread(count: number, last: number, chance: Chance): number[] {
  const numbers = Array.from({ length: count }, (_, part) => 1 + Math.floor(((part + chance()) * last) / count));
  return shuffled(numbers, chance);
}

export function shuffled<T>(items: readonly T[], chance: Chance): T[] {
  return items.map((item) => ({ item, at: chance() })).toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}
