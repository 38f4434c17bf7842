import { describe, expect, test } from 'vitest';
import { BATCH_LIMITS } from '../../../protocol/index.ts';
import { backoffMs } from './backoff.ts';
import { planPush } from './plan.ts';
import { edit, move, newRow } from './row.ts';
import { NOW, waitingRow } from './testing.ts';

const of = (row: ReturnType<typeof waitingRow>) => ({ collection: 'responses', row });

describe('a push', () => {
  test('takes what waits, and neither drafts nor what is sent, queued or refused', () => {
    const waiting = waitingRow();
    const others = [
      edit(newRow(waiting.id, NOW), {}, false, NOW),
      move(waiting, 'push-started', NOW),
      move(waiting, 'push-queued', NOW),
      move(waiting, 'acknowledged', NOW),
      move(waiting, 'refused', NOW),
      move(waiting, 'conflicted', NOW),
    ];
    expect(planPush([...others, waiting].map(of), 'unknown')).toEqual({ kind: 'send', batch: [of(waiting)] });
    expect(planPush(others.map(of), 'unknown')).toEqual({ kind: 'nothing' });
  });

  test('waits for a person where only a person can help', () => {
    expect(planPush([of(waitingRow())], 'needs-sign-in')).toEqual({ kind: 'wait', why: 'needs-sign-in' });
    expect(planPush([of(waitingRow())], 'update-needed')).toEqual({ kind: 'wait', why: 'update-needed' });
  });

  test('is cut at the limits of one request, and a row beyond them goes alone', () => {
    const rows = Array.from({ length: 5 }, () => of(waitingRow()));
    expect(planPush(rows, 'online', { ...BATCH_LIMITS, maxEntries: 2 })).toMatchObject({ batch: { length: 2 } });
    expect(planPush(rows, 'online', { ...BATCH_LIMITS, maxBytes: 10 })).toMatchObject({ batch: { length: 1 } });
  });
});

describe('the back-off', () => {
  test('doubles from 5 seconds to 5 minutes', () => {
    expect([1, 2, 3, 20].map((failures) => backoffMs(failures, null, 1))).toEqual([5_000, 10_000, 20_000, 300_000]);
  });

  test('never comes back before the server asked for', () => {
    expect(backoffMs(1, 60_000, 0)).toBe(60_000);
  });

  test('is spread by chance, never below half', () => {
    expect(backoffMs(1, null, 0)).toBe(2_500);
  });
});
