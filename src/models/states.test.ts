import { expect, test } from 'vitest';
import type { RecordState } from '../sync/types.ts';
import { words } from '../words.ts';
import { actionsFor, needsPerson, shapeFor, shapeOfSummary } from './states.ts';

/** Typed so that a new state does not compile until it stands here. */
const TOLD: Readonly<Record<RecordState, string>> = {
  draft: 'Draft',
  waiting: 'Waiting to send',
  queued: 'Waiting to send',
  sending: 'Sending',
  'edited-while-sending': 'Sending',
  sent: 'Sent',
  conflict: 'Changed on the server',
  rejected: 'Couldn’t send',
  'needs-sign-in': 'Needs sign-in',
};
const isState = (name: string): name is RecordState => Object.hasOwn(TOLD, name);
const STATES = Object.keys(TOLD).filter(isState);

test('every state has the words of the design', () => {
  expect(words.states).toEqual(TOLD);
});

test('states that are told differently have shapes that differ', () => {
  const shapeByWords = new Map(STATES.map((state) => [TOLD[state], shapeFor(state)]));
  expect(new Set(shapeByWords.values()).size).toBe(shapeByWords.size);
  for (const state of STATES) expect(shapeFor(state)).toBe(shapeByWords.get(TOLD[state]));
});

test('every state offers something, each of it in words', () => {
  for (const state of STATES) {
    expect(actionsFor(state).length).toBeGreaterThan(0);
    for (const action of actionsFor(state)) expect(words.actions[action]).not.toBe('');
  }
});

test('a refused response can be edited, retried, exported or deleted', () => {
  expect(actionsFor('rejected')).toEqual(['edit', 'retry', 'export', 'delete']);
});

test('a conflict is settled by a person, with both sides to choose from', () => {
  expect(actionsFor('conflict')).toContain('keep-mine');
  expect(actionsFor('conflict')).toContain('take-theirs');
});

test('nothing that may still be sent can be deleted', () => {
  const deletable = STATES.filter((state) => actionsFor(state).includes('delete'));
  expect(deletable).toEqual(['draft', 'rejected']);
});

test('only what stays until a person decides is put first', () => {
  expect(STATES.filter(needsPerson)).toEqual(['conflict', 'rejected', 'needs-sign-in']);
});

test('the header’s mark follows what waits, and a needed sign-in goes before it', () => {
  expect(shapeOfSummary({ waiting: 0, lastSentAt: null, connection: 'online' }, 0)).toBe('sent');
  expect(shapeOfSummary({ waiting: 0, lastSentAt: null, connection: 'online' }, 1)).toBe('rejected');
  expect(shapeOfSummary({ waiting: 2, lastSentAt: null, connection: 'offline' }, 1)).toBe('waiting');
  expect(shapeOfSummary({ waiting: 2, lastSentAt: null, connection: 'needs-sign-in' }, 0)).toBe('needs-sign-in');
});
