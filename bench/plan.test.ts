import { expect, it } from 'vitest';
import { takesPart } from './plan.ts';

/** Sizes, with the milliseconds of a round of them and those of its work. */
const took = (...all: [size: number, ms: number, workMs: number][]) => new Map(all.map(([size, ms, workMs]) => [size, { ms, workMs }]));

it('everybody takes part in the first round of all, however late it is', () => {
  expect(takesPart(took(), 1_000, -1)).toBe(true);
});

it('nobody begins what is not likely to end in time: as long as the last round, or longer by as much more work as there are more rows', () => {
  expect(takesPart(took([1_000, 10_000, 5_000]), 1_000, 9_000)).toBe(false);
  expect(takesPart(took([1_000, 10_000, 5_000]), 1_000, 11_000)).toBe(true);
  expect(takesPart(took([1_000, 10_000, 5_000]), 5_000, 29_000)).toBe(false);
  expect(takesPart(took([1_000, 10_000, 5_000]), 5_000, 31_000)).toBe(true);
  expect(takesPart(took([1_000, 10_000, 5_000], [5_000, 20_000, 15_000]), 10_000, 36_000)).toBe(true);
});

it('who was slow has one round of a size, and none of one that would take longer than a minute', () => {
  expect(takesPart(took([1_000, 26_000, 20_000]), 1_000, 500_000)).toBe(false);
  expect(takesPart(took([1_000, 26_000, 20_000]), 5_000, 500_000)).toBe(false);
});
