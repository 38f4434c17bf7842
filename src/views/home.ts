/**
 * The first screen: what there is to fill in.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { languageName } from '../models/language.ts';
import type { Questionnaire } from '../models/questionnaires.ts';
import { has } from '../models/roles.ts';
import { relativeTime } from '../models/times.ts';
import { words } from '../words.ts';
import { type App, paths } from './app.ts';
import { Screen } from './base.ts';
import { icons } from './icons.ts';
import { installCard } from './install.ts';

export class Home extends Screen {
  private readonly app: App;

  constructor(app: App) {
    super();
    this.app = app;
    this.listenTo(app.questionnaires, 'update change reset', this.renderSoon);
    this.listenTo(app.responses, 'update change', this.renderSoon);
    this.listenTo(app.status, 'change:nowMs change:install', this.renderSoon);
  }

  override heading(): string {
    return words.home.title;
  }

  override template(): TemplateResult {
    const published = this.app.questionnaires.filter((questionnaire) => questionnaire.isPublished);
    return html`<h1 tabindex="-1">${words.home.title}</h1>
      ${installCard(this.app)}
      ${published.length === 0 ? this.empty() : html`<ul class="cards">${published.map((each) => this.card(each))}</ul>`}`;
  }

  private card(questionnaire: Questionnaire): TemplateResult {
    const { definition } = questionnaire;
    const draft = this.app.responses.draftOf(questionnaire.key);
    const since = draft?.bookkeeping?.since ?? '';
    return html`<li class="card" data-id=${questionnaire.key}>
      <h2 class="card-title">${questionnaire.title}</h2>
      ${definition === null
        ? html`<p class="note">${words.home.broken}</p>`
        : html`<p class="muted">${about(definition)}${draft === undefined ? nothing : html` · ${words.home.draftFrom(relativeTime(since, this.app.status.nowMs))}`}</p>
            <div class="actions">
              ${draft === undefined
                ? html`<a class="button primary" href=${paths.fill(questionnaire.key)}>${words.home.start}${forWhat(questionnaire)}</a>`
                : html`<a class="button primary" href=${paths.edit(draft.key)}>${words.home.continueDraft}${forWhat(questionnaire)}</a>
                    <a class="button" href=${paths.fill(questionnaire.key)}>${words.home.startAnother}${forWhat(questionnaire)}</a>`}
            </div>`}
    </li>`;
  }

  private empty(): TemplateResult {
    const isOwner = has(this.app.place, 'manage');
    return html`<div class="empty">
      ${icons.clipboard}
      <h2>${words.home.emptyTitle}</h2>
      <p>${isOwner ? words.home.emptyOwner : words.home.empty}</p>
      ${isOwner ? html`<a class="button primary" href=${paths.manage}>${words.home.add}</a>` : nothing}
    </div>`;
  }
}

/** Several links that say "Start" are told apart when they are read out. */
const forWhat = (questionnaire: Questionnaire): TemplateResult => html`<span class="unseen">: ${questionnaire.title}</span>`;

function about({ questions, languages }: NonNullable<Questionnaire['definition']>): string {
  const asked = questions.filter(({ type }) => type !== 'note' && type !== 'calculate').length;
  const spoken = languages.length > 1 ? ` · ${languages.map(languageName).join(', ')}` : '';
  return words.home.questions(asked) + spoken;
}
