/**
 * What the page and its worker say to each other by `postMessage`.
 *
 * A message may be lost: every one of them only makes happen sooner what happens anyway at the next start.
 */
import * as v from 'valibot';
import { AuthorId, Count, Instant } from './ids.ts';
import { SyncResult } from './push.ts';

/** The results of one request, which wait in the worker's database, under `Key`, until a page has applied all of them. `At`: when they came. */
export const Receipt = v.object({ Key: Count, Account: AuthorId, At: Instant, Results: v.array(SyncResult) });
export type Receipt = v.InferOutput<typeof Receipt>;

export const PageMessage = v.variant('kind', [
  /** A page has opened, or there may be a network again: hand over the receipts of this account and send what is queued. */
  v.object({ kind: v.literal('wake'), account: AuthorId }),
  /** These receipts are in the models, durably: forget them. */
  v.object({ kind: v.literal('applied'), keys: v.array(v.number()) }),
  /** How much of this account is there? Answered with `WorkerCounts` on the port that comes with the message. */
  v.object({ kind: v.literal('count'), account: AuthorId }),
]);
export type PageMessage = v.InferOutput<typeof PageMessage>;

export const WorkerMessage = v.union([
  /** ClientId → ServerId of what was sent, and what the server said of the rest. */
  v.object({ kind: v.literal('receipts'), receipts: v.array(Receipt) }),
  /** Nothing of this account is in the queue any more: what a page still believes queued it must send again. */
  v.object({ kind: v.literal('empty'), account: AuthorId }),
  /** The server wants this account to sign in; its requests wait in the queue. */
  v.object({ kind: v.literal('needs-sign-in'), account: AuthorId }),
  /** The server no longer speaks this version; everything waits until the app is updated. */
  v.object({ kind: v.literal('update-needed') }),
]);
export type WorkerMessage = v.InferOutput<typeof WorkerMessage>;
