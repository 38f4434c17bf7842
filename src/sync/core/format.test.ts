import { describe, expect, test } from 'vitest';
import type { Attributes } from '../../../protocol/index.ts';
import { isNewer, storedKeyOf, upgraded, type Step } from './format.ts';
import { decodeRow, encodeRow } from './row.ts';
import { CLIENT_ID, waitingRow } from './testing.ts';

/** A row as format 1 has it, to the letter: what is on devices now must stay readable. */
const FORMAT_1 = {
  name: 'well',
  id: 'srv_1',
  synchronized: false,
  version: 3,
  outpost: { clientId: CLIENT_ID, revision: 4, state: 'conflict', since: '2026-05-01T10:00:00.000Z', problem: { kind: 'gone', version: 4 }, base: { name: 'spring' }, deleted: true },
};

const PLAIN = { id: CLIENT_ID, synchronized: false, name: 'well' };

const stampedAs = (format: number, row: Attributes = FORMAT_1): Attributes => ({ ...row, outpost: { ...FORMAT_1.outpost, format } });

/** As if the next version of the app moved the state of a row out of its bookkeeping. */
const toFormat2: Step = (stored) => ({ ...stored, state: 'moved', outpost: { ...FORMAT_1.outpost, format: 2 } });

describe('the format of a stored row', () => {
  test('plain backbone.localstorage is 0, this version is 1, then the stamp says it', () => {
    const formats = { 0: PLAIN, 1: FORMAT_1, 7: stampedAs(7) };
    for (const [format, stored] of Object.entries(formats)) {
      const steps = Array.from({ length: Number(format) }, () => toFormat2);
      expect([isNewer(stored, steps), isNewer(stored, steps.slice(1))]).toEqual([false, steps.length > 0]);
    }
    expect(isNewer(encodeRow(waitingRow()))).toBe(false);
  });

  test('what is no row has none that is newer', () => {
    for (const stored of [undefined, null, 'text', 3, [], { outpost: 'text' }, { outpost: null }, { outpost: { format: '9' } }]) expect(isNewer(stored)).toBe(false);
  });
});

describe('an older row', () => {
  test('of plain backbone.localstorage is taken over as it is: what was not synchronized waits to be sent', () => {
    expect(decodeRow(PLAIN)).toEqual({ ...waitingRow(), since: new Date(0).toISOString() });
    expect(decodeRow({ id: '17', synchronized: true, name: 'well' })).toMatchObject({ id: '17', clientId: null, state: 'sent', revision: 0, attributes: { name: 'well' } });
  });

  test('of format 1 is read to the last field, and written back as it was', () => {
    const row = decodeRow(FORMAT_1);
    expect(row).toEqual({
      id: 'srv_1',
      clientId: CLIENT_ID,
      revision: 4,
      version: 3,
      state: 'conflict',
      since: '2026-05-01T10:00:00.000Z',
      problem: { kind: 'gone', version: 4 },
      attributes: { name: 'well' },
      changed: null,
      base: { name: 'spring' },
      deleted: true,
    });
    expect(row === null ? null : encodeRow(row)).toEqual(FORMAT_1);
  });

  test('goes through every step from its own format on, and through none before', () => {
    const steps = [(stored: Attributes): Attributes => ({ ...stored, first: true, outpost: FORMAT_1.outpost }), toFormat2];
    expect(upgraded(PLAIN, steps)).toMatchObject({ first: true, state: 'moved', outpost: { format: 2 } });
    expect(upgraded(FORMAT_1, steps)).toEqual(toFormat2(FORMAT_1));
    expect(upgraded(stampedAs(2), steps)).toEqual(stampedAs(2));
  });

  test('read again after a crash before it was written anew gives the same: the step changes nothing that is stored', () => {
    const stored = structuredClone(PLAIN);
    expect(upgraded(stored)).toEqual(upgraded(stored));
    expect(stored).toEqual(PLAIN);
    expect(upgraded(upgraded(stored))).toEqual(upgraded(stored));
  });
});

describe('a row of a newer version of the app', () => {
  test('is not read, though all that this version knows is in its place', () => {
    expect(isNewer(stampedAs(2))).toBe(true);
    expect(decodeRow(stampedAs(2))).toBeNull();
    expect(isNewer(stampedAs(2), [toFormat2, toFormat2])).toBe(false);
  });

  test('says which model it is of', () => {
    expect(storedKeyOf(stampedAs(2), 'srv_1')).toBe(CLIENT_ID);
    expect(storedKeyOf({ outpost: { clientId: null, format: 2 } }, 'srv_1')).toBe('srv_1');
    expect(storedKeyOf({ outpost: { format: 2 } }, 'srv_1')).toBe('srv_1');
  });
});
