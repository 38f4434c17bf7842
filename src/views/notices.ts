/**
 * Screens that only say something: what is missing, or that a path leads nowhere.
 */
import { html, type TemplateResult } from 'lit-html';
import { words } from '../words.ts';
import { paths } from './app.ts';
import { Screen } from './base.ts';
import { icons } from './icons.ts';

interface Saying {
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly linkWords: string;
}

export class Notice extends Screen {
  private readonly saying: Saying;

  constructor(saying: Saying) {
    super();
    this.saying = saying;
  }

  override heading(): string {
    return this.saying.title;
  }

  override template(): TemplateResult {
    const { title, text, link, linkWords } = this.saying;
    return html`<div class="empty">
      ${icons.clipboard}
      <h1 tabindex="-1">${title}</h1>
      <p>${text}</p>
      <a class="button primary" href=${link}>${linkWords}</a>
    </div>`;
  }
}

export const pageNotFound = (): Notice =>
  new Notice({ title: words.problems.title, text: words.problems.notFound, link: paths.home, linkWords: words.fill.toHome });

/** What is kept on the device could not be opened. */
export const startFailed = (reason: string): Notice =>
  new Notice({ title: words.sync.failedTitle, text: words.sync.failed(reason), link: location.pathname, linkWords: words.sync.reload });

export const questionnaireMissing = (): Notice =>
  new Notice({ title: words.fill.missingTitle, text: words.fill.missing, link: paths.responses, linkWords: words.fill.toResponses });

export const responseMissing = (text: string): Notice =>
  new Notice({ title: words.fill.goneTitle, text, link: paths.responses, linkWords: words.fill.toResponses });
