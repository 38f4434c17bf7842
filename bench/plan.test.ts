import { expect, it } from 'vitest';
import { takesPart } from './plan.ts';

const took = (...all: [number, number][]) => new Map(all);

it('everybody takes part in the first round of all, however late it is', () => {
  expect(takesPart(took(), 1_000, -1)).toBe(true);
});

it('nobody begins what is not likely to end in time: as long as the last round, or longer by as much as there are more rows', () => {
  expect(takesPart(took([1_000, 8_000]), 1_000, 7_000)).toBe(false);
  expect(takesPart(took([1_000, 8_000]), 1_000, 9_000)).toBe(true);
  expect(takesPart(took([1_000, 8_000]), 5_000, 39_000)).toBe(false);
  expect(takesPart(took([1_000, 8_000]), 5_000, 41_000)).toBe(true);
  expect(takesPart(took([1_000, 8_000], [5_000, 20_000]), 10_000, 41_000)).toBe(true);
});

it('who was slow has one round of a size, and none of one that would take longer than a minute', () => {
  expect(takesPart(took([1_000, 26_000]), 1_000, 500_000)).toBe(false);
  expect(takesPart(took([1_000, 26_000]), 5_000, 500_000)).toBe(false);
});
