import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PushResult } from '../../../protocol/index.ts';
import { collectionDiagnostics, readCounts, readHappenings, type CollectionDiagnostics, type Happening } from './diagnostics.ts';
import { edit, move, newRow, type Row } from './row.ts';
import { isWaiting } from './states.ts';
import { CLIENT_ID, LATER, NOW, SERVER_ID, received, waitingRow } from './testing.ts';

const PUSH: Happening = { at: NOW, kind: 'push', outcomes: ['applied', 'rejected'], status: 200, durationMs: 12, entries: 2, characters: 300 };

const diagnosed = (...rows: Row[]): CollectionDiagnostics => collectionDiagnostics(rows, isWaiting, true, 0);

/** An answer that nothing else in a report could be mistaken for. */
const secret = fc.string({ unit: 'grapheme' }).map((text) => `well: ${text}`);

/** As a server may point at an answer: by the names of its fields, or by quoting it. */
const pathTo = (answer: string): fc.Arbitrary<string> => fc.constantFrom('answers.name', 'answers[0]', '', answer, `answers.${answer}`, `answers["${answer}"]`);

function rejection(row: Row, paths: readonly string[], message: string): PushResult {
  return { ClientId: row.id, Revision: row.revision, Status: 'rejected', Errors: paths.map((Path) => ({ Path, Message: message })) };
}

describe('what support is told of a collection', () => {
  it('no answer is in it, whatever the server says of the answers', () => {
    const rejected = secret.chain((answer) => fc.record({ answer: fc.constant(answer), paths: fc.array(pathTo(answer)) }));
    fc.assert(
      fc.property(fc.array(rejected, { minLength: 1 }), secret, (all, theirs) => {
        const rows = all.flatMap(({ answer, paths }) => {
          const row = waitingRow({ title: answer, answers: { name: answer } });
          const conflict: PushResult = { ClientId: row.id, ServerId: SERVER_ID, Revision: row.revision, Status: 'conflict', Version: 3, Attributes: { title: theirs } };
          const refused = received(row, rejection(row, paths, `“${answer}” is not in the list`), null, NOW);
          return [row, refused, received(row, conflict, null, NOW, 'ask')];
        });
        const report = JSON.stringify(diagnosed(...rows));
        for (const answer of [theirs, ...all.map(({ answer }) => answer)]) expect(report).not.toContain(JSON.stringify(answer).slice(1, -1));
        expect(report).not.toContain('well: ');
      }),
    );
  });

  it('each state is counted, and what has waited longest is what counts', () => {
    const waiting = { ...waitingRow(), since: LATER };
    const queued = move(waitingRow(), 'push-queued', NOW);
    const draft = edit(newRow(CLIENT_ID, NOW), {}, false, '2026-04-01T10:00:00.000Z');
    expect(diagnosed(waiting, queued, queued, draft)).toMatchObject({ states: { waiting: 1, queued: 2, draft: 1, sent: 0, rejected: 0 }, waitingSince: NOW });
    expect(diagnosed(draft).waitingSince).toBeNull();
  });

  it('of a refusal the fields are told, each once; the latest come first, twenty at most', () => {
    const row = waitingRow();
    const refused = received(row, rejection(row, ['answers.age', 'answers.age', 'visits[2].day', 'no field at all'], 'Not in the list'), null, NOW);
    const later = { ...refused, since: LATER };
    expect(diagnosed(refused, later).problems).toEqual([
      { kind: 'rejected', since: LATER, paths: ['answers.age', 'visits[2].day'] },
      { kind: 'rejected', since: NOW, paths: ['answers.age', 'visits[2].day'] },
    ]);
    const all = diagnosed(...Array.from({ length: 30 }, () => refused), later).problems;
    expect([all.length, all[0]?.since]).toEqual([20, LATER]);
  });
});

describe('what was kept of earlier', () => {
  it('lines are read back, and what is none is passed over', () => {
    const lines = ['', JSON.stringify(PUSH), '{"at":', 'null', JSON.stringify({ ...PUSH, kind: 'later version' }), JSON.stringify({ ...PUSH, entries: 'many' }), JSON.stringify({ ...PUSH, outcomes: ['a sentence'] }), JSON.stringify({ ...PUSH, status: null, more: 1 })];
    expect(readHappenings(lines.join('\n'))).toEqual([PUSH, { ...PUSH, status: null }]);
  });

  it('only counts are taken for the counts of the worker', () => {
    const counts = { queuedRequests: 1, queuedEdits: 2, waitingReceipts: 0 };
    expect(readCounts(counts)).toEqual(counts);
    expect([readCounts(null), readCounts('one'), readCounts({ ...counts, queuedEdits: '2' })]).toEqual([null, null, null]);
  });
});
