import { describe, expect, it } from 'vitest';
import { growthOf, ratiosOf, regressions, worseThan, type Ratio } from './ratios.ts';
import { NOTHING, summed, type FloorRow } from './results.ts';

const STRICT = 'IndexedDB, one transaction';

const measured = (contender: string, work: 'a' | 'b', ms: number, n = 1_000) => ({ ...NOTHING, work, n, contender, ms });
const floor = (ms: number, n = 1_000): FloorRow => ({ name: STRICT, n, ms: { min: ms, median: ms, max: ms } });
const ratio = (value: number): Ratio => ({ work: 'b', n: 1_000, floor: 'fetch of all, stored in SQLite', ratio: value, atMost: 2 });

describe('what several rounds are summed up to', () => {
  it('the median with minimum and maximum, whatever the order; the most that was lost or doubled in any round', () => {
    const third = { ...measured('outpost', 'a', 20), lost: 2, doubled: 1 };
    expect(summed([measured('outpost', 'a', 30), measured('outpost', 'a', 10), third])).toMatchObject([{ ms: { min: 10, median: 20, max: 30 }, lost: 2, doubled: 1 }]);
  });

  it('a round that did not get to the end gives no time, and its rows are lost', () => {
    const failed = { ...NOTHING, work: 'a' as const, n: 1_000, contender: 'outpost', lost: 1_000 };
    expect(summed([measured('outpost', 'a', 10), measured('outpost', 'a', 20), failed])).toMatchObject([{ ms: { median: 15 }, lost: 1_000 }]);
  });
});

describe('ratios to the floors', () => {
  it('are those of Outpost alone, of the same size', () => {
    const rows = summed([measured('outpost', 'a', 30), measured('article', 'a', 90)]);
    expect(ratiosOf({ rows, floors: [floor(10), floor(50, 5_000)] })).toEqual([{ work: 'a', n: 1_000, floor: STRICT, ratio: 3, atMost: 1.5 }]);
  });

  it('half as much again as recorded is worse, unless it is within the goal all the same', () => {
    expect(worseThan([ratio(2)], [ratio(3.1)])).toHaveLength(1);
    expect(worseThan([ratio(2)], [ratio(2.9)])).toEqual([]);
    expect(worseThan([ratio(1)], [ratio(1.9)])).toEqual([]);
    expect(worseThan([], [ratio(9)])).toEqual([]);
  });

  it('a machine that is slower in everything is no regression, a page that is slower than its floor is', () => {
    const run = (ms: number, floorMs: number) => ({ rows: summed([measured('outpost', 'a', ms)]), floors: [floor(floorMs)] });
    expect(regressions(run(20, 10), run(200, 100))).toEqual([]);
    expect(regressions(run(20, 10), run(200, 10))).toEqual([`(a) with 1000 rows takes 20.00 times ‘${STRICT}’; recorded were 2.00.`]);
  });

  it('a lost or doubled row of Outpost is a regression whatever the times; one of a peer is not', () => {
    const run = (contender: string) => ({ rows: summed([{ ...measured(contender, 'b', 10), lost: 1 }]), floors: [] });
    expect(regressions(run('outpost'), run('outpost'))).toEqual(['(b) with 1000 rows has lost 1 and doubled 0.']);
    expect(regressions(run('article'), run('article'))).toEqual([]);
  });
});

it('growth is that of Outpost and the floors, of what was measured with the least rows and with more', () => {
  const rows = summed([measured('article', 'a', 1), measured('article', 'a', 1, 10_000), measured('outpost', 'a', 10), measured('outpost', 'a', 120, 10_000), measured('outpost', 'b', 10)]);
  expect(growthOf({ rows, floors: [floor(5), floor(35, 8_000), floor(45, 10_000)] })).toEqual([
    { name: '(a)', fromMs: 10, ratios: [null, 12] },
    { name: STRICT, fromMs: 5, ratios: [7, 9] },
  ]);
});
