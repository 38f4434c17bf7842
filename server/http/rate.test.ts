import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Buckets } from './rate.ts';

test('as many at once as it holds, then one for each that it fills by, and the wait that it says is the one it takes', () => {
  let now = 1_000_000;
  const buckets = new Buckets({ perSecond: 2, burst: 3 }, () => now);
  expect([buckets.take('a'), buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 0, 500]);
  now += 499;
  expect(buckets.take('a')).toBe(1);
  now += 1;
  expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 500]);
  expect(buckets.take('b')).toBe(0);
});

test('whatever the times: never more than the burst and what time has filled, and who waits as told gets one', () => {
  const rate = { perSecond: 5, burst: 10 };
  const moments = fc.array(fc.nat({ max: 400 }), { maxLength: 200 });
  fc.assert(
    fc.property(moments, (pauses) => {
      let now = 0;
      let taken = 0;
      const buckets = new Buckets(rate, () => now);
      for (const pause of pauses) {
        now += pause;
        const waitMs = buckets.take('a');
        if (waitMs === 0) taken += 1;
        else if (pause % 2 === 0) {
          now += waitMs;
          expect(buckets.take('a')).toBe(0);
          taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(rate.burst + (now / 1_000) * rate.perSecond);
      }
    }),
  );
});

test('more names than memory is given for: who comes often is not forgotten for them', () => {
  const buckets = new Buckets({ perSecond: 0.001, burst: 25_000 }, () => 0);
  const spend = () => buckets.take('often');
  for (let n = 0; n < 25_000; n += 1) {
    expect(spend()).toBe(0);
    buckets.take(`once ${n}`);
  }
  expect(spend()).toBeGreaterThan(0);
});
