import { describe, expect, it } from 'vitest';
import { ratiosOf, worseThan } from './ratios.ts';
import { NOTHING, summed, type Ratio } from './results.ts';

const times = (contender: string, work: 'a' | 'b', ...all: number[]) => all.map((ms) => ({ ...NOTHING, work, n: 1_000, contender, ms }));
const ratio = (value: number): Ratio => ({ work: 'b', n: 1_000, floor: 'fetch of all, stored in SQLite', ratio: value, atMost: 2 });

describe('what several rounds are summed up to', () => {
  it('the median with minimum and maximum, whatever the order; the most that was lost or doubled in any round', () => {
    const [first, second] = times('outpost', 'a', 30, 10);
    const third = { ...NOTHING, work: 'a' as const, n: 1_000, contender: 'outpost', ms: 20, lost: 2, doubled: 1 };
    if (first === undefined || second === undefined) throw new Error('two rounds are wanted');
    expect(summed([first, second, third])).toMatchObject([{ ms: { min: 10, median: 20, max: 30 }, lost: 2, doubled: 1, failed: 0 }]);
  });

  it('a round that failed gives no time and is counted', () => {
    const failed = { ...NOTHING, work: 'a' as const, n: 1_000, contender: 'outpost', failed: 1 };
    expect(summed([...times('outpost', 'a', 10, 20), failed])).toMatchObject([{ ms: { median: 15 }, failed: 1 }]);
  });
});

describe('ratios to the floors', () => {
  it('are those of Outpost alone, of the same size', () => {
    const rows = summed([...times('outpost', 'a', 30), ...times('article', 'a', 90)]);
    const floors = [1_000, 5_000].map((n) => ({ name: 'IndexedDB, one transaction', n, ms: { min: n / 100, median: n / 100, max: n / 100 } }));
    expect(ratiosOf(rows, floors)).toEqual([{ work: 'a', n: 1_000, floor: 'IndexedDB, one transaction', ratio: 3, atMost: 1.5 }]);
  });

  it('half as much again as recorded is worse, unless it is within the goal all the same', () => {
    expect(worseThan([ratio(2)], [ratio(3.1)])).toHaveLength(1);
    expect(worseThan([ratio(2)], [ratio(2.9)])).toEqual([]);
    expect(worseThan([ratio(1)], [ratio(1.9)])).toEqual([]);
    expect(worseThan([], [ratio(9)])).toEqual([]);
  });
});
