import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ServerId } from '../../../protocol/index.ts';
import type { RecordState } from '../types.ts';
import { isEvictable, planEviction } from './evict.ts';
import type { Candidate } from './plan.ts';
import { JOURNAL_KEEPS_SETTLED_MS } from './restore.ts';
import type { Row } from './row.ts';
import { isWaiting, STATES } from './states.ts';
import { NOW, waitingRow } from './testing.ts';

const now = new Date(NOW);
const UNITS = 40_000;

/** A row that the server has had for so many minutes. */
function sentRow(id: string, minutes: number, more: Partial<Row> = {}): Row {
  const since = new Date(now.getTime() - minutes * 60_000).toISOString();
  return { ...waitingRow(), id: v.parse(ServerId, id), clientId: null, state: 'sent', version: 1, since, ...more };
}

const candidates = (rows: readonly Row[]): Candidate[] => rows.map((row) => ({ collection: 'responses', row }));

function plan(rows: readonly Row[], units: number, arrived: Row | null = null, unitsOf: (candidate: Candidate) => number = () => UNITS): string[] | string {
  const eviction = planEviction(candidates(rows), unitsOf, units, arrived, now);
  return eviction.kind === 'evict' ? eviction.rows.map(({ row }) => row.id) : eviction.kind;
}

describe('a full storage', () => {
  const rows = [sentRow('new', 20), sentRow('oldest', 90), sentRow('old', 60), sentRow('older', 80)];

  test('the oldest go first, as many as the write needs and something to spare', () => {
    expect(plan(rows, 1_000)).toEqual(['oldest', 'older']);
    expect(plan(rows, 40_000)).toEqual(['oldest', 'older', 'old']);
    expect(plan(rows, 5_000_000)).toEqual(['oldest', 'older', 'old', 'new']);
  });

  test('what is not stored here, or must stay because of another tab, makes no room', () => {
    expect(plan(rows, 1_000, null, ({ row }) => (row.id === 'oldest' ? 0 : UNITS))).toEqual(['older', 'old']);
    expect(plan(rows, 1_000, null, () => 0)).toBe('full');
  });

  test('nothing that was sent: full', () => {
    expect(plan([waitingRow()], 1_000)).toBe('full');
  });
});

describe('a row that the server has', () => {
  const rows = [sentRow('new', 20), sentRow('old', 60)];

  test('drives out only older ones', () => {
    expect(plan(rows, 1_000, sentRow('arrived', 40))).toEqual(['old']);
  });

  test('is left out if it is older than all that could go, so that nothing is evicted and pulled in turns', () => {
    expect(plan(rows, 1_000, sentRow('arrived', 90))).toBe('left out');
    expect(plan(rows, 1_000, sentRow('arrived', 60))).toBe('left out');
  });

  test('finds the storage full where nothing could ever go: it was not left out, it must come again', () => {
    expect(plan([waitingRow()], 1_000, sentRow('arrived', 90))).toBe('full');
  });
});

describe('what may go', () => {
  test('sent from here: only when no crash can bring back an older state of it', () => {
    const minutes = JOURNAL_KEEPS_SETTLED_MS / 60_000;
    expect(isEvictable(sentRow('a', minutes - 1), now)).toBe(false);
    expect(isEvictable(sentRow('a', minutes + 1), now)).toBe(true);
  });

  test('pulled: at once', () => {
    expect(isEvictable(sentRow('a', 0, { revision: 0 }), now)).toBe(true);
  });

  test('of plain backbone.localstorage: not before this server has acknowledged it', () => {
    expect(isEvictable(sentRow('a', 60, { revision: 0, version: 0 }), now)).toBe(false);
  });
});

const anyRow: fc.Arbitrary<Row> = fc
  .record({
    id: fc.uuid(),
    minutes: fc.integer({ min: 0, max: 10_000 }),
    state: fc.constantFrom(...v.parse(v.array(v.custom<RecordState>((state) => typeof state === 'string' && state in STATES)), Object.keys(STATES))),
    revision: fc.nat(5),
    version: fc.nat(5),
    deleted: fc.boolean(),
  })
  .map(({ id, minutes, ...more }) => sentRow(id, minutes, more));

test('whatever is there and however much is needed: nothing unsent goes, and nothing newer before anything older', () => {
  fc.assert(
    fc.property(fc.array(anyRow), fc.nat(500_000), fc.option(anyRow), (rows, units, arrived) => {
      const eviction = planEviction(candidates(rows), () => UNITS, units, arrived, now);
      if (eviction.kind !== 'evict') return;
      const gone = new Set(eviction.rows.map(({ row }) => row));
      for (const row of gone) {
        expect(isWaiting(row.state) || row.state === 'draft' || row.state === 'conflict' || row.state === 'rejected').toBe(false);
        expect([row.version > 0, row.deleted]).toEqual([true, false]);
        if (arrived !== null) expect(row.since < arrived.since).toBe(true);
      }
      const newestGone = [...gone].map(({ since }) => since).toSorted().at(-1) ?? '';
      for (const row of rows) if (!gone.has(row) && isEvictable(row, now)) expect(row.since >= newestGone).toBe(true);
    }),
  );
});
