/**
 * What the worker tells the pages. All of them: each takes what belongs to its account.
 */
import type { WorkerMessage } from '../protocol/index.ts';
import type { Drained } from './drain.ts';
import { waitingReceipts } from './receipts.ts';

declare const self: ServiceWorkerGlobalScope;

export async function tell(message: WorkerMessage): Promise<void> {
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage(message);
}

/** Hands over the receipts, and says what holds the rest up. */
export async function tellOf({ needsSignIn, updateNeeded }: Drained): Promise<void> {
  const receipts = await waitingReceipts();
  if (receipts.length > 0) await tell({ kind: 'receipts', receipts });
  for (const account of needsSignIn) await tell({ kind: 'needs-sign-in', account });
  if (updateNeeded) await tell({ kind: 'update-needed' });
}
