import { describe, expect, test } from 'vitest';
import { HEADER, readOneAnswer, readSyncAnswer, takeBatch, utf8Length, type HttpAnswer, type PushEntry } from './index.ts';

function answer(status: number, body: unknown, headers: Record<string, string> = { [HEADER.protocol]: '1' }): HttpAnswer {
  return { status, body, header: (name) => headers[name] ?? null };
}

const result = { ClientId: 'a', ServerId: 'b', Status: 'applied', Version: 1 };

describe('an answer is an acknowledgement only', () => {
  test('with results that can be read', () => {
    expect(readOneAnswer(answer(200, result))).toEqual({ kind: 'results', results: result });
    expect(readOneAnswer(answer(200, { ...result, ServerId: 'a,b' }))).toMatchObject({ kind: 'later' });
    expect(readSyncAnswer(answer(200, { Results: [{ ...result, Collection: 'responses' }], Pull: {} }))).toMatchObject({ kind: 'results', results: [{ ServerId: 'b' }] });
  });

  test('with the protocol’s header: a captive portal answers 200 to everything', () => {
    expect(readOneAnswer(answer(200, result, {}))).toEqual({ kind: 'offline' });
    expect(readOneAnswer(answer(200, result, { [HEADER.protocol]: '2' }))).toEqual({ kind: 'update-needed' });
  });

  test('and not from the worker that queued it', () => {
    expect(readOneAnswer(answer(202, {}, { [HEADER.protocol]: '1', [HEADER.queued]: '1' }))).toEqual({ kind: 'queued' });
  });
});

test.each([
  [401, { kind: 'sign-in' }],
  [413, { kind: 'too-large' }],
  [426, { kind: 'update-needed' }],
  [403, { kind: 'refused', message: 'Only the owner may.' }],
  [503, { kind: 'later', retryAfterMs: 7_000 }],
  [429, { kind: 'later', retryAfterMs: 7_000 }],
  [500, { kind: 'later', retryAfterMs: 7_000 }],
])('a %i drops nothing', (status, outcome) => {
  const headers = { [HEADER.protocol]: '1', 'retry-after': '7' };
  expect(readOneAnswer(answer(status, { title: 'No', status, detail: 'Only the owner may.' }, headers))).toEqual(outcome);
});

test('a refusal that was cut off on the way refuses nothing', () => {
  expect(readOneAnswer(answer(409, undefined))).toEqual({ kind: 'later', retryAfterMs: null });
});

test('a conflict, a deletion and a refusal are answers about the edit, whatever their HTTP status', () => {
  expect(readOneAnswer(answer(409, { ...result, Status: 'conflict', Attributes: {} }))).toMatchObject({ kind: 'results' });
  expect(readOneAnswer(answer(422, { ClientId: 'a', Status: 'rejected', Errors: [{ Path: '', Message: 'No.' }] }))).toMatchObject({ kind: 'results' });
});

test('bytes are counted as the wire counts them', () => {
  for (const text of ['', 'well', 'é', '水', '🚰', 'mixed é水🚰']) expect(utf8Length(text)).toBe(Buffer.byteLength(text));
});

test('a batch ends before the entry that would go beyond the limit', () => {
  const entry: PushEntry = { Collection: 'responses', Id: 'a', Revision: 1, Base: 0, Op: 'put', Attributes: { text: 'x'.repeat(100) } };
  const size = utf8Length(JSON.stringify(entry)) + 1;
  expect(takeBatch([entry, entry, entry], (each) => each, { maxEntries: 9, maxBytes: 2 * size })).toHaveLength(2);
});
