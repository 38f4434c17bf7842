/**
 * What comes from the server, applied to a row: receipts of pushes, and pulled changes.
 */
import type { Attributes, Change, PushResult } from '../../../protocol/index.ts';
import { settle, type ConflictPolicy } from './conflict.ts';
import { edit, move, remove, type Row } from './row.ts';
import { unreachable } from './states.ts';

/** A row's next state, or that it goes. */
export type Next = { readonly kind: 'put'; readonly row: Row } | { readonly kind: 'remove' } | { readonly kind: 'keep' };

/** What went out, where that is still known: the page that pushed knows it, a receipt of the worker does not. */
export interface Sent {
  readonly revision: number;
  readonly attributes: Attributes;
}

/** A receipt clears only what it covers: an edit that was made after the acknowledged one stays unsynchronized. */
export function receive(row: Row, result: PushResult, sent: Sent | null, policy: ConflictPolicy, now: string): Next {
  const revision = result.Revision ?? sent?.revision ?? null;
  const covered = revision !== null && revision >= row.revision;
  // The same push may be answered twice, by way of the page and of the worker: what is settled or decided stays so.
  if (row.state === 'sent' || (!covered && 'Version' in result && result.Version < row.version)) return { kind: 'keep' };
  switch (result.Status) {
    case 'applied':
    case 'duplicate': {
      if (covered && row.deleted) return { kind: 'remove' };
      const known = { ...row, id: result.ServerId, version: Math.max(row.version, result.Version) };
      if (covered) return put(settled(known, now));
      const isKnown = result.Status === 'applied' && sent !== null && sent.revision === revision;
      return put({ ...move(known, 'acknowledged-older', now), base: isKnown ? sent.attributes : null });
    }
    case 'merged':
      if (covered && !row.deleted) return put(settled({ ...row, id: result.ServerId, version: result.Version, attributes: result.Attributes }, now));
      return conflicted({ ...row, id: result.ServerId, base: sent?.attributes ?? null }, result.Version, result.Attributes, policy, now);
    case 'conflict':
      if (!covered && result.Version === row.version) return { kind: 'keep' };
      return conflicted({ ...row, id: result.ServerId }, result.Version, result.Attributes, policy, now);
    case 'gone':
      return conflicted({ ...row, id: result.ServerId }, result.Version, null, policy, now);
    case 'rejected':
      return put(covered ? { ...move(row, 'refused', now), problem: { kind: 'rejected', errors: result.Errors } } : move(row, 'acknowledged-older', now));
    case 'retry':
      return put(move(row, 'push-failed', now));
    default:
      return unreachable(result);
  }
}

const put = (row: Row): Next => ({ kind: 'put', row });

function settled(row: Row, now: string): Row {
  return { ...move(row, 'acknowledged', now), problem: null, base: null };
}

/**
 * A draft is left alone: its person is not done, and the conflict comes again with the push. Of the rest the policy
 * decides, and what it leaves to a person keeps both sides.
 */
function conflicted(row: Row, version: number, theirs: Attributes | null, policy: ConflictPolicy, now: string): Next {
  if (row.state === 'draft') return put(row);
  const problem = theirs === null ? ({ kind: 'gone', version } as const) : ({ kind: 'conflict', version, attributes: theirs } as const);
  const kept = { ...move(row, 'conflicted', now), problem };
  const settlement = settle(policy, { base: row.base, mine: row.deleted ? null : row.attributes, theirs });
  if (settlement === 'ask') return put(kept);
  if (typeof settlement === 'string') return resolve(kept, settlement, true, now);
  return put(onTop(kept, version, theirs, settlement.attributes, true, now));
}

/** A new edit on top of what the server has. */
function onTop(row: Row, version: number, theirs: Attributes | null, attributes: Attributes, ready: boolean, now: string): Row {
  const decided = { ...move(row, 'kept-mine', now), version, problem: null, deleted: false };
  return { ...edit(decided, attributes, ready, now), base: theirs };
}

/**
 * A person's choice for a row in conflict or refused. `mine` is a new edit on top of what the server has now; `theirs`
 * takes the server's side, which for a record deleted there means to remove it here.
 */
export function resolve(row: Row, choice: 'mine' | 'theirs', ready: boolean, now: string): Next {
  const { problem } = row;
  if (problem === null) return { kind: 'keep' };
  if (choice === 'mine') {
    if (row.deleted) return put(remove(row, now));
    if (problem.kind === 'rejected') return put(edit(move(row, 'kept-mine', now), row.attributes, ready, now));
    return put(onTop(row, problem.version, problem.kind === 'conflict' ? problem.attributes : null, row.attributes, ready, now));
  }
  switch (problem.kind) {
    case 'rejected':
      return { kind: 'keep' };
    case 'gone':
      return { kind: 'remove' };
    case 'conflict': {
      const taken = { ...move(row, 'took-servers', now), version: problem.version, attributes: problem.attributes };
      return put({ ...taken, problem: null, base: null, deleted: false });
    }
    default:
      return unreachable(problem);
  }
}

/**
 * A pulled change: what is new is added, what is synchronized is updated or removed, and a local edit is left alone,
 * since it will be pushed and the server then says what it thinks of it.
 */
export function takeChange(row: Row | undefined, change: Change, now: string): Next {
  if (row === undefined) {
    if ('Deleted' in change) return { kind: 'keep' };
    const fresh = { id: change.Id, clientId: change.ClientId ?? null, revision: change.Revision ?? 0, problem: null, base: null, deleted: false };
    return put({ ...fresh, version: change.Version, state: 'sent', since: change.At ?? now, attributes: change.Attributes });
  }
  if (row.state !== 'sent' || change.Version <= row.version) return { kind: 'keep' };
  if ('Deleted' in change) return { kind: 'remove' };
  return put({ ...row, id: change.Id, version: change.Version, attributes: change.Attributes });
}
