/**
 * What goes out: one model by `PUT` or `DELETE`, many by `POST /sync`, and what the server says of each.
 */
import * as v from 'valibot';
import { Attributes, CollectionName, DeviceId, RecordId, Revision, ServerId, Version } from './ids.ts';
import { MAX_ENTRIES } from './http.ts';
import { PullAnswer, PullRequest } from './pull.ts';

/**
 * One edit. `Attributes` is the whole model, or a patch: the part of it that `Changed` lists by top-level or
 * `answers.<name>` path; one that is listed and not given is removed. With `Merge: false` a patch is not put together with
 * what others changed since `Base`: the answer is then `conflict`, as for a whole model.
 */
export const PushEntry = v.variant('Op', [
  v.object({
    Collection: CollectionName,
    Id: RecordId,
    Revision,
    Base: Version,
    Op: v.literal('put'),
    Attributes,
    Changed: v.optional(v.array(v.string())),
    Merge: v.optional(v.boolean()),
  }),
  v.object({ Collection: CollectionName, Id: RecordId, Revision, Base: Version, Op: v.literal('delete') }),
]);
export type PushEntry = v.InferOutput<typeof PushEntry>;

/** One broken rule: the path of the attribute (`answers.name`, empty for the whole) and a sentence for people. */
export const FieldError = v.object({ Path: v.string(), Message: v.string() });
export type FieldError = v.InferOutput<typeof FieldError>;

/**
 * What became of one edit, with whatever else is said of it. `ClientId` is the id that the edit was sent under: the
 * temporary one, or the ServerId if the record had one already. `v.variant` would explain better why an answer is refused,
 * which nobody reads, and weigh more in the page.
 */
/* @__NO_SIDE_EFFECTS__ */
function resultWith<Extra extends v.ObjectEntries>(extra: Extra) {
  const about = { ...extra, ClientId: RecordId, Revision: v.optional(Revision) };
  return v.union([
    /** Stored; `Version` is the new one. */
    v.object({ ...about, Status: v.literal('applied'), ServerId, Version }),
    /** This or a later Revision of this device was stored before; nothing changed. */
    v.object({ ...about, Status: v.literal('duplicate'), ServerId, Version }),
    /** Stored together with somebody else's edit of other fields; `Attributes` is the merged record. */
    v.object({ ...about, Status: v.literal('merged'), ServerId, Version, Attributes }),
    /**
     * Not stored: the same fields changed since `Base`; `Attributes` and `Version` are the server's. `Changed`: the paths
     * that others changed since `Base`, if the server says it.
     */
    v.object({ ...about, Status: v.literal('conflict'), ServerId, Version, Attributes, Changed: v.optional(v.array(v.string())) }),
    /** Not stored: deleted on the server. */
    v.object({ ...about, Status: v.literal('gone'), ServerId, Version }),
    /** Can never be stored as it is. */
    v.object({ ...about, Status: v.literal('rejected'), Errors: v.array(FieldError) }),
    /** Not now; try again later. To a patch also: there is nothing that it could be put on, send the whole model. */
    v.object({ ...about, Status: v.literal('retry') }),
  ]);
}

export const PushResult = resultWith({});
export type PushResult = v.InferOutput<typeof PushResult>;

/** A result with the collection it belongs to, as `POST /sync` gives it. */
export const SyncResult = resultWith({ Collection: CollectionName });
export type SyncResult = v.InferOutput<typeof SyncResult>;

/** Entries are decoded one by one, so that a bad one holds no other back. */
export const SyncRequest = v.object({
  Device: DeviceId,
  Push: v.optional(v.pipe(v.array(v.unknown()), v.maxLength(MAX_ENTRIES)), []),
  Pull: v.optional(PullRequest, {}),
  /** Pull only what the caller's own account created. */
  Own: v.optional(v.boolean(), false),
});
export type SyncRequest = v.InferOutput<typeof SyncRequest>;

/** `Results` has one entry for each `Push` entry, in order. */
export const SyncAnswer = v.object({ Results: v.array(SyncResult), Pull: PullAnswer });
export type SyncAnswer = v.InferOutput<typeof SyncAnswer>;
