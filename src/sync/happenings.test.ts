import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthorId, DeviceId, HEADER, PROTOCOL_VERSION } from '../../protocol/index.ts';
import { readHappenings, type Happening } from './core/diagnostics.ts';
import { edit, newRow } from './core/row.ts';
import { begin, happeningsOf } from './happenings.ts';
import { Transport } from './transport.ts';

const ANN = v.parse(AuthorId, 'ann');
const BEN = v.parse(AuthorId, 'ben');
const NOW = '2026-05-01T10:00:00.000Z';
const HEADERS = { [HEADER.protocol]: PROTOCOL_VERSION };

const transport = new Transport(ANN, v.parse(DeviceId, 'a3b0c1d2-0000-4000-8000-00000000000d'));

/** Pushes edits of these answers, to which the server says `body`. @returns what is kept of it */
async function pushed(answers: readonly string[], status: number, body: unknown): Promise<Happening | undefined> {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status, headers: HEADERS }));
  const batch = answers.map((answer) => ({ collection: 'responses', row: edit(newRow(crypto.randomUUID(), NOW), { answer }, true, NOW) }));
  await transport.push(batch, () => undefined);
  return readHappenings(happeningsOf(ANN)).at(-1);
}

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) });
});
afterEach(() => vi.unstubAllGlobals());

describe('what happened lately', () => {
  it('the last twenty are kept, for each account its own', () => {
    for (let entries = 0; entries < 30; entries += 1) begin(ANN, 'receipts')([], entries);
    begin(BEN, 'start')([], 7);
    expect(readHappenings(happeningsOf(ANN)).map(({ entries }) => entries)).toEqual(Array.from({ length: 20 }, (_, index) => index + 10));
    expect(readHappenings(happeningsOf(BEN)).map(({ entries }) => entries)).toEqual([7]);
  });

  it('a storage that takes nothing stops nothing', () => {
    vi.stubGlobal('sessionStorage', {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    });
    begin(ANN, 'start')([], 0);
    vi.stubGlobal('sessionStorage', undefined);
    begin(ANN, 'start')([], 0);
    expect(happeningsOf(ANN)).toBe('');
  });
});

describe('what is kept of a request', () => {
  it('of a push: how its edits ended, the HTTP status and how much there was', async () => {
    const result = (Status: string): object => ({ Collection: 'responses', ClientId: crypto.randomUUID(), ServerId: 'srv_1', Version: 1, Status, Errors: [] });
    const kept = await pushed(['a', 'b', 'c'], 200, { Results: [result('applied'), result('rejected'), result('applied')], Pull: {} });
    expect(kept).toMatchObject({ kind: 'push', outcomes: ['applied', 'rejected'], status: 200, entries: 3 });
    expect(kept?.characters).toBeGreaterThan(100);
    expect(await pushed(['a', 'b'], 503, {})).toMatchObject({ outcomes: ['later'], status: 503, entries: 2 });
  });

  it('of a pull: the same, and a request without an answer has no status', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ Changes: [], Cursor: 'c1', More: false, Reset: false }, { headers: HEADERS }));
    await transport.pull('responses', null, false, false);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await transport.pull('responses', null, false, false);
    expect(readHappenings(happeningsOf(ANN))).toMatchObject([
      { kind: 'pull', outcomes: ['page'], status: 200, entries: 0 },
      { kind: 'pull', outcomes: ['offline'], status: null, entries: 0, characters: null },
    ]);
  });

  it('no answer is in it, whatever the server says', async () => {
    const secret = fc.string({ unit: 'grapheme' }).map((text) => `well: ${text}`);
    await fc.assert(
      fc.asyncProperty(fc.array(secret, { minLength: 2, maxLength: 4 }), fc.constantFrom(200, 400, 409, 422, 500), fc.boolean(), async (answers, status, isLookedAt) => {
        const results = answers.map((answer) => ({ Collection: 'responses', ClientId: crypto.randomUUID(), Status: 'rejected', Errors: [{ Path: answer, Message: answer }] }));
        const refusal = { type: 'about:blank', status, title: answers[0], detail: answers[0] };
        await pushed(answers, status, isLookedAt ? { Results: results, Pull: {} } : refusal);
        expect(happeningsOf(ANN)).not.toContain('well: ');
        expect(readHappenings(happeningsOf(ANN)).at(-1)).toMatchObject({ kind: 'push', status, entries: answers.length });
      }),
    );
  });
});
