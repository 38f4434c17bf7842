/**
 * The frame around the screens: header, navigation, banners, and the arriving on a screen.
 */
import Backbone from 'backbone';
import { html, nothing, type TemplateResult } from 'lit-html';
import { has } from '../models/roles.ts';
import { shapeOfSummary } from '../models/states.ts';
import { relativeTime } from '../models/times.ts';
import { words } from '../words.ts';
import type * as Account from './account.ts';
import { type App, paths } from './app.ts';
import { type Screen, View } from './base.ts';
import { icons, mark, stateIcon } from './icons.ts';

/** Fetched after the first screens are up, and before anybody asks for it. */
export const account = (): Promise<typeof Account> => import('./account.ts');

export class Shell extends View {
  private app: App | null = null;
  private screen: Screen | null = null;
  private complaint = '';

  constructor(el: HTMLElement) {
    super({ el });
    el.replaceChildren();
    el.addEventListener('click', this.followLink);
  }

  /** From now on somebody is signed in. */
  open(app: App): void {
    this.app = app;
    this.listenTo(app.status, 'change', this.renderSoon);
  }

  /** The app could not go on: nothing of it stays but what is shown next. */
  close(): void {
    this.app = null;
    this.stopListening();
    Backbone.history.stop();
  }

  show(screen: Screen): void {
    const isFirst = this.screen === null;
    this.screen?.remove();
    this.screen = screen;
    this.complaint = '';
    screen.render();
    this.render();
    if (isFirst) return;
    window.scrollTo(0, 0);
    screen.el.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }

  /** Says what went wrong, above the screen, until it is closed or another screen opens. */
  readonly complain = (problem: unknown): void => {
    // The messages of the engine are for people; those of the browser's own errors are not.
    this.complaint = problem instanceof Error && problem.name === 'Error' ? problem.message : words.problems.unexpected;
    this.renderSoon();
  };

  override template(): TemplateResult {
    const isAlone = this.app === null || this.screen?.isAlone === true;
    return html`${isAlone || this.app === null ? nothing : this.header(this.app)}
      <div class="banners">${this.complaintBanner()}${isAlone || this.app === null ? nothing : banner(this.app)}</div>
      <main class="main" data-alone=${isAlone} id="main">${this.screen?.el}</main>
      ${isAlone || this.app === null ? nothing : navigation(this.app)}`;
  }

  private header(app: App): TemplateResult {
    const { status } = app;
    const { summary } = status;
    const stuckCount = app.responses.filter(({ state }) => state === 'rejected' || state === 'conflict').length;
    const sent = summary.lastSentAt === null ? words.sync.noneSent : words.sync.lastSent(relativeTime(summary.lastSentAt, status.nowMs));
    return html`<header class="header">
      <a class="skip" href="#main" @click=${this.skip}>${words.nav.skip}</a>
      <a class="brand" href=${paths.home}>${mark}<span dir="auto">${app.place.isOneOfSeveral ? app.place.workspace?.Name : words.app}</span></a>
      <a class="sync" href=${paths.responses} data-waiting=${summary.waiting}>
        ${stateIcon(shapeOfSummary(summary, stuckCount))}
        <span class="sync-words" role="status">
          <b>${countWords(summary.waiting, stuckCount)}</b>
          <span class="unseen">, </span>
          <small>${sent}</small>
        </span>
      </a>
      <button class="icon-button" type="button" aria-label=${words.nav.account} aria-haspopup="dialog" @click=${() => void account().then(({ openAccount }) => openAccount(app)).catch(this.complain)}>${icons.person}</button>
    </header>`;
  }

  private complaintBanner(): TemplateResult | typeof nothing {
    if (this.complaint === '') return nothing;
    return html`<div class="banner bad" role="alert">
      ${icons.alert}
      <p>${this.complaint}</p>
      <button class="icon-button" type="button" aria-label=${words.nav.close} @click=${this.closeComplaint}>${icons.close}</button>
    </div>`;
  }

  private readonly closeComplaint = (): void => {
    this.complaint = '';
    this.render();
  };

  private readonly skip = (event: Event): void => {
    event.preventDefault();
    this.el.querySelector<HTMLElement>('h1')?.focus();
  };

  /** Links within the app open a screen; what a person does with a held key or another button is left to the browser. */
  private readonly followLink = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (this.app === null || link === null || link.origin !== location.origin || link.hasAttribute('download')) return;
    event.preventDefault();
    this.app.go(link.pathname);
  };
}

function countWords(waitingCount: number, stuckCount: number): string {
  if (waitingCount > 0) return words.sync.waiting(waitingCount);
  return stuckCount > 0 ? words.sync.needsYou(stuckCount) : words.sync.allSent;
}

/** At most one: the one that matters most. */
function banner({ status, update }: App): TemplateResult | typeof nothing {
  const { connection } = status.summary;
  if (connection === 'update-needed') return html`<div class="banner warn" role="status">${icons.alert}<p>${words.sync.updateNeeded}</p>${updateButton(status.get('updateReady') === true, update)}</div>`;
  if (status.get('removed') === true) {
    return html`<div class="banner warn" role="status">${stateIcon('needs-sign-in')}<p>${words.sync.removed}</p></div>`;
  }
  if (connection === 'needs-sign-in') {
    return html`<div class="banner warn" role="status">
      ${stateIcon('needs-sign-in')}
      <p>${words.sync.needsSignIn}</p>
      <a class="button" href=${paths.signIn}>${words.signIn.submit}</a>
    </div>`;
  }
  if (status.get('updateReady') === true) return html`<div class="banner" role="status">${icons.refresh}<p>${words.sync.updateReady}</p>${updateButton(true, update)}</div>`;
  if (!status.isOffline) return nothing;
  const offline = status.get('sendsWhenClosed') === true ? words.sync.offline : words.sync.offlineOpen;
  return html`<div class="banner" role="status">${icons.offline}<p>${offline}</p></div>`;
}

const updateButton = (isReady: boolean, update: () => void): TemplateResult | typeof nothing =>
  isReady ? html`<button class="button" type="button" @click=${update}>${words.sync.update}</button>` : nothing;

function navigation(app: App): TemplateResult {
  const here = location.pathname;
  const tab = (path: string, icon: TemplateResult, text: string, isHere: boolean): TemplateResult =>
    html`<a class="tab" href=${path} aria-current=${isHere ? 'page' : nothing}>${icon}<span>${text}</span></a>`;
  const { place } = app;
  const fills = has(place, 'fill');
  const manages = has(place, 'manage');
  return html`<nav class="tabs" aria-label=${words.nav.label}>
    ${fills ? tab(paths.home, icons.clipboard, words.nav.fill, here === paths.home || here.startsWith('/fill/')) : nothing}
    ${fills || app.responses.length > 0 ? tab(paths.responses, icons.stack, words.nav.responses, here.startsWith(paths.responses)) : nothing}
    ${manages || has(place, 'results')
      ? tab(paths.manage, icons.table, manages ? words.nav.manage : words.nav.results, here.startsWith(paths.manage) || (!fills && here === paths.home))
      : nothing}
    ${has(place, 'people') ? tab(paths.people, icons.person, words.nav.people, here.startsWith(paths.people)) : nothing}
  </nav>`;
}
