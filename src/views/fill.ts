/**
 * Filling in: one column of questions, saved as they are answered.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { type AnswerValue, evaluateForm, type FieldView, type FormView, type Questionnaire as Definition } from '../../forms/index.ts';
import { Edit } from '../models/edits.ts';
import { chooseLanguage, directionOf } from '../models/language.ts';
import type { Questionnaire } from '../models/questionnaires.ts';
import { Response } from '../models/responses.ts';
import { localIso } from '../models/times.ts';
import { answerFromText, textFromAnswer } from '../models/typed.ts';
import { words } from '../words.ts';
import { type App, paths } from './app.ts';
import { Autosave } from './autosave.ts';
import { Screen } from './base.ts';
import { type FieldHost, fieldTemplate, isAsked, questionId } from './field.ts';
import { bottomBar, problemList, topBar } from './fill-frame.ts';

const LANGUAGE_KEY = 'outpost.language';

/** What is filled in: the questionnaire as it was when the screen opened, and the response if there is one already. */
export interface FillTarget {
  readonly questionnaire: Questionnaire;
  readonly definition: Definition;
  readonly response: Response | null;
}

export class Fill extends Screen {
  private readonly app: App;
  private readonly definition: Definition;
  private readonly questionnaireId: string;
  private readonly questionnaireVersion: number;
  private response: Response | null = null;
  /** What was changed of a submitted response and not saved yet. */
  private edit: Edit | null = null;
  private isEdit = false;
  private answers: Record<string, AnswerValue> = {};
  /** Text as it is being typed, which an answer may not give back letter for letter: `1.` */
  private readonly texts = new Map<string, string>();
  private readonly left = new Set<string>();
  private hasTriedToSubmit = false;
  private isSubmitting = false;
  private isPressed = false;
  private language: string;
  private readonly autosave = new Autosave(() => this.save(), this.renderSoon);
  private readonly leaving = new AbortController();
  private readonly host: FieldHost = {
    textOf: (field) => this.texts.get(field.name) ?? textFromAnswer(field.value),
    showsError: (field) => field.error !== null && (this.hasTriedToSubmit || this.left.has(field.name)),
    typed: (field, text) => {
      this.texts.set(field.name, text);
      this.answer(field, answerFromText(field.type, text));
    },
    chosen: (field, value) => this.answer(field, value),
    left: (field) => this.leave(field),
  };

  constructor(app: App, target: FillTarget) {
    super();
    this.app = app;
    this.definition = target.definition;
    this.questionnaireId = target.questionnaire.key;
    this.questionnaireVersion = target.questionnaire.version;
    this.language = chooseLanguage(target.definition.languages, localStorage.getItem(LANGUAGE_KEY), navigator.languages);
    if (target.response !== null) this.open(target.response);
    this.listenTo(app.status, 'change:nowMs', this.renderSoon);
    this.watchForLeaving();
  }

  override heading(): string {
    return this.definition[`title::${this.language}`] ?? this.definition.title;
  }

  override get isAlone(): boolean {
    return true;
  }

  override template(): TemplateResult {
    const form = this.evaluate();
    const asked = form.fields.filter((field) => isAsked(field) && field.relevant);
    const answered = asked.filter(({ value }) => value !== null).length;
    const wrong = this.hasTriedToSubmit ? asked.filter(({ error }) => error !== null) : [];
    return html`${topBar({
        title: this.heading(),
        back: this.isEdit ? paths.responses : paths.home,
        languages: this.definition.languages,
        language: this.language,
        setLanguage: this.setLanguage,
        answered,
        asked: asked.length,
      })}
      <form class="form" novalidate lang=${this.language} dir=${directionOf(this.language)} @submit=${this.submit}>
        ${this.isEdit ? html`<p class="note">${words.fill.editing}</p>` : nothing}
        ${form.fields.some(({ required }) => required) ? html`<p class="muted">${words.fill.requiredNote}</p>` : nothing}
        ${problemList(wrong, this.goTo)}
        ${repeat(form.fields, ({ name }) => name, (field) => this.question(field))}
        <button class="unseen" tabindex="-1" aria-hidden="true"></button>
      </form>
      ${bottomBar({
        save: this.autosave.state,
        nowMs: this.app.status.nowMs,
        isEdit: this.isEdit,
        isSubmitting: this.isSubmitting,
        submit: this.submit,
        discard: this.edit === null ? null : this.discardEdit,
      })}`;
  }

  override remove(): this {
    this.leaving.abort();
    void this.autosave.flush();
    return super.remove();
  }

  private question(field: FieldView): TemplateResult | typeof nothing {
    if (field.type === 'calculate') return nothing;
    return html`<div class="question" data-name=${field.name} ?hidden=${!field.relevant}>${fieldTemplate(field, this.host)}</div>`;
  }

  private evaluate(now = localIso(new Date())): FormView {
    return evaluateForm(this.definition, this.answers, { now, language: this.language });
  }

  private open(response: Response): void {
    this.response = response;
    this.isEdit = response.endedAt !== null;
    if (this.isEdit) this.edit = this.app.edits.of(response.lastingKey) ?? null;
    this.answers = { ...(this.edit ?? response).answers };
    this.listenTo(response, 'change:id', () => this.app.rename(paths.edit(response.key)));
  }

  private answer(field: FieldView, value: AnswerValue): void {
    this.answers[field.name] = value;
    this.autosave.touch();
    // The first answer makes the draft and gives it an address of its own, to which a reload comes back.
    if (this.response === null) void this.autosave.flush();
    this.render();
  }

  /**
   * A message that appears moves what is below it; if that happened between pressing and letting go, the press would
   * land beside its target. So it waits until the finger is up.
   */
  private leave(field: FieldView): void {
    this.left.add(field.name);
    this.texts.delete(field.name);
    if (!this.isPressed) setTimeout(this.renderSoon);
  }

  private watchForLeaving(): void {
    const { signal } = this.leaving;
    const flush = (): void => void this.autosave.flush();
    const released = (): void => {
      this.isPressed = false;
      setTimeout(this.renderSoon);
    };
    window.addEventListener('pagehide', flush, { signal });
    document.addEventListener('visibilitychange', flush, { signal });
    this.el.addEventListener('pointerdown', () => (this.isPressed = true), { signal });
    window.addEventListener('pointerup', released, { signal });
    window.addEventListener('pointercancel', released, { signal });
  }

  /** Puts down what is answered so far: into the draft, or beside a response that was submitted. */
  private async save(): Promise<void> {
    const answers = { ...this.answers };
    if (this.isEdit && this.response !== null) return this.app.engine.save(this.edit ?? this.makeEdit(this.response), { answers });
    if (this.response !== null) return this.app.engine.save(this.response, { answers });
    const draft = this.makeDraft();
    await this.app.engine.save(draft);
  }

  /** Made with the first answer, so that a look at a questionnaire leaves nothing behind. */
  private makeDraft(): Response {
    const draft = this.app.engine.create(this.app.responses, {
      questionnaireId: this.questionnaireId,
      questionnaireVersion: this.questionnaireVersion,
      answers: { ...this.answers },
      startedAt: localIso(new Date()),
      endedAt: null,
    });
    if (!(draft instanceof Response)) throw new TypeError('The collection of responses makes responses.');
    this.response = draft;
    this.app.rename(paths.edit(draft.key));
    return draft;
  }

  private makeEdit(response: Response): Edit {
    const edit = this.app.engine.create(this.app.edits, { responseKey: response.lastingKey });
    if (!(edit instanceof Edit)) throw new TypeError('The collection of edits makes edits.');
    this.edit = edit;
    return edit;
  }

  private async forgetEdit(): Promise<void> {
    const { edit } = this;
    this.edit = null;
    if (edit !== null) await this.app.engine.discard(edit);
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    void this.trySubmit().catch(this.app.complain);
  };

  private async trySubmit(): Promise<void> {
    if (this.isSubmitting) return;
    this.hasTriedToSubmit = true;
    const endedAt = localIso(new Date());
    const form = this.evaluate(endedAt);
    if (form.fields.some((field) => field.relevant && field.error !== null)) {
      this.render();
      const problems = this.el.querySelector<HTMLElement>('.problem-list');
      problems?.focus({ preventScroll: true });
      problems?.scrollIntoView();
      return;
    }
    this.isSubmitting = true;
    this.render();
    try {
      await this.finish(form, endedAt);
    } finally {
      this.isSubmitting = false;
      this.renderSoon();
    }
  }

  private async finish(form: FormView, endedAt: string): Promise<void> {
    this.autosave.cancel();
    const response = this.response ?? this.makeDraft();
    await this.app.engine.save(response, { answers: form.answers, questionnaireVersion: this.questionnaireVersion, endedAt });
    await this.forgetEdit();
    this.app.go(paths.submitted(response.key), { replace: true });
  }

  private readonly discardEdit = (): void => {
    this.autosave.cancel();
    this.answers = { ...this.response?.answers };
    this.texts.clear();
    void this.forgetEdit().then(this.renderSoon, this.app.complain);
    this.render();
  };

  private readonly setLanguage = (language: string): void => {
    this.language = language;
    localStorage.setItem(LANGUAGE_KEY, language);
    this.render();
  };

  private readonly goTo = (name: string): void => {
    const question = this.el.querySelector<HTMLElement>(`#${CSS.escape(questionId(name))}`);
    const control = question instanceof HTMLFieldSetElement ? question.querySelector<HTMLElement>('input') : question;
    question?.closest('.question')?.scrollIntoView({ block: 'center' });
    control?.focus({ preventScroll: true });
  };
}
