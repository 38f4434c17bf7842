/**
 * Filling in by a public link: no account, one questionnaire, kept on the device until it has arrived.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { parseQuestionnaire, type Questionnaire as Definition } from '../../../forms/index.ts';
import { ClientId, decode } from '../../../protocol/index.ts';
import type { OpenForm } from '../../../protocol/people.ts';
import type { Answer } from '../../api.ts';
import { chooseLanguage } from '../../models/language.ts';
import { deviceId, type Filling, forget, keep, kept } from '../../models/open-form.ts';
import { localIso } from '../../models/times.ts';
import { fetchForm, sendForm } from '../../people-api.ts';
import { words } from '../../words.ts';
import { peopleWords } from '../../words-people.ts';
import { reasonOf } from '../asking.ts';
import { Screen } from '../base.ts';
import { Answering, Autosave, bottomBar } from '../forms.ts';
import { icons, stateIcon } from '../icons.ts';

type Stage =
  | { readonly kind: 'opening' }
  | { readonly kind: 'gone'; readonly title: string; readonly reason: string }
  | { readonly kind: 'filling'; readonly filling: Filling; readonly definition: Definition }
  /** Submitted and not arrived; `refused` says why it cannot be stored as it is. */
  | { readonly kind: 'submitted'; readonly filling: Filling; readonly definition: Definition; readonly refused: string | null }
  | { readonly kind: 'arrived'; readonly form: OpenForm };

/** How long until the server is tried again while the page is open. */
const RETRY_MS = 30_000;

export class OpenFormScreen extends Screen {
  private readonly token: string;
  private stage: Stage = { kind: 'opening' };
  private isSending = false;
  /** Somebody or the network asked for it while an attempt was under way, which may have begun too early. */
  private isSendingAgain = false;
  private readonly leaving = new AbortController();
  private readonly autosave = new Autosave(() => this.save(), this.renderSoon);
  private readonly answering: Answering;

  /** `token` stands behind the `#` of the link. */
  constructor(token: string) {
    super();
    this.token = token;
    const { signal } = this.leaving;
    const { el, renderSoon } = this;
    this.answering = new Answering({ el, changed: () => this.autosave.touch(), render: () => this.render(), renderSoon, leaving: signal }, '');
    const again = (): void => void this.send();
    window.addEventListener('online', again, { signal });
    document.addEventListener('visibilitychange', () => void this.autosave.flush(), { signal });
    window.addEventListener('pagehide', () => void this.autosave.flush(), { signal });
    const timer = setInterval(again, RETRY_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
    void this.open();
  }

  override heading(): string {
    const { stage } = this;
    switch (stage.kind) {
      case 'opening':
        return words.app;
      case 'gone':
        return stage.title;
      case 'filling':
        return stage.definition[`title::${this.answering.language}`] ?? stage.definition.title;
      case 'submitted':
        return stage.refused === null ? peopleWords.form.unsentTitle : peopleWords.form.refusedTitle;
      case 'arrived':
        return peopleWords.form.sentTitle;
      default: {
        const never: never = stage;
        return never;
      }
    }
  }

  override get isAlone(): boolean {
    return true;
  }

  override remove(): this {
    this.leaving.abort();
    void this.autosave.flush();
    return super.remove();
  }

  override template(): TemplateResult {
    const { stage } = this;
    const says = peopleWords.form;
    switch (stage.kind) {
      case 'opening':
        return html`<div class="empty"><h1 tabindex="-1">${this.heading()}</h1><p role="status">${says.looking}</p></div>`;
      case 'gone':
        return html`<div class="empty">${icons.clipboard}<h1 tabindex="-1">${stage.title}</h1><p>${stage.reason}</p>
          <button class="button primary" type="button" @click=${() => void this.open()}>${peopleWords.again}</button>
        </div>`;
      case 'filling':
        return this.filling(stage.filling, stage.definition);
      case 'submitted':
        return this.outcome(stage.refused === null ? 'waiting' : 'rejected', stage.refused ?? says.unsent, stage.refused === null ? this.sendButton() : this.changeButton());
      case 'arrived':
        return this.outcome('sent', says.sent, stage.form.Limit === 'open' ? html`<button class="button" type="button" @click=${() => void this.open()}>${says.another}</button>` : nothing);
      default: {
        const never: never = stage;
        return never;
      }
    }
  }

  private filling({ form }: Filling, definition: Definition): TemplateResult {
    return html`${this.answering.template(definition, {
        title: this.heading(),
        back: null,
        note: html`<p class="note" lang=${words.locale} dir="ltr">${peopleWords.form.from(form.Workspace)}</p>`,
        submit: this.submit,
      })}
      ${bottomBar({ save: this.autosave.state, nowMs: Date.now(), isEdit: false, isSubmitting: this.isSending, submit: this.submit, discard: null })}`;
  }

  private outcome(shape: 'waiting' | 'rejected' | 'sent', text: string, button: TemplateResult | typeof nothing): TemplateResult {
    return html`<div class="submitted" data-shape=${shape}>
      <div class="submitted-mark">${stateIcon(shape)}</div>
      <div aria-live="polite">
        <h1 tabindex="-1">${this.heading()}</h1>
        <p class="lead">${text}</p>
      </div>
      <div class="submitted-actions">${button}</div>
    </div>`;
  }

  private sendButton(): TemplateResult {
    return html`<button class="button primary" type="button" ?disabled=${this.isSending} @click=${() => void this.send()}>${icons.refresh}${peopleWords.form.sendNow}</button>`;
  }

  private changeButton(): TemplateResult {
    const change = (): void => {
      if (this.stage.kind === 'submitted') this.become({ kind: 'filling', filling: { ...this.stage.filling, endedAt: null }, definition: this.stage.definition });
    };
    return html`<button class="button" type="button" @click=${change}>${peopleWords.form.change}</button>`;
  }

  /** Goes on with what is kept here, also without a connection; else begins anew with what the server has. */
  private async open(): Promise<void> {
    this.become({ kind: 'opening' });
    const before = await kept(this.token);
    if (before !== null) return this.begin(before);
    const answer = await fetchForm(this.token);
    if (answer.kind !== 'ok') return this.become({ kind: 'gone', ...whyNot(answer) });
    const id = decode(ClientId, crypto.randomUUID());
    if (id !== null) this.begin({ form: answer.value, id, answers: {}, startedAt: localIso(new Date()), endedAt: null });
  }

  private begin(filling: Filling): void {
    const parsed = parseQuestionnaire(filling.form.Questionnaire.Attributes);
    if (!parsed.ok) return this.become({ kind: 'gone', title: peopleWords.form.goneTitle, reason: words.home.broken });
    const definition = parsed.questionnaire;
    this.answering.begin(filling.answers);
    this.answering.language = chooseLanguage(definition.languages, null, navigator.languages);
    if (filling.endedAt === null) return this.become({ kind: 'filling', filling, definition });
    this.become({ kind: 'submitted', filling, definition, refused: null });
    void this.send();
  }

  private async save(): Promise<void> {
    if (this.stage.kind === 'filling') await keep(this.token, { ...this.stage.filling, answers: { ...this.answering.answers } });
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    void this.trySubmit();
  };

  private async trySubmit(): Promise<void> {
    if (this.stage.kind !== 'filling') return;
    const { filling, definition } = this.stage;
    const endedAt = localIso(new Date());
    const view = this.answering.submitted(definition, endedAt);
    if (view === null) return;
    this.autosave.cancel();
    const submitted = { ...filling, answers: view.answers, endedAt };
    await keep(this.token, submitted);
    this.become({ kind: 'submitted', filling: submitted, definition, refused: null });
    await this.send();
  }

  /** Sends what was submitted. Sent again it is the same response, so that a lost answer doubles nothing. */
  private async send(): Promise<void> {
    if (this.stage.kind !== 'submitted' || this.stage.refused !== null) return;
    if (this.isSending) {
      this.isSendingAgain = true;
      return;
    }
    const { filling, definition } = this.stage;
    const { form, id, answers, startedAt, endedAt } = filling;
    this.isSending = true;
    this.renderSoon();
    try {
      const response = { questionnaireId: form.Questionnaire.Id, questionnaireVersion: form.Questionnaire.Version, answers, startedAt, endedAt };
      const answer = await sendForm(this.token, await deviceId(), id, response);
      if (answer.kind === 'ok') {
        await forget(this.token);
        this.become({ kind: 'arrived', form });
      } else if (answer.kind === 'refused' && isFinal(answer.status)) {
        this.become({ kind: 'submitted', filling, definition, refused: answer.detail });
      }
    } finally {
      this.isSending = false;
      this.renderSoon();
    }
    if (!this.isSendingAgain) return;
    this.isSendingAgain = false;
    await this.send();
  }

  private become(stage: Stage): void {
    const isAnother = stage.kind !== this.stage.kind;
    this.stage = stage;
    this.render();
    if (isAnother) window.scrollTo(0, 0);
  }
}

const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

function whyNot(answer: Exclude<Answer<OpenForm>, { kind: 'ok' }>): { title: string; reason: string } {
  const { goneTitle, offline, offlineTitle } = peopleWords.form;
  return answer.kind === 'offline' ? { title: offlineTitle, reason: offline } : { title: goneTitle, reason: reasonOf(answer) };
}
