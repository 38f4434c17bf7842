/**
 * What the page decodes with valibot as the app ships it, beside valibot as it comes.
 */
import fc from 'fast-check';
import * as v from 'valibot';
import { beforeAll, expect, it } from 'vitest';
import { build } from 'vite';
import * as protocol from '../protocol/index.ts';
import { ROOT } from './setup.mjs';
import { valibotAsShipped } from './valibot.ts';

const whole: typeof protocol = { ...protocol };
let shipped: typeof protocol;

beforeAll(async () => {
  const result = await build({
    plugins: [valibotAsShipped],
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: { write: false, minify: false, rolldownOptions: { input: 'protocol/index.ts', preserveEntrySignatures: 'strict' } },
  });
  const [chunk] = [result].flat().flatMap((each) => ('output' in each ? each.output : []));
  if (chunk?.type !== 'chunk') throw new Error('The protocol was not built.');
  const Module = v.custom<typeof protocol>((value) => typeof value === 'object');
  shipped = v.parse(Module, await import(`data:text/javascript,${encodeURIComponent(chunk.code)}`));
});

const ID = '00000000-0000-4000-8000-000000000001';
const RESULT = { Collection: 'responses', ClientId: ID, Revision: 1, Status: 'conflict', ServerId: 'srv_1', Version: 2, Attributes: { a: 1 }, Changed: ['a'] };
const CHANGE = { Id: 'srv_1', ClientId: ID, Version: 2, Attributes: { a: 1 } };

const WELL_FORMED = [
  ['SyncResult', RESULT],
  ['SyncResult', { Collection: 'responses', ClientId: ID, Status: 'rejected', Errors: [{ Path: 'a', Message: 'no' }] }],
  ['PullPage', { Changes: [CHANGE, { Id: 'srv_2', Version: 3, Deleted: true }], Cursor: 'c', More: false, Reset: false }],
  ['Changed', { Collection: 'responses', Cursor: 'c' }],
  ['Problem', { title: 'Not found', status: 404 }],
  ['WorkerMessage', { kind: 'receipts', receipts: [{ Key: 1, Account: 'ann', At: '2026-05-01T10:00:00.000Z', Results: [RESULT] }] }],
  ['WorkerMessage', { kind: 'update-needed' }],
] as const satisfies readonly (readonly [name: keyof typeof protocol, value: object])[];

/** A JSON value with some of its parts replaced or left out. */
function spoiled(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) return usually(fc.tuple(...value.map(spoiled)));
  if (!whole.isPlainObject(value)) return usually(fc.constant(value));
  const parts = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, spoiled(part)]));
  return usually(fc.record(parts, { requiredKeys: [] }), fc.record(parts));
}

function usually(...arbitraries: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  return fc.oneof(...arbitraries.map((arbitrary) => ({ weight: 12, arbitrary })), { weight: 1, arbitrary: fc.constantFrom(null, -1, 1, '', 'a,b', true, [], {}) });
}

it.each(WELL_FORMED)('takes and refuses the same: %s', (name, value) => {
  expect(shipped.decode(shipped[name], value)).toEqual(value);
  let refused = 0;
  fc.assert(
    fc.property(spoiled(value), (given) => {
      const decoded = whole.decode(whole[name], given);
      expect(shipped.decode(shipped[name], given)).toEqual(decoded);
      if (decoded === null) refused += 1;
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(0);
});

it('says at least what a schema itself says of why', () => {
  expect(() => v.parse(shipped.AccountId, 'a,b')).toThrow('a text of the form');
});
