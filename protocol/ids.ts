/**
 * The ids and counters of the wire, each a type of its own, so that a temporary id can never stand where a real one is meant.
 */
import * as v from 'valibot';

const OPAQUE = /^[\w-]{1,64}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A string of this form. */
/* @__NO_SIDE_EFFECTS__ */
function text<Text extends string>(form: RegExp) {
  return v.custom<Text>((value) => typeof value === 'string' && form.test(value), `a text of the form ${form.source}`);
}

/** The account that a request speaks for: opaque, given by the server. */
export type AccountId = string & v.Brand<'AccountId'>;
export const AccountId = text<AccountId>(OPAQUE);

/**
 * Whose edits, rows and requests these are, as the header `Outpost-Account` says it: an account, and behind a slash the
 * workspace that they belong to. Without one they go to the workspace that the account joined first.
 */
export type AuthorId = string & v.Brand<'AuthorId'>;
export const AuthorId = text<AuthorId>(/^[\w-]{1,64}(\/[\w-]{1,64})?$/);

/** The temporary id that a device gives a new model: a UUID, unique before the server has seen it. */
export type ClientId = string & v.Brand<'ClientId'>;
export const ClientId = text<ClientId>(UUID);
export const isClientId = (value: unknown): value is ClientId => typeof value === 'string' && UUID.test(value);

/** The id that the server gives: opaque, 1–64 of `A–Z a–z 0–9 _ -`. Never a comma: backbone.localstorage joins its index with commas. */
export type ServerId = string & v.Brand<'ServerId'>;
export const ServerId = text<ServerId>(OPAQUE);
export const isServerId = (value: unknown): value is ServerId => typeof value === 'string' && OPAQUE.test(value);

/** What stands in `{id}` of a path: the ServerId, or the ClientId of a record that may have no ServerId yet. */
export type RecordId = string;
export const RecordId = text<RecordId>(OPAQUE);
export const isRecordId = (value: unknown): value is RecordId => typeof value === 'string' && OPAQUE.test(value);

/** A UUID made once for each browser profile. */
export type DeviceId = string & v.Brand<'DeviceId'>;
export const DeviceId = text<DeviceId>(UUID);

/** A place in a collection's order of committed changes: opaque. */
export type Cursor = string & v.Brand<'Cursor'>;
export const Cursor = text<Cursor>(/^.{1,200}$/s);

/** The name of a collection, as it stands in a path: `responses`. */
export type CollectionName = string;
export const CollectionName = text<CollectionName>(/^[a-z][a-z0-9_]{0,39}$/);

/** When something happened: ISO 8601, UTC. */
export const Instant = text<string>(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

/** 0 or a positive integer that JSON carries exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

const Counter = v.custom<number>(isCount, 'a count is an integer from 0');

/** 1 for a new record, +1 with every write that the server applies to it; 0 where the server has not acknowledged any. */
export const Version = Counter;
/** Counted up by a device with every local edit of one model; 0 where a client counts none. */
export const Revision = Counter;
/** Any other number of things, or the number of one. */
export const Count = Counter;

/** What a model holds, without the bookkeeping; exactly as sent. Not `v.record`, which passes over a key named `constructor`. */
export const Attributes = v.custom<Record<string, unknown>>(isPlainObject, 'the attributes of a model are an object');
export type Attributes = v.InferOutput<typeof Attributes>;

/** An object as JSON has them: no array, not null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
