/**
 * The worker: registering it, and offering a new version without ever forcing it on somebody who is filling in a form.
 */
import { Workbox } from 'workbox-window';
import type { Status } from '../models/status.ts';

type WorkerAddress = ConstructorParameters<typeof Workbox>[0];

declare global {
  interface Window {
    /** The part of Trusted Types that is needed here; not every browser has them. */
    readonly trustedTypes?: {
      createPolicy(name: string, rules: { createScriptURL(path: string): string }): { createScriptURL(path: string): WorkerAddress };
    };
  }
}

const WORKER_PATH = '/sw.js';
/** How often an app that stays open asks for a new version, at most. */
const ASK_EVERY_MS = 60 * 60_000;

/** Registers the worker once the page has loaded. What it returns takes the new version that `status` says is ready. */
export function watchUpdates(status: Status): () => void {
  if (!('serviceWorker' in navigator)) return () => status.set('updateReady', false);
  const workbox = new Workbox(trustedWorkerPath());
  let isAgreed = false;
  workbox.addEventListener('waiting', () => status.set('updateReady', true));
  // Another tab may have agreed; this one goes on with what it has until its person agrees too.
  workbox.addEventListener('controlling', () => {
    if (isAgreed) location.reload();
  });
  // Without a worker everything still works while the app is open, so nobody is stopped for it.
  workbox.register().catch((error: unknown) => console.warn('The worker could not be registered; nothing is sent while Outpost is closed.', error));
  let askedAtMs = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || !navigator.onLine || Date.now() - askedAtMs < ASK_EVERY_MS) return;
    askedAtMs = Date.now();
    void workbox.update();
  });
  return () => {
    isAgreed = true;
    workbox.messageSkipWaiting();
  };
}

/** Where the browser asks for Trusted Types, the only script address that this app may hand over. */
function trustedWorkerPath(): WorkerAddress {
  const policy = window.trustedTypes?.createPolicy('outpost', {
    createScriptURL: (path) => {
      if (path !== WORKER_PATH) throw new TypeError(`Not a script of this app: ${path}`);
      return path;
    },
  });
  return policy?.createScriptURL(WORKER_PATH) ?? WORKER_PATH;
}
