/**
 * One row of the list: one view for one model, so that the element stays the same while the id and the state change.
 */
import { html, type TemplateResult } from 'lit-html';
import type { Response } from '../models/responses.ts';
import { fullTime } from '../models/times.ts';
import { words } from '../words.ts';
import { actionButtons } from './actions.ts';
import { type App, paths } from './app.ts';
import { View } from './base.ts';
import { stateLine } from './state-line.ts';

export class ResponseRow extends View<Response> {
  private readonly app: App;

  constructor(app: App, model: Response) {
    super({ model, tagName: 'li', className: 'row card' });
    this.app = app;
    this.listenTo(model, 'change', this.renderSoon);
    this.listenTo(app.questionnaires, 'update', this.renderSoon);
    this.listenTo(app.status, 'change:nowMs', this.renderSoon);
    this.render();
  }

  override render(): this {
    this.el.dataset['id'] = this.model.key;
    this.el.dataset['state'] = this.model.state;
    return super.render();
  }

  override template(): TemplateResult {
    const response = this.model;
    const title = this.app.questionnaires.get(response.questionnaireId)?.title ?? words.responses.unknown;
    const when = response.endedAt ?? response.startedAt;
    const isTemporary = response.key === response.clientId;
    const idWords = isTemporary ? words.responses.idTemporary(response.shortKey) : words.responses.id(response.shortKey);
    return html`<h2 class="card-title"><a class="row-link" href=${response.state === 'draft' ? paths.edit(response.key) : paths.response(response.key)}>${title}</a></h2>
      <p class="muted row-facts">
        <time datetime=${when}>${fullTime(when)}</time>
        <span class="short-id" data-temporary=${isTemporary} title=${idWords}><span class="unseen">${idWords}</span><span aria-hidden="true">${response.shortKey}</span></span>
      </p>
      ${stateLine(response, this.app.status.nowMs)}
      <div class="actions">${actionButtons(this.app, response, ['view'])}</div>`;
  }
}
