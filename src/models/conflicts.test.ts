import { expect, test } from 'vitest';
import { settleResponse } from './conflicts.ts';

const base = { answers: { depth: 3, colour: 'clear' }, endedAt: '2026-05-01T10:00:00+02:00' };
const mine = { answers: { depth: 9, colour: 'clear' }, endedAt: '2026-05-02T10:00:00+02:00' };

test('different answers changed on two devices are put together, with the later end', () => {
  const theirs = { answers: { depth: 3, colour: 'brown' }, endedAt: '2026-05-02T09:30:00+01:00' };
  expect(settleResponse({ base, mine, theirs })).toEqual({ attributes: { answers: { depth: 9, colour: 'brown' }, endedAt: theirs.endedAt } });
});

test('the same answer changed on two devices is asked', () => {
  expect(settleResponse({ base, mine, theirs: { ...base, answers: { depth: 5, colour: 'clear' } } })).toBe('ask');
});

test('deleted on one side is asked', () => {
  expect(settleResponse({ base, mine, theirs: null })).toBe('ask');
});
