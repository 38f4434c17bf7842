import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ClientId, ServerId } from '../../../protocol/index.ts';
import type { RecordState } from '../types.ts';
import type { Candidate } from './plan.ts';
import { checkReferences, waitsFor, withRealIds, type Directory, type References } from './references.ts';
import { edit, move, newRow, type Row } from './row.ts';
import { LATER, NOW } from './testing.ts';

const clientId = (n: number): ClientId => v.parse(ClientId, `a3b0c1d2-0000-4000-8000-${String(n).padStart(12, '0')}`);
const serverId = (n: number): ServerId => v.parse(ServerId, `srv_${n}`);

/** A finished model of this number, which names others by theirs. */
function model(n: number, names: Readonly<Record<string, string>> = {}): Row {
  return edit(newRow(clientId(n), NOW), names, true, NOW);
}
const acknowledged = (row: Row, n: number): Row => ({ ...move(row, 'acknowledged', NOW), id: serverId(n), version: 1 });

function directory(rows: readonly Candidate[], references: Readonly<Record<string, References>> = { visits: { well: 'wells' } }): Directory {
  return {
    references: (collection) => references[collection] ?? {},
    find: (collection, id) => rows.find((each) => each.collection === collection && (each.row.id === id || each.row.clientId === id))?.row,
  };
}

const visit: Candidate = { collection: 'visits', row: model(9, { well: clientId(1), note: 'dry' }) };
const well = (row: Row): Candidate => ({ collection: 'wells', row });
const waiting = (row: Row): unknown => waitsFor(visit, directory([visit, well(row)]))?.row ?? null;

describe('a model that names another by its temporary id', () => {
  const states: readonly RecordState[] = ['draft', 'waiting', 'sending', 'queued', 'edited-while-sending', 'rejected', 'needs-sign-in'];
  test.each(states)('waits while that one is %s', (state) => {
    expect(waiting({ ...model(1), state })).toMatchObject({ clientId: clientId(1) });
  });

  test.each([
    ['is acknowledged', acknowledged(model(1), 1)],
    ['was acknowledged and edited since, or is in conflict', { ...acknowledged(model(1), 1), state: 'conflict' as const }],
    ['was sent before the engine kept it, under the same id', { ...model(1), state: 'sent' as const }],
    ['was removed', { ...model(1), deleted: true }],
    ['is another one', model(2)],
  ])('does not wait when that one %s', (_why, row) => {
    expect(waiting(row)).toBeNull();
  });

  test('does not wait for itself', () => {
    const self: Candidate = { collection: 'wells', row: model(1, { near: clientId(1) }) };
    expect(waitsFor(self, directory([self], { wells: { near: 'wells' } }))).toBeNull();
  });

  test('in any tangle: somebody can always go, and whoever waits is not waited for by what it waits for', () => {
    const SIZE = 5;
    const names = fc.array(fc.record({ a: fc.nat(SIZE), b: fc.nat(SIZE) }), { minLength: SIZE, maxLength: SIZE });
    fc.assert(
      fc.property(names, (tangle) => {
        let rows = tangle.map(({ a, b }, n): Candidate => ({ collection: 'wells', row: model(n, { a: clientId(a), b: clientId(b) }) }));
        const references = { wells: { a: 'wells', b: 'wells' } };
        for (let round = 0; round < SIZE; round += 1) {
          const about = directory(rows, references);
          rows = rows.map(({ collection, row }) => ({ collection, row: withRealIds({ collection, row }, about) }));
          const free = new Set(rows.filter(({ row }) => row.state === 'waiting' && waitsFor({ collection: 'wells', row }, about) === null));
          expect(free.size > 0 || rows.every(({ row }) => row.state === 'sent')).toBe(true);
          rows = rows.map((each, n) => (free.has(each) ? { ...each, row: acknowledged(each.row, n) } : each));
        }
        expect(rows.every(({ row }) => row.state === 'sent')).toBe(true);
        // Without a circle nobody goes with a temporary id.
        const isOrdered = tangle.every(({ a, b }, n) => [a, b].every((other) => other > n));
        const temporary = rows.filter(({ row }) => rows.some((other) => Object.values(row.attributes).includes(other.row.clientId)));
        if (isOrdered) expect(temporary).toEqual([]);
      }),
    );
  });
});

describe('once the real id is there', () => {
  const about = directory([visit, well(acknowledged(model(1), 1))]);
  const linked = (row: Row): Row => withRealIds({ collection: 'visits', row }, about);

  test('it takes the place of the temporary one, as an edit that waits since when it did', () => {
    const row = linked({ ...visit.row, since: LATER });
    expect(row).toMatchObject({ attributes: { well: serverId(1), note: 'dry' }, revision: visit.row.revision + 1, state: 'waiting', since: LATER });
    expect(linked(row)).toBe(row);
  });

  test('also in a draft, a refused one and one that is in flight, which stay what they are to a person', () => {
    expect(linked({ ...visit.row, state: 'draft' })).toMatchObject({ state: 'draft', attributes: { well: serverId(1) } });
    const problem = { kind: 'rejected', errors: [] } as const;
    expect(linked({ ...visit.row, state: 'rejected', problem })).toMatchObject({ state: 'rejected', problem, attributes: { well: serverId(1) } });
    expect(linked({ ...visit.row, state: 'sending' })).toMatchObject({ state: 'edited-while-sending', attributes: { well: serverId(1) } });
  });

  test('what the server has acknowledged with the temporary one stays as the server has it', () => {
    const sent = acknowledged(visit.row, 9);
    expect(linked(sent)).toBe(sent);
    expect(linked(edit(sent, visit.row.attributes, true, NOW))).toMatchObject({ attributes: { well: serverId(1) }, changed: ['well'] });
  });
});

describe('declared at the start', () => {
  test('to a collection that the engine keeps and sends', () => {
    expect(() => checkReferences({ visits: { references: { well: 'wells' } }, wells: {} })).not.toThrow();
  });

  test.each([
    ['one that it does not keep', { visits: { references: { well: 'wells' } } }],
    ['one of a name that every object has', { visits: { references: { well: 'constructor' } } }],
    ['one that stays on the device', { visits: { references: { well: 'wells' } }, wells: { local: true } }],
  ])('to %s: an error that names both', (_what, collections) => {
    expect(() => checkReferences(collections)).toThrow(/"well" of "visits" refers to "(wells|constructor)", which/);
  });
});
