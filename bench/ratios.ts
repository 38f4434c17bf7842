/**
 * Outpost held against the floors and against itself: a ratio says the same on any machine, a time does not.
 */
import type { FloorRow, Results, ResultRow } from './results.ts';
import { GOALS, GROWTH, type Work } from './works.ts';

/** Of two medians. */
export interface Ratio {
  readonly work: Work;
  readonly n: number;
  readonly floor: string;
  readonly ratio: number;
  readonly atMost: number;
}

/** So much worse than the recorded ratio is a change of the code and no longer one of the weather. */
const WORSE_BY = 1.5;

export function ratiosOf({ rows, floors }: Pick<Results, 'rows' | 'floors'>): Ratio[] {
  const bySize = rows.toSorted((one, other) => one.n - other.n);
  return GOALS.flatMap(({ work, floor, atMost }) =>
    bySize.flatMap((row) => {
      const there = floors.find(({ name, n }) => name === floor && n === row.n);
      if (row.work !== work || row.contender !== 'outpost' || row.ms === null || there === undefined) return [];
      return [{ work, n: row.n, floor, ratio: row.ms.median / there.ms.median, atMost }];
    }),
  );
}

/** What has become worse since the last run was recorded, a sentence each; nothing if all is well. */
export function regressions(recorded: Pick<Results, 'rows' | 'floors'>, now: Pick<Results, 'rows' | 'floors'>): string[] {
  const slower = worseThan(ratiosOf(recorded), ratiosOf(now)).map(
    ({ now: { work, n, floor, ratio }, recorded: before }) => `(${work}) with ${n} rows takes ${ratio.toFixed(2)} times ‘${floor}’; recorded were ${before.ratio.toFixed(2)}.`,
  );
  const broken = now.rows.filter(({ contender, lost, doubled }) => contender === 'outpost' && lost + doubled > 0);
  return [...slower, ...broken.map(({ work, n, lost, doubled }) => `(${work}) with ${n} rows has lost ${lost} and doubled ${doubled}.`)];
}

/** Those that are worse than what was recorded for the same work and size, and beyond their goal. */
export function worseThan(recorded: readonly Ratio[], now: readonly Ratio[]): { readonly now: Ratio; readonly recorded: Ratio }[] {
  return now.flatMap((each) => {
    const before = recorded.find(({ work, n, floor }) => work === each.work && n === each.n && floor === each.floor);
    return before !== undefined && each.ratio > each.atMost && each.ratio > before.ratio * WORSE_BY ? [{ now: each, recorded: before }] : [];
  });
}

/** How many times as long something takes with more rows. */
export interface Growth {
  /** Of Outpost, or the name of a floor. */
  readonly name: string;
  /** Milliseconds with the least rows. */
  readonly fromMs: number;
  /** In the order of `GROWTH.to`; null where it was not measured. */
  readonly ratios: readonly (number | null)[];
}

/** @returns what was measured with the least and with more rows: Outpost's works first, then the floors */
export function growthOf({ rows, floors }: Pick<Results, 'rows' | 'floors'>): Growth[] {
  const grown = (name: string, all: readonly Pick<FloorRow | ResultRow, 'n' | 'ms'>[]): Growth[] => {
    const medianOf = (size: number): number | null => all.find(({ n }) => n === size)?.ms?.median ?? null;
    const fromMs = medianOf(GROWTH.from);
    if (fromMs === null) return [];
    const ratios = GROWTH.to.map((size) => {
      const ms = medianOf(size);
      return ms === null ? null : ms / fromMs;
    });
    return ratios.every((ratio) => ratio === null) ? [] : [{ name, fromMs, ratios }];
  };
  const names = [...new Set(floors.map(({ name }) => name))];
  return [
    ...GROWTH.works.flatMap((work) => grown(`(${work})`, rows.filter((row) => row.work === work && row.contender === 'outpost'))),
    ...names.flatMap((name) => grown(name, floors.filter((floor) => floor.name === name))),
  ];
}
