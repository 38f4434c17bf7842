/**
 * What a page on Outpost's server does before anything is measured: it signs in and hires its worker.
 */
import { BASE_PATH } from '../../../protocol/http.ts';
import { OWNER } from './owner.ts';

declare global {
  interface Window {
    readonly trustedTypes?: { createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string } };
  }
}

const KEY = 'bench-session';

/** Signs in at the first visit. @returns what the server said of the session, as JSON */
export async function signIn(): Promise<string> {
  const known = localStorage.getItem(KEY);
  if (known !== null) return known;
  const body = JSON.stringify({ Email: OWNER.email, Password: OWNER.password });
  const answer = await fetch(`${BASE_PATH}/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const session = await answer.text();
  if (!answer.ok) throw new Error(`The sign-in was answered with ${answer.status}: ${session}`);
  localStorage.setItem(KEY, session);
  return session;
}

/** Resolves once the worker stands between this page and the server. */
export async function hireWorker(): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller !== null) return;
  const controlled = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  // Outpost's server lets no script be named by a mere text.
  const policy = window.trustedTypes?.createPolicy('outpost', { createScriptURL: (url) => url });
  await serviceWorker.register(policy?.createScriptURL('/worker.js') ?? '/worker.js');
  await controlled;
}
