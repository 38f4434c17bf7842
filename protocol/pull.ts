/**
 * What comes in: pages of changes in commit order.
 */
import * as v from 'valibot';
import { Attributes, ClientId, CollectionName, Cursor, Instant, Revision, ServerId, Version } from './ids.ts';

/**
 * `ClientId` is there for a record that was created under one. `Revision` is the last one that the asking device has sent
 * of it, if any: a device that has lost its rows must count on from there, or its next edit would look like an old one.
 * `At`: when the server stored this Version.
 */
const about = { Id: ServerId, ClientId: v.optional(ClientId), Version, Revision: v.optional(Revision), At: v.optional(Instant) };

/** One record as it is now, or its tombstone. */
export const Change = v.union([v.object({ ...about, Attributes }), v.object({ ...about, Deleted: v.literal(true) })]);
export type Change = v.InferOutput<typeof Change>;

/** A record that the asking device has written last, at this Version. */
export const OwnChange = v.object({ Id: ServerId, Version });
export type OwnChange = v.InferOutput<typeof OwnChange>;

/**
 * `Cursor` is where the next page begins; `More` says that there is one now; `Reset` that the cursor sent was too old or
 * unknown and the pages start over, which never touches unsent local edits. `Own` stands for changes where a brief page was
 * asked for: whoever does not hold all of them asks for the same page in full.
 */
export const PullPage = v.object({ Changes: v.array(Change), Own: v.optional(v.array(OwnChange)), Cursor, More: v.boolean(), Reset: v.boolean() });
export type PullPage = v.InferOutput<typeof PullPage>;

/** By collection: the cursor of the last page, or null to start. */
export const PullRequest = v.record(CollectionName, v.nullable(Cursor));
export type PullRequest = v.InferOutput<typeof PullRequest>;

export const PullAnswer = v.record(CollectionName, PullPage);
export type PullAnswer = v.InferOutput<typeof PullAnswer>;
