/**
 * A form that is being answered: the answers, text as it is being typed, which questions complain already, and the form
 * itself. What is kept, and where, is its screen's business.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { type AnswerValue, evaluateForm, type FieldView, type FormView, type Questionnaire as Definition } from '../../forms/index.ts';
import { directionOf } from '../models/language.ts';
import { localIso } from '../models/times.ts';
import { answerFromText, textFromAnswer } from '../models/typed.ts';
import { words } from '../words.ts';
import { type FieldHost, fieldTemplate, isAsked, questionId } from './field.ts';
import { problemList, topBar } from './fill-frame.ts';

interface AnsweringPorts {
  /** Of the screen. */
  readonly el: HTMLElement;
  /** An answer is another than before. */
  readonly changed: () => void;
  readonly render: () => void;
  readonly renderSoon: () => void;
  /** Aborted when the screen goes. */
  readonly leaving: AbortSignal;
}

interface FormParts {
  readonly title: string;
  /** Where one came from; null where there is nowhere to go back to. */
  readonly back: string | null;
  /** Above the questions. */
  readonly note: TemplateResult | typeof nothing;
  readonly languageChosen?: (language: string) => void;
  readonly submit: (event: Event) => void;
}

export class Answering {
  answers: Record<string, AnswerValue> = {};
  language: string;
  private readonly ports: AnsweringPorts;
  /** Text as it is being typed, which an answer may not give back letter for letter: `1.` */
  private readonly texts = new Map<string, string>();
  private readonly left = new Set<string>();
  private hasTriedToSubmit = false;
  private isPressed = false;
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

  constructor(ports: AnsweringPorts, language: string) {
    this.ports = ports;
    this.language = language;
    this.watchPresses();
  }

  /** Begins with these answers, and with nothing that complains. */
  begin(answers: Readonly<Record<string, AnswerValue>>): void {
    this.answers = { ...answers };
    this.texts.clear();
    this.left.clear();
    this.hasTriedToSubmit = false;
  }

  /** The form as it can be submitted; null if something is missing or wrong, which the person is then taken to. */
  submitted(definition: Definition, endedAt: string): FormView | null {
    this.hasTriedToSubmit = true;
    const form = this.evaluate(definition, endedAt);
    if (!form.fields.some((field) => field.relevant && field.error !== null)) return form;
    this.ports.render();
    const problems = this.ports.el.querySelector<HTMLElement>('.problem-list');
    problems?.focus({ preventScroll: true });
    problems?.scrollIntoView();
    return null;
  }

  template(definition: Definition, { title, back, note, languageChosen, submit }: FormParts): TemplateResult {
    const form = this.evaluate(definition);
    const asked = form.fields.filter((field) => isAsked(field) && field.relevant);
    const wrong = this.hasTriedToSubmit ? asked.filter(({ error }) => error !== null) : [];
    const setLanguage = (language: string): void => {
      this.language = language;
      languageChosen?.(language);
      this.ports.render();
    };
    const answered = asked.filter(({ value }) => value !== null).length;
    return html`${topBar({ title, back, languages: definition.languages, language: this.language, setLanguage, answered, asked: asked.length })}
      <form class="form" novalidate lang=${this.language} dir=${directionOf(this.language)} @submit=${submit}>
        ${note} ${form.fields.some(({ required }) => required) ? html`<p class="muted">${words.fill.requiredNote}</p>` : nothing}
        ${problemList(wrong, this.goTo)}
        ${repeat(form.fields, ({ name }) => name, (field) => this.question(field))}
        <button class="unseen" tabindex="-1" aria-hidden="true"></button>
      </form>`;
  }

  private question(field: FieldView): TemplateResult | typeof nothing {
    if (field.type === 'calculate') return nothing;
    return html`<div class="question" data-name=${field.name} ?hidden=${!field.relevant}>${fieldTemplate(field, this.host)}</div>`;
  }

  private evaluate(definition: Definition, now = localIso(new Date())): FormView {
    return evaluateForm(definition, this.answers, { now, language: this.language });
  }

  private answer(field: FieldView, value: AnswerValue): void {
    this.answers[field.name] = value;
    this.ports.changed();
    this.ports.render();
  }

  /**
   * A message that appears moves what is below it; if that happened between pressing and letting go, the press would
   * land beside its target. So it waits until the finger is up.
   */
  private leave(field: FieldView): void {
    this.left.add(field.name);
    this.texts.delete(field.name);
    if (!this.isPressed) setTimeout(this.ports.renderSoon);
  }

  private watchPresses(): void {
    const { el, leaving: signal, renderSoon } = this.ports;
    const released = (): void => {
      this.isPressed = false;
      setTimeout(renderSoon);
    };
    el.addEventListener('pointerdown', () => (this.isPressed = true), { signal });
    window.addEventListener('pointerup', released, { signal });
    window.addEventListener('pointercancel', released, { signal });
  }

  private readonly goTo = (name: string): void => {
    const question = this.ports.el.querySelector<HTMLElement>(`#${CSS.escape(questionId(name))}`);
    const control = question instanceof HTMLFieldSetElement ? question.querySelector<HTMLElement>('input') : question;
    question?.closest('.question')?.scrollIntoView({ block: 'center' });
    control?.focus({ preventScroll: true });
  };
}
