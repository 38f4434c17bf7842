/**
 * What comes from the server, applied to a row: receipts of pushes, and pulled changes.
 */
import type { Change, PushResult } from '../../../protocol/index.ts';
import { edit, move, type Row } from './row.ts';
import { unreachable } from './states.ts';

/**
 * A receipt clears only what it covers: an edit that was made after the acknowledged one stays unsynchronized.
 * `sentRevision` is the Revision that went out, for a server that does not say it again.
 */
export function receive(row: Row, result: PushResult, sentRevision: number | null, now: string): Row {
  const revision = result.Revision ?? sentRevision;
  const covered = revision !== null && revision >= row.revision;
  switch (result.Status) {
    case 'applied':
    case 'duplicate': {
      const known = { ...row, id: result.ServerId, version: Math.max(row.version, result.Version) };
      return covered ? settled(known, now) : move(known, 'acknowledged-older', now);
    }
    case 'merged':
      // A newer local edit stands on what was sent, not on what the merge made of it: without the common ancestor
      // nobody but a person can tell which fields to keep.
      if (!covered) return conflicted(row, result, now);
      return settled({ ...row, id: result.ServerId, version: result.Version, attributes: result.Attributes }, now);
    case 'conflict':
      return conflicted(row, result, now);
    case 'gone':
      return { ...move(row, 'conflicted', now), id: result.ServerId, problem: { kind: 'gone', version: result.Version } };
    case 'rejected':
      return covered ? { ...move(row, 'refused', now), problem: { kind: 'rejected', errors: result.Errors } } : move(row, 'acknowledged-older', now);
    case 'retry':
      return move(row, 'push-failed', now);
    default:
      return unreachable(result);
  }
}

function settled(row: Row, now: string): Row {
  return { ...move(row, 'acknowledged', now), problem: null };
}

function conflicted(row: Row, result: Extract<PushResult, { Status: 'merged' | 'conflict' }>, now: string): Row {
  const problem = { kind: 'conflict', version: result.Version, attributes: result.Attributes } as const;
  return { ...move(row, 'conflicted', now), id: result.ServerId, problem };
}

export type Pulled = { readonly kind: 'put'; readonly row: Row } | { readonly kind: 'remove'; readonly row: Row } | { readonly kind: 'keep' };

/**
 * A pulled change: what is new is added, what is synchronized is updated or removed, and a local edit is left alone,
 * since it will be pushed and the server then says what it thinks of it.
 */
export function takeChange(row: Row | undefined, change: Change, now: string): Pulled {
  if (row === undefined) {
    if ('Deleted' in change) return { kind: 'keep' };
    const fresh = { id: change.Id, clientId: change.ClientId ?? null, revision: change.Revision ?? 0, problem: null };
    return { kind: 'put', row: { ...fresh, version: change.Version, state: 'sent', since: change.At ?? now, attributes: change.Attributes } };
  }
  if (row.state !== 'sent' || change.Version <= row.version) return { kind: 'keep' };
  if ('Deleted' in change) return { kind: 'remove', row };
  return { kind: 'put', row: { ...row, id: change.Id, version: change.Version, attributes: change.Attributes } };
}

export type Resolution = { readonly kind: 'put'; readonly row: Row } | { readonly kind: 'remove' } | { readonly kind: 'keep' };

/**
 * A person's choice for a row in conflict or refused. `mine` is a new edit on top of what the server has now; `theirs`
 * takes the server's side, which for a record deleted there means to remove it here.
 */
export function resolve(row: Row, choice: 'mine' | 'theirs', ready: boolean, now: string): Resolution {
  const { problem } = row;
  if (problem === null) return { kind: 'keep' };
  if (choice === 'mine') {
    const version = problem.kind === 'rejected' ? row.version : problem.version;
    return { kind: 'put', row: edit({ ...move(row, 'kept-mine', now), version, problem: null }, row.attributes, ready, now) };
  }
  switch (problem.kind) {
    case 'rejected':
      return { kind: 'keep' };
    case 'gone':
      return { kind: 'remove' };
    case 'conflict':
      return { kind: 'put', row: { ...move(row, 'took-servers', now), version: problem.version, attributes: problem.attributes, problem: null } };
    default:
      return unreachable(problem);
  }
}
