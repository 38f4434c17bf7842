/**
 * What a person can do with a response in each state, and what each state looks like. The words are in `words.ts`.
 */
import type { Problem, RecordState, Summary } from '../sync/types.ts';

export type Action = 'continue' | 'view' | 'edit' | 'retry' | 'export' | 'delete' | 'keep-mine' | 'take-theirs' | 'sign-in';

/** What stands in a row before anything else: one shape for each of the seven things that a person is told. */
export type Shape = 'draft' | 'waiting' | 'sending' | 'sent' | 'rejected' | 'needs-sign-in' | 'conflict';

/**
 * In the order in which they are offered; the first is the one that most people want. Nothing that is unsent can be
 * deleted in passing: only a draft, and what the server refused.
 */
const ACTIONS: Readonly<Record<RecordState, readonly Action[]>> = {
  draft: ['continue', 'delete'],
  waiting: ['view', 'edit'],
  queued: ['view', 'edit'],
  sending: ['view', 'edit'],
  'edited-while-sending': ['view', 'edit'],
  sent: ['view', 'edit'],
  conflict: ['keep-mine', 'take-theirs', 'export'],
  rejected: ['edit', 'retry', 'export', 'delete'],
  'needs-sign-in': ['sign-in', 'view', 'edit'],
};

const SHAPES: Readonly<Record<RecordState, Shape>> = {
  draft: 'draft',
  waiting: 'waiting',
  queued: 'waiting',
  sending: 'sending',
  'edited-while-sending': 'sending',
  sent: 'sent',
  conflict: 'conflict',
  rejected: 'rejected',
  'needs-sign-in': 'needs-sign-in',
};

export const actionsFor = (state: RecordState): readonly Action[] => ACTIONS[state];

export const shapeFor = (state: RecordState): Shape => SHAPES[state];

/** Whether it stays where it is until a person decides. */
export const needsPerson = (state: RecordState): boolean => state === 'conflict' || state === 'rejected' || state === 'needs-sign-in';

/** Whether the server's copy was deleted, so that "mine" would make it anew. */
export const isGone = (problem: Problem | undefined): boolean => problem?.kind === 'gone';

/** The one mark beside the count in the header; `stuckCount` responses stay until a person decides. */
export function shapeOfSummary(summary: Summary, stuckCount: number): Shape {
  if (summary.connection === 'needs-sign-in') return 'needs-sign-in';
  if (summary.waiting > 0) return 'waiting';
  return stuckCount > 0 ? 'rejected' : 'sent';
}
