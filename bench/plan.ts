/**
 * What is measured in which order, so that a run ends in time on a slow machine too.
 */
import { GROWTH } from './works.ts';

/** One round of one size: the floors, then one contender after another. */
export interface Heat {
  readonly n: number;
  /** Whether it is about how Outpost and the floors grow, and nobody else. */
  readonly isGrowth: boolean;
}

const FULL: readonly Heat[] = [
  { n: 1_000, isGrowth: false },
  { n: 5_000, isGrowth: false },
  ...GROWTH.to.map((n) => ({ n, isGrowth: true })),
];
const QUICK: readonly Heat[] = [{ n: 1_000, isGrowth: false }];

/** Whoever takes longer for one round of a size is measured once with it, so that the others can be measured more often. */
const SLOW_MS = 25_000;

export const PLANS = {
  full: { heats: FULL, rounds: 5, kills: 20, killsWithinMs: 200_000, withinMs: 570_000 },
  quick: { heats: QUICK, rounds: 3, kills: 4, killsWithinMs: 25_000, withinMs: 105_000 },
  /** Outpost and the floors, against what was recorded. */
  check: { heats: QUICK, rounds: 5, kills: 0, killsWithinMs: 0, withinMs: 105_000 },
} as const;

/** How long one contender took for its last round, by size. */
export type Took = ReadonlyMap<number, number>;

/** Whether somebody takes part in a round: in the first of all; then if it is likely to end in time, and was not slow in the round before. */
export function takesPart(took: Took, n: number, remainingMs: number): boolean {
  if (took.size === 0) return true;
  const last = took.get(n);
  return last === undefined ? remainingMs > expectedMs(took, n) : last <= SLOW_MS && remainingMs > last;
}

/** From the next smaller size that was measured, as if time grew with the rows. */
function expectedMs(took: Took, n: number): number {
  const size = Math.max(...[...took.keys()].filter((known) => known < n));
  return (took.get(size) ?? 0) * (n / size);
}
