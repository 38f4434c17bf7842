/**
 * The worker: the app's shell from the cache, pushes by way of the queue, receipts to the pages.
 */
import * as v from 'valibot';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { BASE_PATH, PageMessage } from '../protocol/index.ts';
import { drain } from './drain.ts';
import { tell, tellOf } from './pages.ts';
import { PushQueue } from './push-queue.ts';
import { isPush, push } from './push-route.ts';
import { forgetReceipts } from './receipts.ts';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (PrecacheEntry | string)[] };

const queue = new PushQueue('outpost', async () => {
  const drained = await drain(queue);
  await tellOf(drained);
  // The browser tries again only after an `Error`.
  if (drained.failed) throw new Error('The server could not be reached; the queue keeps everything.');
});

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [new RegExp(`^${BASE_PATH}/`)] }));
for (const method of ['PUT', 'DELETE', 'POST'] as const) {
  registerRoute(({ url, request }) => isPush(url, request), ({ request }) => push(request, queue), method);
}

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  // workbox-window asks for this when the person has accepted a new version.
  if (v.is(v.object({ type: v.literal('SKIP_WAITING') }), event.data)) event.waitUntil(self.skipWaiting());
  const message = v.safeParse(PageMessage, event.data);
  if (message.success) event.waitUntil(hear(message.output));
});

async function hear(message: PageMessage): Promise<void> {
  switch (message.kind) {
    case 'applied':
      return forgetReceipts(message.keys);
    case 'wake': {
      const drained = await drain(queue);
      await tellOf(drained);
      if (!drained.left.has(message.account)) await tell({ kind: 'empty', account: message.account });
    }
  }
}
