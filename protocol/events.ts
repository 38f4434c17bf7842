/**
 * What an open page hears: `GET /events`, server-sent events of the name `changed`.
 */
import * as v from 'valibot';
import { AuthorId, CollectionName, Cursor, DeviceId } from './ids.ts';

/** The name of the event; it is the only one. */
export const CHANGED_EVENT = 'changed';

/**
 * A hint to pull, nothing more: something that the caller may see has changed, and this is where the collection stands now.
 * Whoever holds this very cursor has it already; a different one says nothing about which is later. It comes once for each
 * collection when the stream opens, so that nothing is missed between two streams.
 */
export const Changed = v.object({ Collection: CollectionName, Cursor });
export type Changed = v.InferOutput<typeof Changed>;

/** The query of the address: an `EventSource` can set no headers. All of it may be left out. */
export const EventsQuery = v.object({
  /** As the header `Outpost-Account`: 401 if the session is anybody else's. */
  account: v.optional(AuthorId),
  /** As the header `Outpost-Device`: what this device has written itself it is not told of. */
  device: v.optional(DeviceId),
  /** Collections, with commas between, of which only what the caller's own account created is of interest. */
  own: v.optional(v.pipe(v.string(), v.maxLength(1_000)), ''),
});
