/**
 * The offer to install: the browser's own prompt where there is one, instructions where a person has to do it.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Status } from '../models/status.ts';
import { words } from '../words.ts';
import type { App } from './app.ts';
import { icons, mark } from './icons.ts';

/** There once somebody said "not now" on this device: from then on the offer is made in the account sheet only. */
const DISMISSED_KEY = 'outpost.install-dismissed';

/** On the first screen, until it is installed or turned down. */
export function installCard(app: App): TemplateResult | typeof nothing {
  if (localStorage.getItem(DISMISSED_KEY) !== null) return nothing;
  return installOffer(app, dismissButton(app));
}

/** The offer with what else stands beside its button. */
export function installOffer(app: App, beside: TemplateResult | typeof nothing): TemplateResult | typeof nothing {
  const way = app.status.get('install');
  if (way === 'prompt') return promptCard(app, beside);
  return way === 'ios' ? iosCard(beside) : nothing;
}

const promptCard = (app: App, beside: TemplateResult | typeof nothing): TemplateResult => html`<section class="install" aria-labelledby="install-title">
  ${mark}
  <div>
    <h2 id="install-title">${words.install.title}</h2>
    <p>${words.install.lead}</p>
    <div class="actions">
      <button class="button tonal" type="button" @click=${() => void app.install().catch(app.complain)}>${icons.phone}${words.install.button}</button>
      ${beside}
    </div>
  </div>
</section>`;

const iosCard = (beside: TemplateResult | typeof nothing): TemplateResult => html`<section class="install" aria-labelledby="install-title">
  ${mark}
  <div>
    <h2 id="install-title">${words.install.iosTitle}</h2>
    <p>${words.install.iosLead}</p>
    <p class="install-how">${words.install.iosShare} ${icons.share} ${words.install.iosAdd}</p>
    <div class="actions">${beside}</div>
  </div>
</section>`;

const dismissButton = (app: App): TemplateResult =>
  html`<button class="button" type="button" @click=${() => dismiss(app)}>${words.install.dismiss}</button>`;

function dismiss(app: App): void {
  localStorage.setItem(DISMISSED_KEY, 'yes');
  app.status.trigger('change:install');
}

/** An iPhone or iPad in its browser: Safari has no prompt to install with. iPadOS calls itself a Mac, but has fingers. */
function isIosBrowser(navigator: Navigator): boolean {
  const isInstalled = 'standalone' in navigator && navigator.standalone === true;
  const isPad = navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1;
  return !isInstalled && (isPad || /iPhone|iPad|iPod/.test(navigator.userAgent));
}

/** The browser's own event, which the DOM types do not know. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

const isInstallPrompt = (event: Event): event is InstallPrompt => 'prompt' in event;

/** Keeps the browser's offer for the button. What it returns shows the browser's own prompt. */
export function watchInstall(status: Status): () => Promise<void> {
  let offer: InstallPrompt | null = null;
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    if (isInstallPrompt(event)) offer = event;
    status.set('install', 'prompt');
  });
  window.addEventListener('appinstalled', () => status.set('install', 'no'));
  if (isIosBrowser(navigator)) status.set('install', 'ios');
  return async () => {
    status.set('install', 'no');
    // An offer can be used once; the browser makes another if it was turned down.
    const used = offer;
    offer = null;
    await used?.prompt();
  };
}
