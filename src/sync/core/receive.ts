/**
 * What comes from the server, applied to a row: receipts of pushes, and pulled changes.
 */
import type { Attributes, Change, PushResult } from '../../../protocol/index.ts';
import { settle, type ConflictPolicy } from './conflict.ts';
import { edit, move, onBase, remove, sideOf, type Row } from './row.ts';
import { unreachable } from './states.ts';
import type { Problem } from '../types.ts';

/** What went out, where that is still known: the page that pushed knows it, a receipt of the worker does not. */
export interface Sent {
  readonly revision: number;
  readonly attributes: Attributes;
}

/**
 * A receipt clears only what it covers: an edit that was made after the acknowledged one stays unsynchronized.
 * @returns the row itself if nothing changes
 */
export function receive(row: Row, result: PushResult, sent: Sent | null, policy: ConflictPolicy, now: string): Row {
  const revision = result.Revision ?? sent?.revision ?? null;
  const covered = revision !== null && revision >= row.revision;
  // The same push may be answered twice, by way of the page and of the worker: what is settled or decided stays so.
  if (row.state === 'sent' || (!covered && 'Version' in result && result.Version < row.version)) return row;
  const known = 'ServerId' in result ? { ...row, id: result.ServerId } : row;
  switch (result.Status) {
    case 'applied':
    case 'duplicate': {
      if (covered) return settled({ ...known, version: Math.max(row.version, result.Version) }, now);
      const isKnown = sent !== null && sent.revision === revision;
      const stored = result.Status === 'duplicate' ? known : onStored(known, result.Version, isKnown ? sent.attributes : null);
      return move(stored, 'acknowledged-older', now);
    }
    case 'merged':
      if (covered && !row.deleted) return settled({ ...known, version: result.Version, attributes: result.Attributes }, now);
      if (sent === null && row.changed !== null) return move(known, 'acknowledged-older', now);
      return conflicted({ ...known, ...onBase(row.attributes, sent?.attributes ?? null, []) }, result, policy, now);
    case 'conflict':
      if (!covered && result.Version === row.version) return row;
      return conflicted(known, result, policy, now);
    case 'gone':
      return conflicted(known, result, policy, now);
    case 'rejected':
      return covered ? { ...move(row, 'refused', now), problem: { kind: 'rejected', errors: result.Errors } } : move(row, 'acknowledged-older', now);
    case 'retry': {
      const failed = move(row, 'push-failed', now);
      // Perhaps there was nothing to put a patch on. As an edit of its own the whole also replaces what the worker queued.
      return covered && row.changed !== null ? { ...failed, changed: null, revision: row.revision + 1 } : failed;
    }
    default:
      return unreachable(result);
  }
}

/**
 * A row of which an older edit was stored. What was in it the page knows if it has sent it: the newer edits stand on
 * that. Else they stay on what they are known to stand on, since the Version would promise that they have seen the rest.
 */
function onStored(row: Row, version: number, stored: Attributes | null): Row {
  if (stored !== null) return { ...row, version, ...onBase(row.attributes, stored, []) };
  return row.base === null ? { ...row, version } : row;
}

/** A row of which nothing waits any more. */
export function settled(row: Row, now: string): Row {
  return { ...move(row, 'acknowledged', now), problem: null, base: null, changed: null };
}

/**
 * A draft is left alone: its person is not done, and the conflict comes again with the push. Of the rest the policy
 * decides, and what it leaves to a person keeps both sides.
 */
function conflicted(row: Row, result: Extract<PushResult, { Status: 'merged' | 'conflict' | 'gone' }>, policy: ConflictPolicy, now: string): Row {
  if (row.state === 'draft') return row;
  const version = result.Version;
  // A pull has brought the server's side further than this answer, which comes late or again.
  if (row.state === 'conflict' && sideOf(row) > version) return row;
  const theirs = result.Status === 'gone' ? null : result.Attributes;
  const changed = { here: row.changed, there: (result.Status === 'conflict' && result.Changed) || null };
  const kept = { ...move(row, 'conflicted', now), problem: problemOf(version, theirs) };
  const settlement = settle(policy, { base: row.base, mine: row.deleted ? null : row.attributes, theirs, changed });
  if (settlement === 'ask') return kept;
  if (typeof settlement === 'string') return resolve(kept, settlement, true, now);
  return onTop(kept, version, theirs, settlement.attributes, true, now);
}

/** @param theirs what the server has at that Version, null for nothing any more */
function problemOf(version: number, theirs: Attributes | null): Problem {
  return theirs === null ? { kind: 'gone', version } : { kind: 'conflict', version, attributes: theirs };
}

/** A new edit on top of what the server has. */
function onTop(row: Row, version: number, theirs: Attributes | null, attributes: Attributes, ready: boolean, now: string): Row {
  const decided = { ...move(row, 'kept-mine', now), version, problem: null, deleted: false };
  return { ...edit(decided, attributes, ready, now), ...onBase(attributes, theirs, []) };
}

/**
 * A person's choice for a row in conflict or refused. `mine` is a new edit on top of what the server has now; `theirs`
 * takes the server's side, which for a record deleted there means to remove it here.
 * @returns the row itself if there is nothing to decide
 */
export function resolve(row: Row, choice: 'mine' | 'theirs', ready: boolean, now: string): Row {
  const { problem } = row;
  if (problem === null) return row;
  if (choice === 'mine' && row.deleted) return remove(row, now);
  if (problem.kind === 'rejected') return choice === 'mine' ? edit(move(row, 'kept-mine', now), row.attributes, ready, now) : row;
  const theirs = problem.kind === 'gone' ? null : problem.attributes;
  if (choice === 'mine') return onTop(row, problem.version, theirs, row.attributes, ready, now);
  return settled(withTheirs(row, problem.version, theirs), now);
}

/** The server's side in place of this one. @param theirs what the server has at that Version, null for nothing any more */
function withTheirs(row: Row, version: number, theirs: Attributes | null): Row {
  return { ...row, version, attributes: theirs ?? row.attributes, deleted: theirs === null };
}

/**
 * A pulled change: what is new is added, what is synchronized is updated or removed, and a local edit is left alone,
 * since it will be pushed and the server then says what it thinks of it. But a real id that it has not heard of it takes;
 * and of one that waits for a decision, and so is not pushed, the server's side is brought up to date.
 * @returns the row itself if nothing changes; null for a deletion of what is not here
 */
export function takeChange(row: Row | undefined, change: Change, now: string): Row | null {
  const theirs = 'Deleted' in change ? null : change.Attributes;
  if (row === undefined) {
    if (theirs === null) return null;
    const fresh = { id: change.Id, clientId: change.ClientId ?? null, revision: change.Revision ?? 0, problem: null, base: null, changed: null, deleted: false };
    return { ...fresh, version: change.Version, state: 'sent', since: change.At ?? now, attributes: theirs };
  }
  if (row.state === 'conflict' && change.Version > sideOf(row)) {
    return { ...row, id: change.Id, problem: problemOf(change.Version, theirs) };
  }
  if (row.state !== 'sent' && row.id === row.clientId && row.id !== change.Id) return { ...row, id: change.Id };
  if (row.state !== 'sent' || change.Version <= row.version) return row;
  return withTheirs({ ...row, id: change.Id }, change.Version, theirs);
}
