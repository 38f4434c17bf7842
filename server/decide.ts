/**
 * What becomes of one edit. Pure: what is stored, what was asked, and what to write and to answer.
 *
 * A record must be one and hold the newest edit whatever is sent again, late, or by two people at once:
 * - A Revision that is not above the last one of its device was stored before.
 * - An edit of fields that nobody else changed since its Base is stored; of fields that somebody did, it is a conflict.
 *   What the same device wrote earlier is no conflict: its reply may have been lost, and the Base with it.
 * - An edit without a Base was made by a client that keeps none: the last write wins.
 * - `applied` tells a device that the record now is what it has. Where that is not so, the answer holds the record.
 * - A patch is put on a record that its device has seen, and on nothing else: it never becomes a record by itself.
 */
import { type Attributes, type DeviceId, type FieldError, type ServerId, differing, fromFields, patched, speaksOf, toFields } from '../protocol/index.ts';

/** A record as it is kept; without attributes it is a tombstone. */
export interface Stored {
  readonly serverId: ServerId;
  readonly version: number;
  readonly attributes: Attributes | null;
  /** Path of a field → the Version at which it last changed, its removal included. */
  readonly fieldVersions: ReadonlyMap<string, number>;
  /** Version → the device that wrote it, for the Versions that `fieldVersions` names. */
  readonly writers: ReadonlyMap<number, DeviceId>;
}

/** Which edit of which device it is. */
export interface Origin {
  readonly device: DeviceId;
  readonly revision: number;
}

interface About {
  /** The id that the edit was sent under. */
  readonly id: string;
  /** Null for a client that counts none. */
  readonly origin: Origin | null;
  /** The Version that the edit was made on; null for a client that keeps none. */
  readonly base: number | null;
}
export interface PutEdit extends About {
  readonly op: 'put';
  readonly attributes: Attributes;
  /** Only these paths were edited; null means all of it. */
  readonly changed: readonly string[] | null;
  /** Whether a patch may be put together with what others changed since its Base. */
  readonly merge: boolean;
}
export interface DeleteEdit extends About {
  readonly op: 'delete';
}
export type Edit = PutEdit | DeleteEdit;

/** Why an edit can never be stored: nobody knows the id, the caller may not, or the content breaks a rule. */
export type Refusal = 'unknown' | 'forbidden' | 'invalid';

/** What is answered. */
export type Outcome =
  | { readonly status: 'applied' | 'duplicate' | 'gone'; readonly serverId: ServerId; readonly version: number }
  | { readonly status: 'merged'; readonly serverId: ServerId; readonly version: number; readonly attributes: Attributes }
  /** `changed`: the paths that changed since the edit's Base without its device knowing. */
  | { readonly status: 'conflict'; readonly serverId: ServerId; readonly version: number; readonly attributes: Attributes; readonly changed?: readonly string[] }
  /** A patch of what is not there: the whole record is wanted. */
  | { readonly status: 'retry' }
  | { readonly status: 'rejected'; readonly reason: Refusal; readonly errors: readonly FieldError[] };

/** What is written: the whole record, only that the device's Revision was seen, or nothing. */
export type Decision =
  | { readonly write: 'record'; readonly next: Stored; readonly outcome: Outcome }
  | { readonly write: 'revision'; readonly outcome: Outcome }
  | { readonly write: 'nothing'; readonly outcome: Outcome };

/**
 * @param stored what the caller may see under the edit's id
 * @param lastRevision the last Revision of the edit's device for this record, null if it has none
 * @param newId the ServerId of the record, should it be created
 */
export function decide(stored: Stored | null, lastRevision: number | null, edit: Edit, newId: ServerId): Decision {
  if (stored === null) return decideUnknown(edit, newId);
  if (edit.origin !== null && lastRevision !== null && edit.origin.revision <= lastRevision) {
    return { write: 'nothing', outcome: edit.origin.revision === lastRevision ? sentAgain(stored, edit) : sentLate(stored, edit) };
  }
  switch (edit.op) {
    case 'delete':
      return decideDelete(stored, edit);
    case 'put':
      return stored.attributes === null ? decidePutOnTombstone(stored, edit) : decidePut(stored, stored.attributes, edit);
    default: {
      const never: never = edit;
      return never;
    }
  }
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A UUID is a temporary id and makes a record; anything else would have to be a ServerId, and this server gave none such. */
function decideUnknown(edit: Edit, newId: ServerId): Decision {
  if (!UUID.test(edit.id)) {
    const errors = [{ Path: '', Message: 'The server does not know this record.' }];
    return { write: 'nothing', outcome: { status: 'rejected', reason: 'unknown', errors } };
  }
  if (edit.op === 'put' && edit.changed !== null) return WHOLE_WANTED;
  const nothing: Stored = { serverId: newId, version: 0, attributes: null, fieldVersions: new Map(), writers: new Map() };
  // A deletion that overtakes its own put leaves a tombstone, so that the late put does not bring the record back.
  return edit.op === 'delete' ? writeTombstone(nothing) : writeWhole(nothing, edit);
}

/** The device's newest edit comes again: its answer was lost. What others have done to the record since, the device learns now. */
function sentAgain(stored: Stored, edit: Edit): Outcome {
  const { serverId, version, attributes } = stored;
  // Somebody may have brought back what it removed.
  if (edit.op === 'delete') return attributes === null ? answer('duplicate', stored) : sentLate(stored, edit);
  if (attributes === null) return answer('gone', stored);
  return changedByOthers(stored, edit).size > 0 ? { status: 'merged', serverId, version, attributes } : answer('duplicate', stored);
}

/**
 * An edit before the device's last. Where that is its newest all the same, it has lost the last one in a crash, and must
 * not take the Version that came of it for what it holds: it is told no other than the one that it began with.
 */
function sentLate(stored: Stored, { base }: Edit): Outcome {
  return answer('duplicate', { ...stored, version: base ?? stored.version });
}

function decideDelete(stored: Stored, edit: DeleteEdit): Decision {
  if (stored.attributes === null) return { write: 'revision', outcome: answer('duplicate', stored) };
  const theirs = changedByOthers(stored, edit);
  if (theirs.size > 0) return conflict(stored, stored.attributes, theirs);
  return writeTombstone(stored);
}

/** Only somebody who knows of the deletion brings a record back. */
function decidePutOnTombstone(stored: Stored, edit: PutEdit): Decision {
  if (edit.base !== null && edit.base >= stored.version) return edit.changed === null ? writeWhole(stored, edit) : WHOLE_WANTED;
  return { write: 'nothing', outcome: answer('gone', stored) };
}

function decidePut(stored: Stored, attributes: Attributes, edit: PutEdit): Decision {
  // A patch of a Version that this server has not reached: it was restored from an older backup.
  if (edit.changed !== null && edit.base !== null && edit.base > stored.version) return WHOLE_WANTED;
  const before = toFields(attributes);
  const given = toFields(edit.attributes);
  const after = edit.changed === null ? given : patched(before, given, edit.changed);
  const mine = differing(before, after);
  const theirs = changedByOthers(stored, edit);
  const unseen = unseenBy(stored, edit);
  const isConflict = mine.some((path) => theirs.has(path)) || (!edit.merge && unseen.length > 0);
  if (isConflict) return conflict(stored, attributes, new Set([...theirs, ...unseen]));

  const merged = edit.changed === null ? edit.attributes : fromFields(after);
  const next = mine.length === 0 ? stored : successor(stored, edit, merged, mine);
  const decision: Decision = mine.length === 0 ? { write: 'revision', outcome: answer('duplicate', stored) } : { write: 'record', next, outcome: answer('applied', next) };
  if (unseen.length === 0) return decision;
  return { ...decision, outcome: { status: 'merged', serverId: next.serverId, version: next.version, attributes: merged } };
}

/** Paths that changed after a patch's Base, by any hand, and that it does not list: its device does not know what they hold. */
function unseenBy(stored: Stored, { base, changed }: PutEdit): readonly string[] {
  if (base === null || changed === null) return [];
  const listed = new Set(changed);
  return [...stored.fieldVersions].filter(([path, version]) => version > base && !speaksOf(listed, path)).map(([path]) => path);
}

/** Paths that changed after the edit's Base by any other hand than the edit's own device. */
function changedByOthers(stored: Stored, edit: Edit): ReadonlySet<string> {
  const { base, origin } = edit;
  if (base === null) return new Set();
  const newer = [...stored.fieldVersions].filter(
    ([, version]) => version > base && (origin === null || stored.writers.get(version) !== origin.device),
  );
  return new Set(newer.map(([path]) => path));
}

function writeWhole(stored: Stored, edit: PutEdit): Decision {
  const next = successor(stored, edit, edit.attributes, toFields(edit.attributes).keys());
  return { write: 'record', next, outcome: answer('applied', next) };
}

function writeTombstone(stored: Stored): Decision {
  const next: Stored = { serverId: stored.serverId, version: stored.version + 1, attributes: null, fieldVersions: new Map(), writers: new Map() };
  return { write: 'record', next, outcome: answer('applied', next) };
}

function successor(stored: Stored, edit: PutEdit, attributes: Attributes, changed: Iterable<string>): Stored {
  const version = stored.version + 1;
  const fieldVersions = new Map(stored.fieldVersions);
  for (const path of changed) fieldVersions.set(path, version);
  const writers = stillNamed(stored.writers, fieldVersions);
  if (edit.origin !== null && fieldVersions.size > 0) writers.set(version, edit.origin.device);
  return { serverId: stored.serverId, version, attributes, fieldVersions, writers };
}

function stillNamed(writers: Stored['writers'], fieldVersions: Stored['fieldVersions']): Map<number, DeviceId> {
  // Most records are written once.
  if (writers.size === 0) return new Map();
  const named = new Set(fieldVersions.values());
  return new Map([...writers].filter(([version]) => named.has(version)));
}

function conflict({ serverId, version }: Stored, attributes: Attributes, changed: ReadonlySet<string>): Decision {
  return { write: 'nothing', outcome: { status: 'conflict', serverId, version, attributes, changed: [...changed] } };
}

const WHOLE_WANTED: Decision = { write: 'nothing', outcome: { status: 'retry' } };

function answer(status: 'applied' | 'duplicate' | 'gone', { serverId, version }: Stored): Outcome {
  return { status, serverId, version };
}
