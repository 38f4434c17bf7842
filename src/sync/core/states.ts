/**
 * What state a model is in, and what moves it. Everything a screen says of a model is derived from this table.
 */
import type { RecordState } from '../types.ts';

export type StateEvent =
  /** A local save of a model that is not finished, so not to be sent. */
  | 'saved-unfinished'
  /** A local save of a model that may be sent. */
  | 'saved'
  | 'push-started'
  /** The worker took the push into its queue. */
  | 'push-queued'
  /** No network, or the server said: not now. */
  | 'push-failed'
  | 'sign-in-needed'
  | 'signed-in'
  /** A receipt that covers the newest local edit, or the server's side was taken. */
  | 'acknowledged'
  /** A receipt for an older edit than the newest. */
  | 'acknowledged-older'
  /** The same fields changed on the server, or the record was deleted there. */
  | 'conflicted'
  /** The newest edit can never be stored as it is. */
  | 'refused'
  /** The person chose the own side, or asked to send a refused one again. */
  | 'kept-mine'
  /** The page was opened anew: nothing is in flight from here, and the queue may have lost what it held. */
  | 'restarted';

type Moves = { readonly [Event in StateEvent]?: RecordState };

/** Of whatever waits for the server. */
const UNANSWERED: Moves = { 'saved-unfinished': 'draft', acknowledged: 'sent', conflicted: 'conflict', refused: 'rejected' };

/** Of what may be on its way, from here or by the worker. */
const UNDER_WAY: Moves = { ...UNANSWERED, 'acknowledged-older': 'waiting', restarted: 'waiting' };

/** An event that a row does not list leaves the state as it is. */
export const STATES: Readonly<Record<RecordState, Moves>> = {
  draft: { saved: 'waiting' },
  waiting: { ...UNANSWERED, 'push-started': 'sending', 'push-queued': 'queued', 'sign-in-needed': 'needs-sign-in' },
  sending: { ...UNDER_WAY, saved: 'edited-while-sending', 'push-queued': 'queued', 'push-failed': 'waiting', 'sign-in-needed': 'needs-sign-in' },
  'edited-while-sending': { ...UNDER_WAY, 'push-queued': 'waiting', 'push-failed': 'waiting', 'sign-in-needed': 'needs-sign-in' },
  queued: { ...UNDER_WAY, saved: 'waiting', 'push-started': 'sending', 'push-failed': 'waiting', 'sign-in-needed': 'needs-sign-in' },
  'needs-sign-in': { ...UNDER_WAY, 'push-started': 'sending', 'signed-in': 'waiting' },
  sent: { 'saved-unfinished': 'draft', saved: 'waiting' },
  conflict: { 'kept-mine': 'waiting', acknowledged: 'sent' },
  rejected: { 'saved-unfinished': 'draft', saved: 'waiting', 'kept-mine': 'waiting', acknowledged: 'sent', conflicted: 'conflict' },
};

export function isState(name: unknown): name is RecordState {
  return typeof name === 'string' && Object.hasOwn(STATES, name);
}

/** The server has said what it thinks of the newest edit. */
export function isAnswered(state: RecordState): boolean {
  return state !== 'draft' && !isWaiting(state);
}

export function nextState(state: RecordState, event: StateEvent): RecordState {
  return STATES[state][event] ?? state;
}

/** Finished, and the server has not acknowledged it, so that it may still be refused: what the count in the header counts. */
export function isWaiting(state: RecordState): boolean {
  return 'refused' in STATES[state];
}

/** For the end of a switch over a union: the compiler proves that it is never called. */
export function unreachable(value: never): never {
  throw new Error(`A case was forgotten: ${JSON.stringify(value)}`);
}
