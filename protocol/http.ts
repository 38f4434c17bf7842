/**
 * The parts of the wire that are not bodies: the path, the version, the headers, the limits.
 */

/** Counted up only when an old client could no longer be answered. */
export const PROTOCOL_VERSION = '1';

export const BASE_PATH = '/api/v1';

/** Names of the headers, in lower case as `Headers` and Node give them. */
export const HEADER = {
  /** On every answer. Without it an answer is no acknowledgement: a captive portal answers 200 to everything. */
  protocol: 'outpost-protocol',
  device: 'outpost-device',
  revision: 'outpost-revision',
  base: 'outpost-base',
  workspace: 'outpost-workspace',
  /** Who made the edit, and in which workspace: an `AuthorId`. The server answers 401 if the session belongs to anybody else, or the account not to the workspace. */
  account: 'outpost-account',
  /** Set by the worker, never by the server: the request waits in the queue. */
  queued: 'outpost-queued',
} as const;

/** The header with the token of a public link, of whoever fills in without an account. */
export const LINK_HEADER = 'outpost-link';

/** `type` of the problem that whoever was removed from a workspace gets: signing in again does not help. */
export const REMOVED = '/problems/removed';

/** The most entries that one `POST /sync` may push, and the most changes in one pulled page. */
export const MAX_ENTRIES = 1_000;
/** The largest request body, in bytes. */
export const MAX_REQUEST_BYTES = 5_000_000;
/** The most bytes of changes in one pulled page. */
export const MAX_PULL_BYTES = 2_000_000;

/** Attributes that a client keeps for itself; the server passes over them. */
export const BOOKKEEPING: ReadonlySet<string> = new Set(['id', 'Id', 'synchronized', 'version', 'outpost']);
