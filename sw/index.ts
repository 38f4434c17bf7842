/**
 * The worker's part of the sync engine, for the worker of any app: pushes by way of the queue, receipts to the pages.
 */
import { registerRoute } from 'workbox-routing';
import { PageMessage, decode } from '../protocol/index.ts';
import { countFor } from './counts.ts';
import { drain } from './drain.ts';
import { handOver, tell, tellOf } from './pages.ts';
import { PushQueue } from './push-queue.ts';
import { isPush, push } from './push-route.ts';
import { forgetReceipts, waitingReceipts } from './receipts.ts';

declare const self: ServiceWorkerGlobalScope;

/**
 * Keeps the pushes of `outpost/sync` that find no network and sends them when there is one, with or without a page.
 * Call it once, while the worker's script is first run: listeners that are added later miss what woke the worker.
 */
export function registerOutpost(): void {
  const queue: PushQueue = new PushQueue('outpost', async () => {
    const drained = await drain(queue);
    await tellOf(drained);
    // The browser tries again only after an `Error`; where it has no Background Sync, nobody would catch one.
    if (drained.failed && 'sync' in self.registration) throw new Error('The server could not be reached; the queue keeps everything.');
  });
  for (const method of ['PUT', 'DELETE', 'POST'] as const) {
    registerRoute(({ url, request }) => isPush(url, request), ({ request }) => push(request, queue), method);
  }
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener('message', (event) => {
    const message = decode(PageMessage, event.data);
    if (message !== null) event.waitUntil(hear(message, queue, event.ports));
  });
}

async function hear(message: PageMessage, queue: PushQueue, [port]: readonly MessagePort[]): Promise<void> {
  switch (message.kind) {
    case 'applied':
      return forgetReceipts(message.keys);
    case 'count':
      port?.postMessage(await countFor(message.account, queue));
      return;
    case 'wake': {
      const [drained] = await Promise.all([drain(queue), waitingReceipts().then(handOver)]);
      await tellOf(drained);
      if (!drained.left.has(message.account)) await tell({ kind: 'empty', account: message.account });
    }
  }
}
