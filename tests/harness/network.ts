/**
 * A browser without a network.
 */
import type { BrowserContext } from 'playwright';
import type { Proxy, Seen } from './proxy.ts';

/**
 * The browser believes that it has no network, and has none. By itself it now and then lets a request through while it is
 * told so to, if the machine is busy; that one is cut on its way.
 * @param isTheirs which requests, where another browser has the same proxy
 * @returns what brings the network back
 */
export async function goOffline(context: BrowserContext, proxy: Proxy, isTheirs: (request: Seen) => boolean = () => true): Promise<() => Promise<void>> {
  const cut = proxy.fault(isTheirs, { kind: 'cut request' });
  await context.setOffline(true);
  return async () => {
    cut.lift();
    await context.setOffline(false);
  };
}
