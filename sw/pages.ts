/**
 * What the worker tells the pages. All of them: each takes what belongs to its account.
 */
import type { Receipt, WorkerMessage } from '../protocol/index.ts';
import type { Drained } from './drain.ts';

declare const self: ServiceWorkerGlobalScope;

export async function tell(message: WorkerMessage): Promise<void> {
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage(message);
}

export async function handOver(receipts: readonly Receipt[]): Promise<void> {
  if (receipts.length > 0) await tell({ kind: 'receipts', receipts: [...receipts] });
}

/** Says what holds the rest of the queue up. */
export async function tellOf({ needsSignIn, updateNeeded }: Drained): Promise<void> {
  for (const account of needsSignIn) await tell({ kind: 'needs-sign-in', account });
  if (updateNeeded) await tell({ kind: 'update-needed' });
}
