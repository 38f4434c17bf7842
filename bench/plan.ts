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

const SMALL: Heat = { n: 1_000, isGrowth: false };
const LARGE: Heat = { n: 5_000, isGrowth: false };

/** In the order in which they are run, as far as the time allows: everything once, then more of the small size for its medians. */
const FULL: readonly Heat[] = [SMALL, LARGE, ...GROWTH.to.map((n) => ({ n, isGrowth: true })), SMALL, SMALL, LARGE, SMALL, SMALL, LARGE];
const QUICK: readonly Heat[] = [SMALL, SMALL, SMALL];
const CHECK: readonly Heat[] = [...QUICK, SMALL, SMALL];

/** Whoever takes longer for one round of a size is measured once with it, so that the others can be measured more often. */
const SLOW_MS = 25_000;

export const PLANS = {
  full: { heats: FULL, kills: 20, killsWithinMs: 190_000, withinMs: 570_000 },
  /** Without kills: those who lose rows get half a minute each time to bring them back. */
  quick: { heats: QUICK, kills: 0, killsWithinMs: 0, withinMs: 105_000 },
  /** Outpost and the floors, against what was recorded. */
  check: { heats: CHECK, kills: 0, killsWithinMs: 0, withinMs: 105_000 },
} as const;

/** Whoever would take longer for one round of a size is left out of it. */
const TOO_SLOW_MS = 60_000;

/** What one contender's last round of a size took. */
export interface Round {
  /** From beginning to end. */
  readonly ms: number;
  /** Of that, what it was measured with. The rest is starting servers and pages and waiting for quiet, whatever the size. */
  readonly workMs: number;
}

/** By size. */
export type Took = ReadonlyMap<number, Round>;

/** Whether somebody takes part in a round: in the first of all; then if it is likely to end in time, and was not slow in the round before. */
export function takesPart(took: Took, n: number, remainingMs: number): boolean {
  if (took.size === 0) return true;
  const last = took.get(n);
  if (last !== undefined) return last.ms <= SLOW_MS && remainingMs > last.ms;
  const expected = expectedMs(took, n);
  return expected <= TOO_SLOW_MS && remainingMs > expected;
}

/** From the next smaller size that was measured, as if the work grew with the rows. */
function expectedMs(took: Took, n: number): number {
  const size = Math.max(...[...took.keys()].filter((known) => known < n));
  const { ms, workMs } = took.get(size) ?? { ms: 0, workMs: 0 };
  return ms - workMs + workMs * (n / size);
}
