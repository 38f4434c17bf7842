import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attributes } from '../../../protocol/index.ts';
import { putEntry } from './patch.ts';
import { decodeRow, edit, encodeRow, snapshot, type Row } from './row.ts';
import { NOW, received, SERVER_ID, waitingRow } from './testing.ts';

const REMARKS = 'remarks that nobody sends again with every edit';
const known = (attributes: Attributes): Row => received(waitingRow(attributes), { ClientId: SERVER_ID, ServerId: SERVER_ID, Revision: 1, Status: 'applied', Version: 4 }, null, NOW);
const edited = (before: Attributes, ...edits: readonly Attributes[]): Row => edits.reduce((row, attributes) => edit(row, attributes, true, NOW), known(before));

describe('what goes out of an edit', () => {
  test('of what the server has: the changed fields, answer by answer, and the names of removed ones', () => {
    const row = edited({ REMARKS, place: 'well', answers: { depth: 3, colour: 'clear' } }, { REMARKS, answers: { depth: 9, colour: 'clear' } });
    expect(putEntry(row)).toEqual({ Op: 'put', Attributes: { answers: { depth: 9 } }, Changed: ['place', 'answers.depth'], Merge: false });
  });

  test('also what an earlier edit changed and this one changed back', () => {
    expect(putEntry(edited({ REMARKS, a: 1, b: 1 }, { REMARKS, a: 2, b: 1 }, { REMARKS, a: 1, b: 2 }))).toMatchObject({ Attributes: { a: 1, b: 2 }, Changed: ['a', 'b'] });
  });

  test('the whole where it is shorter', () => {
    expect(putEntry(edited({ a: 1 }, { a: 2 }))).toEqual({ Op: 'put', Attributes: { a: 2 } });
  });

  test('the whole of a new model', () => {
    expect(putEntry(edit(waitingRow({ REMARKS, a: 1 }), { REMARKS, a: 2 }, true, NOW))).not.toHaveProperty('Changed');
  });

  test('the whole where a name would be taken for a path, so that the server says so', () => {
    expect(putEntry(edited({ REMARKS, answers: {} }, { REMARKS, answers: {}, 'answers.depth': 3 }))).not.toHaveProperty('Changed');
  });

  test('answers as a whole where there were none, or they were no answers', () => {
    const answers = { depth: 3 };
    expect(putEntry(edited({ REMARKS, note: REMARKS }, { REMARKS, note: REMARKS, answers }))).toMatchObject({ Attributes: { answers } });
    expect(putEntry(edited({ REMARKS, note: REMARKS, answers: 'none' }, { REMARKS, note: REMARKS, answers }))).toMatchObject({ Attributes: { answers } });
  });
});

describe('what a row keeps', () => {
  const value = fc.oneof(fc.nat(2), fc.constantFrom('none', null), fc.dictionary(fc.constantFrom('x', 'y'), fc.nat(2)));
  const attributes = fc.dictionary(fc.constantFrom('a', 'b', 'answers'), value);

  test('of its base only the changed fields; all of it is there again after a restart', () => {
    fc.assert(
      fc.property(attributes, fc.array(attributes, { minLength: 1, maxLength: 3 }), (before, edits) => {
        const row = edited(before, ...edits);
        expect(row.base).toEqual(before);
        expect(decodeRow(JSON.parse(JSON.stringify(encodeRow(row))))).toEqual(row);
      }),
    );
    const row = edited({ REMARKS, a: 1 }, { REMARKS, a: 2 });
    expect(encodeRow(row)['outpost']).toMatchObject({ base: { a: 1 }, changed: ['a'] });
  });

  test('nothing of it once the server has the newest edit', () => {
    expect(encodeRow(known({ a: 1 }))['outpost']).not.toHaveProperty('base');
    const again = received(edited({ a: 1 }, { a: 2 }), { ClientId: SERVER_ID, ServerId: SERVER_ID, Revision: 2, Status: 'applied', Version: 5 }, null, NOW);
    expect(encodeRow(again)['outpost']).not.toHaveProperty('base');
  });

  test('of a model is a copy, as JSON has it', () => {
    const model = { id: 'x', list: [1], when: new Date(0), nothing: undefined };
    const copy = snapshot(model);
    model.list.push(2);
    expect(copy).toEqual({ list: [1], when: '1970-01-01T00:00:00.000Z' });
  });
});
