/**
 * Outpost held against the floors: a ratio says the same on any machine, a time does not.
 */
import type { FloorRow, Ratio, ResultRow } from './results.ts';
import { GOALS } from './works.ts';

/** So much worse than the recorded ratio is a change of the code and no longer one of the weather. */
const WORSE_BY = 1.5;

export function ratiosOf(rows: readonly ResultRow[], floors: readonly FloorRow[]): Ratio[] {
  return GOALS.flatMap(({ work, floor, atMost }) =>
    rows.flatMap((row) => {
      const there = floors.find(({ name, n }) => name === floor && n === row.n);
      if (row.work !== work || row.contender !== 'outpost' || row.ms === null || there === undefined) return [];
      return [{ work, n: row.n, floor, ratio: row.ms.median / there.ms.median, atMost }];
    }),
  );
}

/** Those that are worse than what was recorded for the same work and size, and beyond their goal. */
export function worseThan(recorded: readonly Ratio[], now: readonly Ratio[]): { readonly now: Ratio; readonly recorded: Ratio }[] {
  return now.flatMap((each) => {
    const before = recorded.find(({ work, n, floor }) => work === each.work && n === each.n && floor === each.floor);
    return before !== undefined && each.ratio > each.atMost && each.ratio > before.ratio * WORSE_BY ? [{ now: each, recorded: before }] : [];
  });
}
