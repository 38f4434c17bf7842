/**
 * After submitting: what has become of the response and what happens next, changing in place when the receipt comes.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Response } from '../models/responses.ts';
import { type Shape, shapeFor } from '../models/states.ts';
import { words } from '../words.ts';
import { actionButtons } from './actions.ts';
import { type App, paths } from './app.ts';
import { Screen } from './base.ts';
import { icons, stateIcon } from './icons.ts';
import { stateLine } from './state-line.ts';

export class Submitted extends Screen {
  private readonly app: App;
  private readonly response: Response;

  constructor(app: App, response: Response) {
    super();
    this.app = app;
    this.response = response;
    this.listenTo(response, 'change', this.renderSoon);
    this.listenTo(response, 'change:id', () => app.rename(paths.submitted(response.key)));
    this.listenTo(app.status, 'change:nowMs change:sendsWhenClosed', this.renderSoon);
  }

  override heading(): string {
    return titles[shapeFor(this.response.state)];
  }

  override template(): TemplateResult {
    const { response } = this;
    const shape = shapeFor(response.state);
    const sendsWhenClosed = this.app.status.get('sendsWhenClosed') === true;
    return html`<div class="submitted" data-shape=${shape} data-id=${response.key} data-state=${response.state}>
      <div class="submitted-mark">${stateIcon(shape)}</div>
      <div aria-live="polite">
        <h1 tabindex="-1">${this.heading()}</h1>
        <p class="lead">${next(shape, sendsWhenClosed)}</p>
        ${shape === 'waiting' || shape === 'sending' ? html`<p>${sendsWhenClosed ? words.submitted.keep : words.submitted.keepOpen}</p>` : nothing}
      </div>
      <div class="card submitted-card">
        <h2 class="card-title">${this.app.questionnaires.get(response.questionnaireId)?.title ?? words.responses.unknown}</h2>
        ${stateLine(response, this.app.status.nowMs)}
        <p class="muted">${words.submitted.number} <span class="short-id" data-temporary=${response.key === response.clientId}>${response.shortKey}</span></p>
        ${shape === 'rejected' || shape === 'conflict' || shape === 'needs-sign-in'
          ? html`<div class="actions">${actionButtons(this.app, response, ['view'])}</div>`
          : nothing}
      </div>
      <div class="submitted-actions">
        <a class="button primary" href=${paths.fill(response.questionnaireId)}>${icons.clipboard}${words.submitted.another}</a>
        <a class="button" href=${paths.responses}>${icons.stack}${words.submitted.see}</a>
      </div>
    </div>`;
  }
}

const titles: Readonly<Record<Shape, string>> = {
  draft: words.states.draft,
  waiting: words.submitted.unsentTitle,
  sending: words.submitted.unsentTitle,
  sent: words.submitted.sentTitle,
  rejected: words.submitted.rejectedTitle,
  conflict: words.submitted.conflictTitle,
  'needs-sign-in': words.submitted.signInTitle,
};

function next(shape: Shape, sendsWhenClosed: boolean): string {
  switch (shape) {
    case 'draft':
    case 'waiting':
      return sendsWhenClosed ? words.submitted.nextAlone : words.submitted.nextOpen;
    case 'sending':
      return words.submitted.sending;
    case 'sent':
      return words.submitted.sent;
    case 'rejected':
      return words.submitted.rejected;
    case 'conflict':
      return words.submitted.conflict;
    case 'needs-sign-in':
      return words.submitted.signIn;
    default: {
      const never: never = shape;
      throw new Error(`No such shape: ${String(never)}`);
    }
  }
}
