import { describe, expect, test } from 'vitest';
import type { PushResult } from '../../../protocol/index.ts';
import { JOURNAL_KEEPS_SETTLED_MS, latestByKey, restore } from './restore.ts';
import { edit, remove } from './row.ts';
import { CLIENT_ID, NOW, SERVER_ID, received, waitingRow } from './testing.ts';

const applied = { ClientId: CLIENT_ID, ServerId: SERVER_ID, Revision: 1, Status: 'applied' as const, Version: 1 } satisfies PushResult;
const now = new Date(NOW);
const muchLater = new Date(now.getTime() + JOURNAL_KEEPS_SETTLED_MS + 1);

describe('after a crash', () => {
  const old = waitingRow({ name: 'old' });
  const newer = edit(old, { name: 'new' }, true, NOW);

  test('a row that localStorage lost comes back from the journal', () => {
    expect(restore([], [old], now)).toMatchObject({ toStore: [old], toJournal: [] });
  });

  test('an edit that localStorage lost comes back from the journal', () => {
    expect(restore([old], [newer], now)).toMatchObject({ toStore: [newer] });
  });

  test('of two edits of the same Revision, made in two tabs at one moment, the one that the journal has was called saved', () => {
    const other = edit(old, { name: 'other' }, true, NOW);
    expect(restore([other], [newer], now)).toMatchObject({ toStore: [newer], toJournal: [] });
  });

  test('an edit that the journal lost is kept, and journalled', () => {
    expect(restore([newer], [old], now)).toMatchObject({ toStore: [], toJournal: [newer] });
  });

  test('an acknowledgement that localStorage lost comes back, so that nothing is sent again', () => {
    const sent = received(old, applied, null, NOW);
    expect(restore([old], [sent], now)).toMatchObject({ toStore: [{ id: SERVER_ID, state: 'sent' }] });
  });

  test('a removal that the server knows of stands, whatever of the row localStorage has again', () => {
    const sent = received(old, applied, null, NOW);
    const removed = remove(sent, NOW);
    const gone = received(removed, { ...applied, ClientId: SERVER_ID, Revision: 2, Version: 2 }, null, NOW);
    for (const back of [old, sent, removed]) expect(restore([back], [gone], now)).toEqual({ toStore: [gone], toJournal: [], toForget: [] });
    expect(restore([edit(removed, { name: 'wanted' }, true, NOW)], [gone], now).toStore).toEqual([]);
  });

  test('between the new row and the removal of the old one: the one with the real id counts', () => {
    const sent = received(old, applied, null, NOW);
    expect([...latestByKey([sent, old]).values()]).toEqual([sent]);
    expect([...latestByKey([old, sent]).values()]).toEqual([sent]);
  });
});

describe('the journal', () => {
  const sent = received(waitingRow(), applied, null, NOW);

  test('keeps a synchronized row until the browser has surely written localStorage to disk', () => {
    expect(restore([sent], [sent], now).toForget).toEqual([]);
    expect(restore([sent], [sent], muchLater).toForget).toEqual([sent]);
  });

  test('keeps a synchronized row that localStorage does not hold', () => {
    expect(restore([], [sent], muchLater)).toMatchObject({ toForget: [], toStore: [sent] });
  });

  test('keeps a removal for as long, though localStorage holds nothing of it', () => {
    const gone = received(remove(sent, NOW), { ...applied, ClientId: SERVER_ID, Revision: 2, Version: 2 }, null, NOW);
    expect(restore([], [gone], now)).toMatchObject({ toForget: [], toStore: [gone] });
    expect(restore([], [gone], muchLater)).toMatchObject({ toForget: [gone], toStore: [] });
  });

  test('is not given what the server has', () => {
    expect(restore([sent], [], now).toJournal).toEqual([]);
  });
});
