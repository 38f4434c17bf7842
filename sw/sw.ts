/**
 * The app's worker: its shell from the cache, and everything else as `registerOutpost` does it for any app.
 */
import * as v from 'valibot';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { registerOutpost } from './index.ts';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (PrecacheEntry | string)[] };

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [/^\/api\//] }));
registerOutpost();

self.addEventListener('message', (event) => {
  // workbox-window asks for this when the person has accepted a new version.
  if (v.is(v.object({ type: v.literal('SKIP_WAITING') }), event.data)) event.waitUntil(self.skipWaiting());
});
