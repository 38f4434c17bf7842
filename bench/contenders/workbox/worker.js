/**
 * As the documentation shows it: writes that fail are queued, and the list comes from the network or else from the cache.
 */
import { BackgroundSyncPlugin } from 'workbox-background-sync';
import { clientsClaim } from 'workbox-core';
import { registerRoute } from 'workbox-routing';
import { NetworkFirst, NetworkOnly } from 'workbox-strategies';

registerRoute(
  ({ url }) => url.pathname.startsWith('/api/v1/responses'),
  new NetworkOnly({ plugins: [new BackgroundSyncPlugin('responses', { maxRetentionTime: 24 * 60 })] }),
  'PUT',
);
registerRoute(({ url }) => url.pathname === '/api/v1/responses', new NetworkFirst({ cacheName: 'responses' }), 'GET');

clientsClaim();
