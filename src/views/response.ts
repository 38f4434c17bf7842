/**
 * One response to read: its answers, its state, and what can be done with it.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type AnswerValue, evaluateForm, type FieldView } from '../../forms/index.ts';
import { chooseLanguage } from '../models/language.ts';
import type { Response } from '../models/responses.ts';
import { fullTime, localIso } from '../models/times.ts';
import { textFromAnswer } from '../models/typed.ts';
import { words } from '../words.ts';
import { actionButtons } from './actions.ts';
import { type App, paths } from './app.ts';
import { Screen } from './base.ts';
import { isAsked } from './field.ts';
import { icons } from './icons.ts';
import { stateLine } from './state-line.ts';

export class ResponseScreen extends Screen {
  private readonly app: App;
  private readonly response: Response;

  constructor(app: App, response: Response) {
    super();
    this.app = app;
    this.response = response;
    this.listenTo(response, 'change', this.renderSoon);
    this.listenTo(response, 'change:id', () => app.rename(paths.response(response.key)));
    this.listenTo(response, 'remove', () => app.go(paths.responses, { replace: true }));
    this.listenTo(app.status, 'change:nowMs', this.renderSoon);
  }

  override heading(): string {
    return this.app.questionnaires.get(this.response.questionnaireId)?.title ?? words.responses.unknown;
  }

  override template(): TemplateResult {
    const { response } = this;
    const { endedAt } = response;
    return html`<p class="back"><a class="with-icon" href=${paths.responses}>${icons.back}${words.nav.responses}</a></p>
      <h1 tabindex="-1">${this.heading()}</h1>
      <section class="card" data-id=${response.key} data-state=${response.state}>
        ${stateLine(response, this.app.status.nowMs)}
        ${this.differences()}
        <div class="actions">${actionButtons(this.app, response, ['view'])}</div>
        <dl class="facts">
          ${fact(words.response.started, fullTime(response.startedAt))} ${endedAt === null ? nothing : fact(words.response.ended, fullTime(endedAt))}
          ${fact(words.response.number, html`<span class="short-id long-id" data-temporary=${response.key === response.clientId}>${response.key}</span>`)}
          ${fact(words.response.version, String(response.get('questionnaireVersion') ?? ''))}
        </dl>
      </section>
      <h2>${words.response.answers}</h2>
      <dl class="answers card">${this.fields().map((field) => fact(field.label, answerWords(field, this.answerOf(field.name))))}</dl>`;
  }

  private answerOf(name: string): AnswerValue {
    return this.response.answers[name] ?? null;
  }

  /** The questions that were asked; without the questionnaire, at least what was answered. */
  private fields(): readonly Pick<FieldView, 'name' | 'label' | 'choices'>[] {
    const { answers } = this.response;
    const definition = this.app.questionnaires.get(this.response.questionnaireId)?.definition ?? null;
    if (definition === null) return Object.keys(answers).map((name) => ({ name, label: name, choices: [] }));
    const language = chooseLanguage(definition.languages, null, navigator.languages);
    const now = this.response.endedAt ?? localIso(new Date());
    return evaluateForm(definition, answers, { now, language }).fields.filter((field) => isAsked(field) && field.relevant);
  }

  /** In a conflict, both sides of every answer that differs. */
  private differences(): TemplateResult | typeof nothing {
    const problem = this.response.bookkeeping?.problem;
    if (problem?.kind !== 'conflict') return nothing;
    const theirs = problem.attributes['answers'];
    const theirAnswers = new Map(typeof theirs === 'object' && theirs !== null ? Object.entries(theirs) : []);
    const differing = this.fields().filter(({ name }) => JSON.stringify(this.answerOf(name)) !== JSON.stringify(theirAnswers.get(name) ?? null));
    return html`<h2>${words.response.differences}</h2>
      <dl class="answers">
        ${differing.map((field) =>
          fact(
            field.label,
            html`<span class="side"><b>${words.response.mine}</b> ${answerWords(field, this.answerOf(field.name))}</span>
              <span class="side"><b>${words.response.theirs}</b> ${answerWords(field, theirAnswers.get(field.name))}</span>`,
          ),
        )}
      </dl>`;
  }
}

const fact = (name: string, value: string | TemplateResult): TemplateResult => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** An answer in words: the labels of what was chosen. What came from elsewhere may be of any shape. */
function answerWords(field: Pick<FieldView, 'choices'>, value: unknown): string {
  const labelOf = (name: string): string => field.choices.find((choice) => choice.name === name)?.label ?? name;
  if (Array.isArray(value)) return value.map((each) => labelOf(String(each))).join(', ');
  if (typeof value === 'string' && value !== '') return labelOf(value);
  return typeof value === 'number' ? textFromAnswer(value) : words.response.noAnswer;
}
