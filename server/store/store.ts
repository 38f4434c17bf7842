/**
 * What the routes need of a database. Every call names its caller and answers only within what the caller may see: a
 * record of somebody else is answered exactly like one that does not exist.
 */
import type { AccountId, Attributes, Change, Cursor, DeviceId, FieldError, PullPage, ServerId } from '../../protocol/index.ts';
import type { Caller, Collection } from '../access.ts';
import type { Edit, Outcome } from '../decide.ts';
import type { Place } from './cursor.ts';

/** What a plain listing holds of each record. */
export interface Listed {
  readonly serverId: ServerId;
  readonly version: number;
  readonly attributes: Attributes;
}

export interface PullQuery {
  readonly collection: Collection;
  /** Where the last page ended; null to start. */
  readonly since: string | null;
  /** The most changes in the page. */
  readonly limit: number;
  /** Only what the caller's own account created. */
  readonly own: boolean;
  /** The device that asks, which is told the last Revision it has sent of each record; null if it does not say. */
  readonly device: DeviceId | null;
  /** Whether what that device itself has written last is wanted as `Own`. */
  readonly brief?: boolean;
}

export interface ListQuery {
  readonly collection: Collection;
  readonly own: boolean;
}

export interface OneQuery extends ListQuery {
  /** The ServerId, or the ClientId that the record was created under. */
  readonly id: string;
  /** As in a pull. */
  readonly device: DeviceId | null;
}

/** A record as it is now, in the form of a pull. */
export type LiveChange = Exclude<Change, { Deleted: true }>;

export interface Store {
  readonly kind: 'sqlite' | 'postgres';
  /**
   * Decides and stores one edit. Edits that arrive in the same turn of the event loop are committed together, in the
   * order of the calls; the promise settles only after the commit. Rejects with `StoreUnavailable` if nothing could be
   * written, with anything else for a bug, which touches none of the neighbours.
   */
  push(caller: Caller, collection: Collection, edit: Edit): Promise<Outcome>;
  /** One page of changes in commit order. */
  pull(caller: Caller, query: PullQuery): Promise<PullPage>;
  /** Where the collection stands now: the cursor of a pull that has just seen all of it. */
  cursor(caller: Caller, query: ListQuery): Promise<Cursor>;
  /** A tag that changes with everything that `list` would answer. */
  listTag(caller: Caller, query: ListQuery): Promise<string>;
  /** Every record that is not deleted. */
  list(caller: Caller, query: ListQuery): Promise<readonly Listed[]>;
  /** One record; null if there is none that the caller may see, or it is deleted. */
  one(caller: Caller, query: OneQuery): Promise<LiveChange | null>;
  /** Whether nothing was ever stored in this workspace, not even what is deleted and forgotten by now. */
  isUntouched(workspace: string): Promise<boolean>;
  /** Forgets tombstones of records deleted before this time; older cursors get a reset. */
  purgeTombstones(deletedBefore: number): Promise<void>;
  /** Resolves if the database answers. */
  ping(): Promise<void>;
  /** Commits what has arrived and closes the database. */
  close(): Promise<void>;
}

/** A record that was written by a commit, for whoever wants to know of it. */
export interface Committed {
  readonly workspace: string;
  readonly collection: Collection;
  /** Who created the record, whoever wrote it now. */
  readonly creator: AccountId;
  /** The device that wrote it; null for a client that names none. */
  readonly device: DeviceId | null;
  /** What was written: `attributes` is null for a deletion. */
  readonly write: { readonly by: AccountId; readonly serverId: ServerId; readonly attributes: Attributes | null };
  /** Where in the workspace's order of commits it stands. */
  readonly place: Omit<Place, 'scope'>;
}

/** What a hint is made of: where a commit stands and who may see it, without what was written. */
export type Told = Omit<Committed, 'write'>;

/** What every store is given. */
export interface StoreOptions {
  readonly rules: Rules;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Unguessable bytes, for ids. */
  readonly randomBytes: (size: number) => Buffer;
  /** Called after a commit is durable and before its edits are answered. */
  readonly onCommitted: (committed: readonly Committed[]) => void | Promise<void>;
}

/** The rules of the collections, which a store asks before it writes. Pure. */
export interface Rules {
  /** The record version that these attributes are judged by, if any. */
  reference(collection: Collection, attributes: Attributes): Version | null;
  /** `referenced` is that version's attributes, or null if there is none. Empty if all is well. */
  check(collection: Collection, attributes: Attributes, referenced: Referenced | null): readonly FieldError[];
}

/** A version of a record, named by its ServerId or by the temporary id that it was created under. */
export interface Version {
  readonly id: string;
  readonly version: number;
}

/** A questionnaire as it was at one version. */
export interface Referenced {
  readonly serverId: ServerId;
  readonly version: number;
  readonly attributes: Attributes;
}

/** The database cannot write now (disk full, locked); nothing of this edit was stored. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The database cannot be opened; the message is one line for the person who starts the server. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
}
