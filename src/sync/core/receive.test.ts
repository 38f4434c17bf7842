import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change, PushResult } from '../../../protocol/index.ts';
import { entryOf } from './plan.ts';
import { resolve, takeChange } from './receive.ts';
import { decodeRow, edit, encodeRow, isLater, move, remove } from './row.ts';
import { CLIENT_ID, LATER, NOW, SERVER_ID, received, waitingRow } from './testing.ts';

const applied = { ClientId: CLIENT_ID, ServerId: SERVER_ID, Revision: 1, Status: 'applied' as const, Version: 1 } satisfies PushResult;

describe('a receipt', () => {
  test('for the newest edit: the row takes the ServerId and is synchronized', () => {
    const row = received(move(waitingRow(), 'push-started', NOW), applied, null, LATER);
    expect(row).toMatchObject({ id: SERVER_ID, clientId: CLIENT_ID, version: 1, state: 'sent', since: LATER });
    expect(encodeRow(row)).toMatchObject({ id: SERVER_ID, synchronized: true, version: 1, name: 'well' });
  });

  test('for an older edit clears nothing: the newer one stays unsynchronized, under its real id', () => {
    const edited = edit(move(waitingRow(), 'push-started', NOW), { name: 'spring' }, true, NOW);
    expect(edited.state).toBe('edited-while-sending');
    const row = received(edited, applied, null, LATER);
    expect(row).toMatchObject({ id: SERVER_ID, state: 'waiting', revision: 2, version: 1, attributes: { name: 'spring' } });
  });

  test('that calls an older edit a duplicate says nothing of what others did since: the next push stands on what it has seen', () => {
    const edited = edit(waitingRow(), { name: 'spring' }, true, NOW);
    expect(received(edited, { ...applied, Status: 'duplicate', Version: 7 }, null, LATER)).toMatchObject({ id: SERVER_ID, version: 0, state: 'waiting' });
  });

  test('that asks for the whole model: it goes out at once, as an edit of its own, and the worker’s queue takes it', () => {
    const sent = received(waitingRow({ name: 'well', note: 'a note of the well that is longer than what a patch needs around it' }), applied, null, NOW);
    const sending = move(edit(sent, { name: 'spring', note: 'a note of the well that is longer than what a patch needs around it' }, true, NOW), 'push-started', NOW);
    expect(entryOf({ collection: 'wells', row: sending })).toMatchObject({ Changed: ['name'], Attributes: { name: 'spring' } });
    const row = received(sending, { ClientId: SERVER_ID, Revision: sending.revision, Status: 'retry' }, sending, LATER);
    expect(row).toMatchObject({ state: 'waiting', revision: sending.revision + 1, version: 1 });
    expect(entryOf({ collection: 'wells', row })).not.toHaveProperty('Changed');
    expect(received(move(row, 'push-started', NOW), { ClientId: SERVER_ID, Revision: row.revision, Status: 'retry' }, row, LATER)).toEqual(row);
  });

  test('that names no Revision covers only what is known to have been sent', () => {
    const { Revision: _, ...bare } = applied;
    expect(received(waitingRow(), bare, null, LATER).state).toBe('waiting');
    expect(received(waitingRow(), bare, { revision: 1, attributes: {} }, LATER).state).toBe('sent');
  });

  test('of any number, in any order, for any edits: synchronized means that the newest edit was acknowledged', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('edit' as const) }),
      fc.record({ kind: fc.constant('receipt' as const), revision: fc.nat(6), status: fc.constantFrom('applied', 'duplicate') }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let row = waitingRow();
        let highest = 0;
        steps.forEach((each, index) => {
          if (each.kind === 'edit') row = edit(row, { index }, true, NOW);
          else if (each.revision <= row.revision) {
            highest = Math.max(highest, each.revision);
            row = received(row, { ...applied, Status: each.status, Revision: each.revision, Version: each.revision }, null, NOW);
          }
          expect(row.state === 'sent').toBe(highest >= row.revision);
        });
      }),
    );
  });

  test('merged, covering: the row becomes the merged record', () => {
    const row = received(waitingRow(), { ...applied, Status: 'merged', Version: 3, Attributes: { name: 'well', depth: 4 } }, null, LATER);
    expect(row).toMatchObject({ state: 'sent', version: 3, attributes: { name: 'well', depth: 4 } });
  });

  test('merged, but edited since: both sides are kept for a person', () => {
    const row = received(edit(waitingRow(), { name: 'spring' }, true, NOW), { ...applied, Status: 'merged', Version: 3, Attributes: { depth: 4 } }, null, LATER);
    expect(row).toMatchObject({ state: 'conflict', attributes: { name: 'spring' }, problem: { kind: 'conflict', version: 3, attributes: { depth: 4 } } });
  });

  test('rejected: the answers stay, with the reason beside them', () => {
    const errors = [{ Path: 'answers.age', Message: 'Too old.' }];
    const row = received(waitingRow(), { ClientId: CLIENT_ID, Revision: 1, Status: 'rejected', Errors: errors }, null, LATER);
    expect(row).toMatchObject({ state: 'rejected', attributes: { name: 'well' }, problem: { kind: 'rejected', errors } });
    expect(edit(row, { name: 'spring' }, true, LATER)).toMatchObject({ state: 'waiting', problem: null });
  });
});

describe('a conflict', () => {
  const conflict = { ...applied, Status: 'conflict' as const, Version: 7, Attributes: { name: 'theirs' } } satisfies PushResult;
  const row = received(waitingRow({ name: 'mine' }), conflict, null, NOW);

  test('answered again after a pull has brought the server’s side further: that side stays', () => {
    const older = received(row, { ...conflict, Version: 6, Attributes: { name: 'theirs before' } }, null, LATER);
    expect(older).toEqual(row);
  });

  test('keeps both sides until it is decided', () => {
    expect(row).toMatchObject({ state: 'conflict', attributes: { name: 'mine' }, problem: { version: 7, attributes: { name: 'theirs' } } });
    expect(decodeRow(JSON.parse(JSON.stringify(encodeRow(row))))).toEqual(row);
  });

  test('decided for mine: a new edit on top of what the server has', () => {
    expect(resolve(row, 'mine', true, LATER)).toMatchObject({ state: 'waiting', version: 7, revision: 2, attributes: { name: 'mine' }, problem: null });
  });

  test('decided for theirs: the server’s record, synchronized', () => {
    expect(resolve(row, 'theirs', true, LATER)).toMatchObject({ state: 'sent', version: 7, attributes: { name: 'theirs' }, problem: null });
  });

  test('with a record deleted there, decided for theirs: it is removed here', () => {
    const gone = received(waitingRow(), { ClientId: CLIENT_ID, ServerId: SERVER_ID, Revision: 1, Status: 'gone', Version: 4 }, null, NOW);
    expect(gone).toMatchObject({ state: 'conflict', problem: { kind: 'gone', version: 4 } });
    expect(resolve(gone, 'theirs', true, LATER)).toMatchObject({ state: 'sent', deleted: true, version: 4, problem: null, since: LATER });
  });
});

test('a removal that the server objects to, then an edit of what is shown again: it is wanted, and sent whichever side is chosen for', () => {
  const objected = received(remove(received(waitingRow(), applied, null, NOW), NOW), { ...applied, Revision: 2, Status: 'conflict', Version: 2, Attributes: { name: 'theirs' } }, null, NOW);
  expect(objected).toMatchObject({ state: 'conflict', deleted: true });
  const edited = edit(objected, { name: 'spring' }, true, LATER);
  expect(resolve(edited, 'mine', true, LATER)).toMatchObject({ state: 'waiting', version: 2, deleted: false, attributes: { name: 'spring' } });
});

describe('a pulled change', () => {
  const change: Change = { Id: SERVER_ID, ClientId: CLIENT_ID, Version: 2, Attributes: { name: 'theirs' } };
  const sent = received(waitingRow(), applied, null, NOW);

  test('that is new is added as synchronized', () => {
    expect(takeChange(undefined, change, NOW)).toMatchObject({ id: SERVER_ID, state: 'sent', version: 2, revision: 0 });
  });

  test('updates what is synchronized', () => {
    expect(takeChange(sent, change, NOW)).toMatchObject({ version: 2, attributes: { name: 'theirs' } });
  });

  test('never overwrites a local edit, nor removes one', () => {
    const edited = edit(sent, { name: 'mine' }, true, NOW);
    expect(takeChange(edited, change, NOW)).toBe(edited);
    expect(takeChange(edited, { Id: SERVER_ID, Version: 3, Deleted: true }, NOW)).toBe(edited);
  });

  test('tells a local edit its real id, where the answer that had it was lost, and nothing else', () => {
    const refused = move(waitingRow(), 'refused', NOW);
    expect(takeChange(refused, change, NOW)).toEqual({ ...refused, id: SERVER_ID });
  });

  test('brings the other side of a conflict up to date, so that nobody decides for what is no longer there', () => {
    const conflict = received(waitingRow({ name: 'mine' }), { ...applied, Status: 'conflict', Version: 2, Attributes: { name: 'theirs' } }, null, NOW);
    const older = takeChange(conflict, change, LATER);
    const newer = takeChange(conflict, { ...change, Version: 3, Attributes: { name: 'theirs again' } }, LATER);
    expect(older).toBe(conflict);
    expect(newer).toMatchObject({ state: 'conflict', attributes: { name: 'mine' }, problem: { version: 3, attributes: { name: 'theirs again' } } });
    expect(takeChange(conflict, { Id: SERVER_ID, Version: 3, Deleted: true }, LATER)).toMatchObject({ state: 'conflict', problem: { kind: 'gone', version: 3 } });
  });

  test('that is older than what is here changes nothing', () => {
    const later = { ...sent, version: 2 };
    expect(takeChange(later, change, NOW)).toBe(later);
  });

  test('of a deletion removes what is synchronized, and adds nothing that was never here', () => {
    const deletion: Change = { Id: SERVER_ID, Version: 3, Deleted: true };
    expect(takeChange(sent, deletion, NOW)).toMatchObject({ state: 'sent', deleted: true, version: 3 });
    expect(takeChange(undefined, deletion, NOW)).toBeNull();
  });

  test('that is older than a deletion brings nothing back; one that came after it does', () => {
    const gone = takeChange(sent, { Id: SERVER_ID, Version: 3, Deleted: true }, NOW) ?? undefined;
    expect(takeChange(gone, change, NOW)).toBe(gone);
    expect(takeChange(gone, { ...change, Version: 4 }, NOW)).toMatchObject({ deleted: false, version: 4, attributes: { name: 'theirs' } });
  });
});

test('a row of plain backbone.localstorage is taken over: what was not synchronized waits', () => {
  const row = decodeRow({ id: CLIENT_ID, synchronized: false, name: 'well' });
  expect(row).toMatchObject({ id: CLIENT_ID, clientId: CLIENT_ID, state: 'waiting', revision: 1, version: 0, attributes: { name: 'well' } });
  expect(decodeRow({ id: '17', synchronized: true })).toMatchObject({ state: 'sent', clientId: null });
  expect(decodeRow('{')).toBeNull();
});

test('later is what was edited later, and of equal edits what was acknowledged', () => {
  const row = waitingRow();
  const acknowledged = received(row, applied, null, NOW);
  expect(isLater(acknowledged, row)).toBe(true);
  expect(isLater(edit(row, {}, true, NOW), acknowledged)).toBe(true);
  expect(isLater(row, row)).toBe(false);
});

test('rows lost and pulled again: the next edit is newer than all that this device has sent', () => {
  const pulled = takeChange(undefined, { Id: SERVER_ID, Version: 3, Revision: 5, Attributes: {} }, NOW);
  expect(pulled).toMatchObject({ revision: 5 });
  expect(pulled && edit(pulled, {}, true, NOW).revision).toBe(6);
});

test('a pulled record is sent since the server stored it, not since it was pulled', () => {
  const change: Change = { Id: SERVER_ID, Version: 1, At: NOW, Attributes: {} };
  expect(takeChange(undefined, change, LATER)).toMatchObject({ since: NOW });
});
