/**
 * Filling in: one column of questions, saved as they are answered.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { FormView, Questionnaire as Definition } from '../../forms/index.ts';
import { Edit } from '../models/edits.ts';
import { chooseLanguage } from '../models/language.ts';
import type { Questionnaire } from '../models/questionnaires.ts';
import { Response } from '../models/responses.ts';
import { localIso } from '../models/times.ts';
import { words } from '../words.ts';
import { Answering } from './answering.ts';
import { type App, paths } from './app.ts';
import { Autosave } from './autosave.ts';
import { Screen } from './base.ts';
import { bottomBar } from './fill-frame.ts';

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
  private isSubmitting = false;
  private readonly autosave = new Autosave(() => this.save(), this.renderSoon);
  private readonly leaving = new AbortController();
  private readonly answering: Answering;

  constructor(app: App, target: FillTarget) {
    super();
    this.app = app;
    this.definition = target.definition;
    this.questionnaireId = target.questionnaire.key;
    this.questionnaireVersion = target.questionnaire.version;
    const language = chooseLanguage(target.definition.languages, localStorage.getItem(LANGUAGE_KEY), navigator.languages);
    const { el, renderSoon } = this;
    this.answering = new Answering({ el, changed: () => this.changed(), render: () => this.render(), renderSoon, leaving: this.leaving.signal }, language);
    if (target.response !== null) this.open(target.response);
    this.listenTo(app.status, 'change:nowMs', this.renderSoon);
    this.watchForLeaving();
  }

  override heading(): string {
    return this.definition[`title::${this.answering.language}`] ?? this.definition.title;
  }

  override get isAlone(): boolean {
    return true;
  }

  override template(): TemplateResult {
    return html`${this.answering.template(this.definition, {
        title: this.heading(),
        back: this.isEdit ? paths.responses : paths.home,
        note: this.isEdit ? html`<p class="note">${words.fill.editing}</p>` : nothing,
        languageChosen: (language) => localStorage.setItem(LANGUAGE_KEY, language),
        submit: this.submit,
      })}
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

  private open(response: Response): void {
    this.response = response;
    this.isEdit = response.endedAt !== null;
    if (this.isEdit) this.edit = this.app.edits.of(response.lastingKey) ?? null;
    this.answering.begin((this.edit ?? response).answers);
    this.listenTo(response, 'change:id', () => this.app.rename(paths.edit(response.key)));
  }

  private changed(): void {
    this.autosave.touch();
    // The first answer makes the draft and gives it an address of its own, to which a reload comes back.
    if (this.response === null) void this.autosave.flush();
  }

  private watchForLeaving(): void {
    const { signal } = this.leaving;
    const flush = (): void => void this.autosave.flush();
    window.addEventListener('pagehide', flush, { signal });
    document.addEventListener('visibilitychange', flush, { signal });
  }

  /** Puts down what is answered so far: into the draft, or beside a response that was submitted. */
  private async save(): Promise<void> {
    const answers = { ...this.answering.answers };
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
      answers: { ...this.answering.answers },
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
    const endedAt = localIso(new Date());
    const form = this.answering.submitted(this.definition, endedAt);
    if (form === null) return;
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
    this.answering.begin({ ...this.response?.answers });
    void this.forgetEdit().then(this.renderSoon, this.app.complain);
    this.render();
  };
}
