/**
 * The arithmetic of the server's benchmark.
 */
import { expect, test } from 'vitest';
import { growthOf } from './memory.ts';
import { sizingTable } from './sizing.ts';
import { togetherIn } from './load.ts';
import { quantile } from './trials.ts';

test('a quantile is a value that was measured', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1), quantile([7], 0.99)]).toEqual([100, 198, 200, 7]);
});

test('the floor puts no more rows together than a group commit could', () => {
  expect([togetherIn({ clients: 64, batch: 1 }), togetherIn({ clients: 1, batch: 100 }), togetherIn({ clients: 64, batch: 100 })]).toEqual([64, 100, 2_000]);
});

test('memory that only warms up is flat, memory that goes on growing is not', () => {
  const samples = (mbAt: (seconds: number) => number) => Array.from({ length: 120 }, (_, index) => ({ seconds: 5 * index, rssMb: mbAt(5 * index), heapMb: 0 }));
  const rss = ({ rssMb }: { readonly rssMb: number }): number => rssMb;
  const warmed = growthOf(samples((seconds) => Math.min(100 + seconds, 200) + (seconds % 10 === 0 ? 8 : -8)), rss);
  const leaking = growthOf(samples((seconds) => 100 + seconds / 10), rss);
  expect([warmed.isFlat, Math.round(warmed.toMb), leaking.isFlat, Math.round(leaking.mbAnHour)]).toEqual([true, 200, false, 360]);
});

test('ten million devices: from what was measured to processes and shards', () => {
  const spread = (median: number) => ({ min: median, median, max: median });
  const push = { store: 'postgres', clients: 64, batch: 1, together: 64, perSecond: spread(4_000), floorPerSecond: spread(9_000), ofFloor: 0.44, p50Ms: 1, p99Ms: 2, serverCpu: 0.8, clientsCpu: 0.2 } as const;
  const pull = { store: 'postgres', rows: 1_000_000, changes: 10, bytesPerRow: 1_000, queryMs: 1, httpMs: 1, pullMs: 2 } as const;
  const calculated = Object.fromEntries((sizingTable({ pushes: [push], pulls: [pull] })?.rows ?? []).map(([what = '', , value = '']) => [what, value]));
  expect(calculated).toMatchObject({
    'responses a day': '40,000,000',
    'pushes a second, busiest minute': '5,000',
    'pulls a second, busiest minute': '7,500',
    'processors for both': '5.0',
    'server processes': '25',
    'storage of a year': '14.6 TB, in 3 copies 43.8 TB',
    'shards for a year': '8',
    'writes a second and shard, busiest minute': '625',
  });
  expect(sizingTable({ pushes: [], pulls: [] })).toBeNull();
});
