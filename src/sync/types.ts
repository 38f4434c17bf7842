/**
 * The shapes that the engine shares with an app.
 */
import type { ClientId, FieldError } from '../../protocol/index.ts';
import type { Evicted } from './room.ts';
import type { StorageUse } from './storage.ts';

/** What a person can be told of a model; `core/states.ts` says what moves it. */
export type RecordState =
  | 'draft'
  | 'waiting'
  | 'sending'
  | 'queued'
  | 'sent'
  | 'edited-while-sending'
  | 'conflict'
  | 'rejected'
  | 'needs-sign-in';

/** Why a model could not be stored as it is. Both sides are kept until a person decides. */
export type Problem =
  | { readonly kind: 'rejected'; readonly errors: readonly FieldError[] }
  | { readonly kind: 'conflict'; readonly version: number; readonly attributes: Readonly<Record<string, unknown>> }
  | { readonly kind: 'gone'; readonly version: number };

/** The attribute `outpost` of every model that the engine keeps. */
export interface Bookkeeping {
  /** The temporary id that the model was made under here; null for one that came from the server. */
  readonly clientId: ClientId | null;
  /** Counted up with every local edit. */
  readonly revision: number;
  readonly state: RecordState;
  /** Since when it is in that state: ISO 8601, UTC. */
  readonly since: string;
  readonly problem?: Problem;
}

/** `unknown` until the first answer, or the first failure to get one. */
export type Connection = 'unknown' | 'online' | 'offline' | 'needs-sign-in' | 'update-needed';

/** What the header of an app shows. */
export interface Summary {
  /** Models that are finished and not yet acknowledged. */
  readonly waiting: number;
  /** When the server last acknowledged one: ISO 8601, UTC. */
  readonly lastSentAt: string | null;
  readonly connection: Connection;
}

/** What the engine tells, by `on`. */
export interface EngineEvents {
  /** Something that a header shows has changed. */
  'sync:state': (summary: Summary) => void;
  /** localStorage takes no more rows, and there are none that may make room. Nothing is lost: the journal holds them. */
  'sync:storage-full': (use: StorageUse) => void;
  /** The storage was full: these are on the server alone from the next start on. Their models stay as they are until then. */
  'sync:evicted': (evicted: readonly Evicted[]) => void;
  /** These rows could not be read. They were set aside in the journal's database, so this is said once. */
  'sync:unreadable': (names: readonly string[]) => void;
  /** These were written by a newer version of the app. They are left as they are, and there again when it is. */
  'sync:newer': (names: readonly string[]) => void;
  /** The browser was asked to keep this site's data when space gets short, at the first finished save. `null`: it cannot be asked. */
  'sync:persisted': (persisted: boolean | null) => void;
}
