/**
 * The ids and counters of the wire, each a type of its own, so that a temporary id can never stand where a real one is meant.
 */
import * as v from 'valibot';

/** The account that a request speaks for: opaque, given by the server. */
export const AccountId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/), v.brand('AccountId'));
export type AccountId = v.InferOutput<typeof AccountId>;

/** The temporary id that a device gives a new model: a UUID, unique before the server has seen it. */
export const ClientId = v.pipe(v.string(), v.uuid(), v.brand('ClientId'));
export type ClientId = v.InferOutput<typeof ClientId>;

/** The id that the server gives: opaque, 1–64 of `A–Z a–z 0–9 _ -`. Never a comma: backbone.localstorage joins its index with commas. */
export const ServerId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/), v.brand('ServerId'));
export type ServerId = v.InferOutput<typeof ServerId>;

/** What stands in `{id}` of a path: the ServerId, or the ClientId of a record that may have no ServerId yet. */
export const RecordId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
export type RecordId = ClientId | ServerId | v.InferOutput<typeof RecordId>;

/** A UUID made once for each browser profile. */
export const DeviceId = v.pipe(v.string(), v.uuid(), v.brand('DeviceId'));
export type DeviceId = v.InferOutput<typeof DeviceId>;

/** A place in a collection's order of committed changes: opaque. */
export const Cursor = v.pipe(v.string(), v.regex(/^.{1,200}$/s), v.brand('Cursor'));
export type Cursor = v.InferOutput<typeof Cursor>;

/** The name of a collection, as it stands in a path: `responses`. */
export const CollectionName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,39}$/));
export type CollectionName = v.InferOutput<typeof CollectionName>;

/** 0 or a positive integer that JSON carries exactly. */
const Counter = v.custom<number>((value) => Number.isSafeInteger(value) && Number(value) >= 0, 'a count is an integer from 0');

/** 1 for a new record, +1 with every write that the server applies to it; 0 where the server has not acknowledged any. */
export const Version = Counter;
/** Counted up by a device with every local edit of one model; 0 where a client counts none. */
export const Revision = Counter;

/** When something happened: ISO 8601, UTC. */
export const Instant = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/));

/** What a model holds, without the bookkeeping; exactly as sent. Not `v.record`, which passes over a key named `constructor`. */
export const Attributes = v.custom<Record<string, unknown>>(isPlainObject, 'the attributes of a model are an object');
export type Attributes = v.InferOutput<typeof Attributes>;

/** An object as JSON has them: no array, not null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
