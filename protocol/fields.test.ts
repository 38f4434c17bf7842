import { expect, test } from 'vitest';
import { rebased } from './index.ts';

test('a field that was removed stays removed, one that was left alone follows, answers one by one', () => {
  expect(rebased({ a: 2, b: 2, c: 2 }, { a: 1, b: 1, c: 1 }, { a: 1, c: 3 })).toEqual({ a: 2, c: 3 });
  expect(rebased({ answers: { x: 2, y: 2 } }, { answers: { x: 1, y: 1 } }, { answers: { x: 1, y: 3 } })).toEqual({ answers: { x: 2, y: 3 } });
});
