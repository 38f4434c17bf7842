/**
 * How much of one account the worker holds, for a report to support.
 */
import type { AuthorId } from '../protocol/index.ts';
import type { WorkerCounts } from '../protocol/counts.ts';
import type { PushQueue } from './push-queue.ts';
import { waitingReceipts } from './receipts.ts';

export async function countFor(account: AuthorId, queue: PushQueue): Promise<WorkerCounts> {
  const [{ pushes }, receipts] = await Promise.all([queue.peek(), waitingReceipts()]);
  const mine = pushes.filter((push) => push.account === account);
  return {
    queuedRequests: mine.length,
    queuedEdits: mine.reduce((sum, { entries }) => sum + entries.length, 0),
    waitingReceipts: receipts.filter((receipt) => receipt.Account === account).reduce((sum, { Results }) => sum + Results.length, 0),
  };
}
