/**
 * What RxDB's replication over HTTP carries: both sides are written by the app, as its documentation shows.
 */
import * as v from 'valibot';

export const PULL_PATH = '/api/pull';
export const PUSH_PATH = '/api/push';

/** A document as the replication knows it. */
export const Document = v.looseObject({
  id: v.string(),
  questionnaireId: v.string(),
  questionnaireVersion: v.number(),
  answers: v.object({ reference: v.string(), community: v.string(), households: v.number(), source: v.string(), remark: v.string() }),
  startedAt: v.string(),
  endedAt: v.string(),
  _deleted: v.boolean(),
});
export type Document = v.InferOutput<typeof Document>;

/** How far a device has fetched: the server's count of writes. */
export const Checkpoint = v.object({ sequence: v.number() });
export type Checkpoint = v.InferOutput<typeof Checkpoint>;

export const Pulled = v.object({ documents: v.array(Document), checkpoint: Checkpoint });

/** What a device wants written, and what it believes to be there now. */
export const ChangeRows = v.array(v.object({ newDocumentState: Document, assumedMasterState: v.optional(Document) }));

/** The documents as they really are, where the device was wrong. */
export const Conflicts = v.array(Document);
