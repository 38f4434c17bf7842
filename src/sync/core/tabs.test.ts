import { describe, expect, test } from 'vitest';
import { settled } from './receive.ts';
import { edit, move, newRow, remove } from './row.ts';
import { overtakes, settleWrite } from './tabs.ts';
import { CLIENT_ID, LATER, NOW, SERVER_ID, waitingRow } from './testing.ts';

const first = waitingRow({ name: 'well', depth: 3 });
const sent = { ...move(first, 'acknowledged', NOW), id: SERVER_ID, version: 1 };

describe('a row heard from another tab', () => {
  test('replaces an older one, and never a newer', () => {
    const newer = edit(first, { name: 'spring' }, true, NOW);
    expect(overtakes(newer, first)).toBe(true);
    expect(overtakes(first, newer)).toBe(false);
    expect(overtakes(sent, newer)).toBe(false);
  });

  test('replaces its own like where the server has answered it', () => {
    const refused = move(first, 'refused', NOW);
    expect(overtakes(refused, first)).toBe(true);
    expect(overtakes(first, refused)).toBe(false);
  });

  test('brings the later side of the server in a conflict, so that nobody chooses an older one', () => {
    const conflict = (version: number) => ({ ...move(first, 'conflicted', NOW), problem: { kind: 'conflict' as const, version, attributes: {} } });
    expect(overtakes(conflict(3), conflict(2))).toBe(true);
    expect(overtakes(conflict(2), conflict(3))).toBe(false);
    expect(overtakes(conflict(2), conflict(2))).toBe(false);
  });

  test('heard again changes nothing', () => {
    expect(overtakes(sent, { ...sent })).toBe(false);
    expect(overtakes(first, move(first, 'push-started', LATER))).toBe(false);
  });
});

describe('an edit in the journal', () => {
  const here = edit(first, { name: 'spring', depth: 3 }, true, NOW);
  const there = edit(first, { name: 'well', depth: 7 }, true, NOW);

  test('that nobody came before is written as it is', () => {
    expect(settleWrite(null, first, null)).toBe(first);
    expect(settleWrite(first, here, first)).toBe(here);
  });

  test('two tabs edit at once: the second gets a Revision of its own and loses neither edit', () => {
    expect(settleWrite(there, here, first)).toEqual({ ...here, revision: 3, attributes: { name: 'spring', depth: 7 } });
  });

  test('two tabs edit the same field at once: the last save wins', () => {
    const alsoHere = edit(first, { name: 'spring', depth: 9 }, true, NOW);
    expect(settleWrite(there, alsoHere, first)).toMatchObject({ revision: 3, attributes: { name: 'spring', depth: 9 } });
  });

  test('several saves that gathered stand above what another tab saved meanwhile', () => {
    const twice = edit(here, { name: 'lake', depth: 3 }, true, NOW);
    expect(settleWrite(there, twice, first)).toMatchObject({ revision: 4, attributes: { name: 'lake', depth: 7 } });
  });

  test('the same edit made by both, as by a policy that settles a conflict, is one', () => {
    expect(settleWrite(here, { ...here, since: LATER }, first)).toBe(here);
  });

  test('made before the tab heard of the ServerId is kept under it, on the Version that it has seen', () => {
    expect(settleWrite(sent, here, first)).toEqual({ ...here, id: SERVER_ID });
  });
});

test('a draft thrown away in one tab while another finishes it stays, and the first has it again', () => {
  const draft = edit(newRow(CLIENT_ID, NOW), { name: 'well' }, false, NOW);
  const thrownAway = settled(remove(draft, NOW), NOW);
  const finished = edit(draft, { name: 'well', depth: 3 }, true, NOW);
  const kept = settleWrite(finished, thrownAway, draft);
  expect(kept).toMatchObject({ state: 'waiting', deleted: false, attributes: { name: 'well', depth: 3 } });
  expect(overtakes(kept, thrownAway)).toBe(true);
  expect(settleWrite(thrownAway, finished, draft)).toMatchObject({ state: 'waiting', deleted: false, revision: 3, attributes: { name: 'well', depth: 3 } });
});

test('a draft finished in one tab while another goes on writing is finished, with what both wrote', () => {
  const draft = edit(newRow(CLIENT_ID, NOW), { name: 'well' }, false, NOW);
  const finished = edit(draft, { name: 'well', depth: 3 }, true, NOW);
  const written = edit(draft, { name: 'spring' }, false, NOW);
  expect(settleWrite(finished, written, draft)).toMatchObject({ state: 'waiting', revision: 3, attributes: { name: 'spring', depth: 3 } });
  expect(settleWrite(written, finished, draft)).toMatchObject({ state: 'waiting', revision: 3, attributes: { name: 'spring', depth: 3 } });
  expect(settleWrite(edit(draft, { name: 'well', depth: 3 }, false, NOW), written, draft)).toMatchObject({ state: 'draft', revision: 3 });
});

test('made anew under the id of one that was removed: it is newer, and nothing of the other is in it', () => {
  const thrownAway = settled(remove(edit(newRow(CLIENT_ID, NOW), { name: 'well', depth: 3 }, false, NOW), NOW), NOW);
  const anew = edit(newRow(CLIENT_ID, NOW), { name: 'spring' }, false, NOW);
  expect(settleWrite(thrownAway, anew, newRow(CLIENT_ID, NOW))).toMatchObject({ state: 'draft', deleted: false, revision: 3, attributes: { name: 'spring' } });
  expect(settleWrite(thrownAway, anew, newRow(CLIENT_ID, NOW)).attributes).not.toHaveProperty('depth');
});

describe('a receipt in the journal', () => {
  test('does not undo the newer edit of another tab, which learns the ServerId', () => {
    const newer = edit(first, { name: 'spring' }, true, NOW);
    expect(settleWrite(newer, sent, null)).toEqual({ ...newer, id: SERVER_ID });
  });

  test('written a second time changes nothing', () => {
    const again = { ...sent };
    expect(settleWrite(sent, again, null)).toBe(again);
  });
});

test('two tabs answer different questions of one response at once: both answers are there', () => {
  const start = waitingRow({ answers: { depth: 3, colour: 'clear' } });
  const here = edit(start, { answers: { depth: 9, colour: 'clear' } }, true, NOW);
  const there = edit(start, { answers: { depth: 3, colour: 'brown' } }, true, NOW);
  expect(settleWrite(there, here, start).attributes).toEqual({ answers: { depth: 9, colour: 'brown' } });
});
