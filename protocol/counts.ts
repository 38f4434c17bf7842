/**
 * What the worker holds of one account, as it answers a page that asks.
 */
export interface WorkerCounts {
  /** Requests that wait for a network. */
  readonly queuedRequests: number;
  /** Edits in these requests. */
  readonly queuedEdits: number;
  /** What the server said of edits, and no page has applied yet. */
  readonly waitingReceipts: number;
}
