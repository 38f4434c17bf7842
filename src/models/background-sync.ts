/**
 * Whether what waits is also sent while no tab is open. That needs a browser with Background Sync, its leave to use it,
 * and a worker that stands; everywhere else Outpost has to be open, and says so.
 */
import type { Status } from './status.ts';

declare global {
  interface Permissions {
    /** Only browsers with Background Sync know this name. */
    query(descriptor: { readonly name: 'background-sync' }): Promise<PermissionStatus>;
  }
}

/** Keeps `sendsWhenClosed` true to what the browser would do now. */
export async function watchBackgroundSync(status: Status): Promise<void> {
  if (!('SyncManager' in window) || !('serviceWorker' in navigator)) return;
  const permission = await navigator.permissions.query({ name: 'background-sync' });
  const look = (): unknown => status.set('sendsWhenClosed', permission.state === 'granted' && navigator.serviceWorker.controller !== null);
  permission.addEventListener('change', look);
  navigator.serviceWorker.addEventListener('controllerchange', look);
  look();
}
