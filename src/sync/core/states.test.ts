import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAnswered, isState, isWaiting, nextState, STATES, type StateEvent } from './states.ts';

const EVENTS = [
  'saved-unfinished',
  'saved',
  'push-started',
  'push-queued',
  'push-failed',
  'sign-in-needed',
  'signed-in',
  'acknowledged',
  'acknowledged-older',
  'conflicted',
  'refused',
  'kept-mine',
  'restarted',
] as const satisfies readonly StateEvent[];

describe('the state table', () => {
  test('a model is called sent only by an acknowledgement of its newest edit', () => {
    const leadToSent = Object.values(STATES).flatMap((movers) => EVENTS.filter((event) => movers[event] === 'sent'));
    expect(new Set(leadToSent)).toEqual(new Set(['acknowledged']));
  });

  test('no failure moves a finished model out of the count of what waits', () => {
    const failures = ['push-started', 'push-queued', 'push-failed', 'sign-in-needed', 'signed-in', 'acknowledged-older', 'restarted'] as const;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...failures)), (events) => {
        expect(isWaiting(events.reduce(nextState, nextState('draft', 'saved')))).toBe(true);
      }),
    );
  });

  test('a restart leaves nothing in flight: whatever was waiting can be planned again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        const state = nextState(events.reduce(nextState, 'draft'), 'restarted');
        expect(['draft', 'waiting', 'sent', 'conflict', 'rejected']).toContain(state);
      }),
    );
  });

  test('whatever is no draft waits for the server or was answered', () => {
    const all = Object.keys(STATES).filter(isState);
    expect(all.filter(isWaiting).toSorted()).toEqual(['edited-while-sending', 'needs-sign-in', 'queued', 'sending', 'waiting']);
    expect(all.filter(isAnswered).toSorted()).toEqual(['conflict', 'rejected', 'sent']);
  });

  test('an edit in a conflict does not decide it', () => {
    expect(nextState('conflict', 'saved')).toBe('conflict');
    expect(nextState('conflict', 'saved-unfinished')).toBe('conflict');
  });
});
