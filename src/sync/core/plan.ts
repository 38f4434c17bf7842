/**
 * What to send now.
 */
import { BATCH_LIMITS, takeBatch, type BatchLimits, type PushEntry } from '../../../protocol/index.ts';
import type { Connection } from '../types.ts';
import { putEntry } from './patch.ts';
import type { Row } from './row.ts';

export type PushPlan =
  | { readonly kind: 'nothing' }
  /** There is something to send, and no use in trying before a person has done something. */
  | { readonly kind: 'wait'; readonly why: 'needs-sign-in' | 'update-needed' }
  /** One request; there may be more to send after it. */
  | { readonly kind: 'send'; readonly batch: readonly Candidate[] };

export interface Candidate {
  readonly collection: string;
  readonly row: Row;
}

/**
 * Of `rows`, the next that wait for the page to send them, as many as one request may carry; what the worker has queued
 * is the worker's.
 */
export function planPush(rows: Iterable<Candidate>, connection: Connection, limits: BatchLimits = BATCH_LIMITS): PushPlan {
  const batch = takeBatch(waiting(rows), entryOf, limits);
  if (batch.length === 0) return { kind: 'nothing' };
  if (connection === 'needs-sign-in' || connection === 'update-needed') return { kind: 'wait', why: connection };
  return { kind: 'send', batch };
}

function* waiting(rows: Iterable<Candidate>): Iterable<Candidate> {
  for (const candidate of rows) if (candidate.row.state === 'waiting') yield candidate;
}

export function entryOf({ collection, row }: Candidate): PushEntry {
  const about = { Collection: collection, Id: row.id, Revision: row.revision, Base: row.version };
  return row.deleted ? { ...about, Op: 'delete' } : { ...about, ...putEntry(row) };
}
