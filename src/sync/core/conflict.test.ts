import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differing, toFields, type PushResult } from '../../../protocol/index.ts';
import { settle, type Conflict } from './conflict.ts';
import { receive, resolve } from './receive.ts';
import { decodeRow, edit, encodeRow, isGone, isShown, remove } from './row.ts';
import { CLIENT_ID, LATER, NOW, SERVER_ID, received, waitingRow } from './testing.ts';

const applied = { ClientId: CLIENT_ID, ServerId: SERVER_ID, Revision: 1, Status: 'applied' as const, Version: 1 } satisfies PushResult;
const ours = { name: 'well', answers: { depth: 3, colour: 'clear' } };
const sent = received(waitingRow(ours), applied, null, NOW);
const deeper = edit(sent, { name: 'well', answers: { depth: 9, colour: 'clear' } }, true, NOW);

function conflictWith(Attributes: Record<string, unknown>, Version = 2): PushResult {
  return { ClientId: SERVER_ID, ServerId: SERVER_ID, Revision: deeper.revision, Status: 'conflict', Version, Attributes };
}

describe('merge', () => {
  test('edits of different answers are put together and sent on top of what the server has', () => {
    const theirs = { name: 'well', answers: { depth: 3, colour: 'brown' } };
    const row = received(deeper, conflictWith(theirs), null, LATER);
    expect(row).toMatchObject({ state: 'waiting', version: 2, revision: deeper.revision + 1, problem: null });
    expect(row.attributes).toEqual({ name: 'well', answers: { depth: 9, colour: 'brown' } });
    expect(row.base).toEqual(theirs);
  });

  test('the same answer changed on both sides is asked, and both are kept', () => {
    const row = received(deeper, conflictWith({ name: 'well', answers: { depth: 5, colour: 'clear' } }), null, LATER);
    expect(row).toMatchObject({ state: 'conflict', attributes: { answers: { depth: 9 } }, problem: { kind: 'conflict', attributes: { answers: { depth: 5 } } } });
  });

  test('the same change on both sides is no conflict', () => {
    expect(received(deeper, conflictWith({ name: 'spring', answers: { depth: 9, colour: 'clear' } }), null, LATER)).toMatchObject({
      state: 'waiting',
      attributes: { name: 'spring', answers: { depth: 9 } },
    });
  });

  test('an answer removed here stays removed, one added there is there', () => {
    const fewer = edit(sent, { name: 'well', answers: { colour: 'clear' } }, true, NOW);
    const row = received(fewer, conflictWith({ ...ours, note: 'dry in May' }), null, LATER);
    expect(row.attributes).toEqual({ name: 'well', answers: { colour: 'clear' }, note: 'dry in May' });
  });

  test('edited while sending: the next merge stands on what was acknowledged, not on what was there before', () => {
    const sending = deeper;
    const edited = edit(sending, { name: 'well', answers: { depth: 9, colour: 'green' } }, true, NOW);
    const acknowledged = received(edited, { ...applied, Revision: sending.revision, Version: 2 }, sending, NOW);
    expect(acknowledged).toMatchObject({ state: 'waiting', version: 2, base: sending.attributes });
    const theirs = { name: 'well', answers: { depth: 4, colour: 'clear' } };
    const merged = received(acknowledged, { ...applied, Revision: edited.revision, Status: 'conflict', Version: 3, Attributes: theirs }, null, NOW);
    expect(merged.attributes).toEqual({ name: 'well', answers: { depth: 4, colour: 'green' } });
  });

  test('what was changed back here stays so, though the server has what it was changed to in between', () => {
    const back = edit(deeper, ours, true, NOW);
    const theirs = { ...deeper.attributes, note: 'dry in May' };
    const row = received(back, { ...applied, Revision: back.revision, Status: 'conflict', Version: 3, Attributes: theirs, Changed: ['note'] }, null, LATER);
    expect(row).toMatchObject({ state: 'waiting', attributes: { ...ours, note: 'dry in May' }, changed: ['answers.depth'] });
  });

  test('of any three sides: it takes every change of one side alone, or asks', () => {
    const side = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(2));
    fc.assert(
      fc.property(side, side, side, (base, mine, theirs) => {
        const settlement = settle('merge', { base, mine, theirs });
        const [b, m, t] = [toFields(base), toFields(mine), toFields(theirs)];
        const overlapping = differing(b, m).filter((path) => differing(b, t).includes(path) && differing(m, t).includes(path));
        expect(settlement === 'ask').toBe(overlapping.length > 0);
        const merged = toFields(typeof settlement === 'string' ? {} : settlement.attributes);
        if (overlapping.length > 0) return;
        for (const path of differing(b, m)) expect(merged.get(path)).toBe(m.get(path));
        for (const path of differing(b, t)) expect(merged.get(path)).toBe(t.get(path));
      }),
    );
  });

  test('without what both began with, nobody can tell the changes apart: it asks', () => {
    expect(settle('merge', { base: null, mine: ours, theirs: { name: 'spring' } })).toBe('ask');
  });
});

describe('the other policies', () => {
  const theirs = { name: 'spring', answers: { depth: 5, colour: 'brown' } };
  const conflict = conflictWith(theirs);

  test('client-wins sends mine again on top of theirs', () => {
    expect(received(deeper, conflict, null, LATER, 'client-wins')).toMatchObject({ state: 'waiting', version: 2, attributes: deeper.attributes, base: theirs });
  });

  test('server-wins takes theirs', () => {
    expect(received(deeper, conflict, null, LATER, 'server-wins')).toMatchObject({ state: 'sent', version: 2, attributes: theirs, base: null });
  });

  test('ask keeps both, also where they could be put together', () => {
    expect(received(deeper, conflictWith({ ...ours, note: 'x' }), null, LATER, 'ask')).toMatchObject({ state: 'conflict', attributes: deeper.attributes });
  });

  test('an own function sees all three sides and may make something of them', () => {
    const seen: Conflict[] = [];
    const row = received(deeper, conflict, null, LATER, (each) => {
      seen.push(each);
      return { attributes: { name: 'both' } };
    });
    expect(seen).toEqual([{ base: ours, mine: deeper.attributes, theirs, changed: { here: ['answers.depth'], there: null } }]);
    expect(row).toMatchObject({ state: 'waiting', version: 2, attributes: { name: 'both' } });
  });

  test('a draft is never touched by a conflict: its person is not done', () => {
    const draft = edit(deeper, { name: 'half a na' }, false, NOW);
    expect(received(draft, conflict, null, LATER, 'server-wins')).toMatchObject({ state: 'draft', attributes: { name: 'half a na' } });
  });

  test('answered twice: what a person has decided is not asked again', () => {
    const asked = received(deeper, conflict, null, LATER, 'ask');
    const decided = resolve(asked, 'mine', true, LATER);
    expect(receive(decided, conflict, null, 'ask', LATER)).toBe(decided);
  });
});

describe('deleted here', () => {
  const removed = remove(sent, NOW);

  test('it waits to be told to the server, out of sight, through a restart', () => {
    expect(removed).toMatchObject({ state: 'waiting', deleted: true, revision: 2, version: 1 });
    expect(isShown(removed)).toBe(false);
    expect(decodeRow(JSON.parse(JSON.stringify(encodeRow(removed))))).toEqual(removed);
  });

  test('acknowledged: gone, and the journal can tell a row that a crash brings back', () => {
    const result: PushResult = { ...applied, Revision: 2, Version: 2 };
    const gone = received(removed, result, null, NOW);
    expect(gone).toMatchObject({ state: 'sent', deleted: true, version: 2 });
    expect(isShown(gone)).toBe(false);
    expect(decodeRow(JSON.parse(JSON.stringify(encodeRow(gone))))).toEqual(gone);
    expect(receive(removed, { ...result, Revision: 1 }, null, 'merge', NOW)).toMatchObject({ deleted: true, state: 'waiting' });
  });

  test('edited there: it comes back to be decided; mine deletes it on top, theirs keeps it', () => {
    const asked = received(removed, conflictWith({ name: 'spring' }), null, NOW);
    expect(asked).toMatchObject({ state: 'conflict', deleted: true });
    expect(isShown(asked)).toBe(true);
    expect(resolve(asked, 'mine', true, NOW)).toMatchObject({ state: 'waiting', deleted: true, version: 2 });
    expect(resolve(asked, 'theirs', true, NOW)).toMatchObject({ state: 'sent', deleted: false, attributes: { name: 'spring' } });
  });
});

describe('deleted there, edited here', () => {
  const gone: PushResult = { ClientId: SERVER_ID, ServerId: SERVER_ID, Revision: deeper.revision, Status: 'gone', Version: 5 };

  test('is asked; client-wins brings it back on top of the deletion; server-wins removes it here', () => {
    expect(received(deeper, gone, null, NOW)).toMatchObject({ state: 'conflict', problem: { kind: 'gone', version: 5 } });
    expect(received(deeper, gone, null, NOW, 'client-wins')).toMatchObject({ state: 'waiting', version: 5, attributes: deeper.attributes });
    expect(isGone(received(deeper, gone, null, NOW, 'server-wins'))).toBe(true);
  });
});
