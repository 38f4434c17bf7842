/**
 * One question with its native input.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { AnswerValue, FieldView } from '../../forms/index.ts';
import { toggled } from '../models/typed.ts';
import { words } from '../words.ts';
import { icons } from './icons.ts';

/** What a question needs of the form that it stands in. */
export interface FieldHost {
  /** What stands in its text input. */
  readonly textOf: (field: FieldView) => string;
  readonly showsError: (field: FieldView) => boolean;
  readonly typed: (field: FieldView, text: string) => void;
  readonly chosen: (field: FieldView, value: AnswerValue) => void;
  readonly left: (field: FieldView) => void;
}

export const questionId = (name: string): string => `question-${name}`;

/** Whether a person answers it; notes are read and calculations are made. */
export const isAsked = ({ type }: Pick<FieldView, 'type'>): boolean => type !== 'note' && type !== 'calculate';

export function fieldTemplate(field: FieldView, host: FieldHost): TemplateResult | typeof nothing {
  switch (field.type) {
    case 'calculate':
      return nothing;
    case 'note':
      return html`<p class="question-note">${field.label}</p>${hint(field)}`;
    case 'select_one':
    case 'select_multiple':
      return choices(field, host);
    case 'text':
    case 'integer':
    case 'decimal':
    case 'date':
      return input(field, host);
    default: {
      const never: never = field.type;
      throw new Error(`No such question: ${String(never)}`);
    }
  }
}

const hint = (field: FieldView): TemplateResult | typeof nothing =>
  field.hint ? html`<p class="hint" id="${questionId(field.name)}-hint">${field.hint}</p>` : nothing;

const label = (field: FieldView): TemplateResult =>
  html`${field.label}${field.required ? html`<span class="required-mark" aria-hidden="true"> *</span><span class="unseen"> (${words.fill.required})</span>` : nothing}`;

/** The place of the message is always there, so that it is read out when it fills. */
const problem = (field: FieldView, host: FieldHost): TemplateResult =>
  html`<div class="problem" id="${questionId(field.name)}-problem" aria-live="polite">
    ${host.showsError(field) ? html`<p>${icons.alert}${field.error}</p>` : nothing}
  </div>`;

const describedBy = (field: FieldView): string =>
  `${field.hint ? `${questionId(field.name)}-hint ` : ''}${questionId(field.name)}-problem`;

function input(field: FieldView, host: FieldHost): TemplateResult {
  const id = questionId(field.name);
  return html`<label class="label" for=${id}>${label(field)}</label>
    ${hint(field)}
    <input
      class="input"
      id=${id}
      type=${field.type === 'date' ? 'date' : 'text'}
      inputmode=${INPUT_MODES[field.type] ?? nothing}
      autocomplete="off"
      enterkeyhint="next"
      aria-describedby=${describedBy(field)}
      aria-invalid=${host.showsError(field)}
      ?required=${field.required}
      .value=${live(host.textOf(field))}
      @input=${(event: Event) => {
        if (event.target instanceof HTMLInputElement) host.typed(field, event.target.value);
      }}
      @blur=${() => host.left(field)}
    />
    ${problem(field, host)}`;
}

/** Numbers are typed into a text input with the number keys: `type="number"` gives away what is half typed. */
const INPUT_MODES: Readonly<Record<string, 'numeric' | 'decimal'>> = { integer: 'numeric', decimal: 'decimal' };

function choices(field: FieldView, host: FieldHost): TemplateResult {
  const isOne = field.type === 'select_one';
  const { value } = field;
  const order = field.choices.map(({ name }) => name);
  const isChosen = (name: string): boolean => (Array.isArray(value) ? value.includes(name) : value === name);
  return html`<fieldset
    id=${questionId(field.name)}
    tabindex="-1"
    role=${isOne ? 'radiogroup' : nothing}
    aria-describedby=${describedBy(field)}
    aria-invalid=${isOne ? host.showsError(field) : nothing}
    aria-required=${isOne ? field.required : nothing}
    @focusout=${(event: FocusEvent) => {
      if (event.currentTarget instanceof Node && !isInside(event.currentTarget, event.relatedTarget)) host.left(field);
    }}
  >
    <legend class="label">${label(field)}</legend>
    ${hint(field)}
    <div class="choices">
      ${field.choices.map(
        (choice) => html`<label class="choice">
          <input
            type=${isOne ? 'radio' : 'checkbox'}
            name=${field.name}
            value=${choice.name}
            .checked=${live(isChosen(choice.name))}
            @change=${(event: Event) => {
              if (!(event.target instanceof HTMLInputElement)) return;
              host.chosen(field, isOne ? choice.name : toggled(value, choice.name, event.target.checked, order));
            }}
          />
          <span>${choice.label}</span>
        </label>`,
      )}
    </div>
    ${isOne && !field.required && value !== null
      ? html`<button class="button quiet" type="button" @click=${() => host.chosen(field, null)}>${words.fill.clear}<span class="unseen">: ${field.label}</span></button>`
      : nothing}
    ${problem(field, host)}
  </fieldset>`;
}

const isInside = (element: Node, target: EventTarget | null): boolean => target instanceof Node && element.contains(target);
