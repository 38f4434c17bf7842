/**
 * The list of everything that was filled in on this device, drafts and sent ones, as proof.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Response } from '../models/responses.ts';
import { words } from '../words.ts';
import { type App, paths } from './app.ts';
import { Screen } from './base.ts';
import { icons } from './icons.ts';
import { ResponseRow } from './response-row.ts';

/** So many rows are drawn at first, and more at each request: an old phone shows thousands only slowly. */
const PAGE_ROWS = 50;

export class ResponsesList extends Screen {
  private readonly app: App;
  private readonly rows = new Map<string, ResponseRow>();
  private shownRows = PAGE_ROWS;

  constructor(app: App) {
    super();
    this.app = app;
    this.listenTo(app.responses, 'update reset change:outpost', this.renderSoon);
  }

  override heading(): string {
    return words.responses.title;
  }

  override template(): TemplateResult {
    const all = this.app.responses.inOrder();
    const shown = all.slice(0, this.shownRows);
    this.forgetRowsBut(shown);
    const olderCount = all.length - shown.length;
    return html`<h1 tabindex="-1">${words.responses.title}</h1>
      ${all.length === 0 ? empty : nothing}
      <ul class="cards rows" ?hidden=${all.length === 0}>${repeat(shown, ({ cid }) => cid, (response) => this.rowFor(response).el)}</ul>
      ${olderCount === 0 ? nothing : html`<button class="button wide" type="button" @click=${this.showMore}>${words.responses.olderButton(olderCount)}</button>`}`;
  }

  override remove(): this {
    this.forgetRowsBut([]);
    return super.remove();
  }

  private readonly showMore = (): void => {
    this.shownRows += PAGE_ROWS;
    this.render();
  };

  /** Backbone's `cid` stays when the id changes, and so does the row. */
  private rowFor(response: Response): ResponseRow {
    const row = this.rows.get(response.cid) ?? new ResponseRow(this.app, response);
    this.rows.set(response.cid, row);
    return row;
  }

  private forgetRowsBut(shown: readonly Response[]): void {
    const kept = new Set(shown.map(({ cid }) => cid));
    for (const [cid, row] of this.rows) {
      if (kept.has(cid)) continue;
      row.stopListening();
      this.rows.delete(cid);
    }
  }
}

const empty = html`<div class="empty">
  ${icons.stack}
  <h2>${words.responses.emptyTitle}</h2>
  <p>${words.responses.empty}</p>
  <a class="button primary" href=${paths.home}>${words.fill.toHome}</a>
</div>`;
