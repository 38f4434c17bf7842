/**
 * What stands around the questions: where one is, what is kept, and what has to be looked at again.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { FieldView } from '../../forms/index.ts';
import { languageName } from '../models/language.ts';
import { relativeTime } from '../models/times.ts';
import { words } from '../words.ts';
import type { SaveState } from './autosave.ts';
import { questionId } from './field.ts';
import { icons, stateIcon } from './icons.ts';

interface TopBar {
  readonly title: string;
  /** Null where there is nowhere to go back to. */
  readonly back: string | null;
  readonly languages: readonly string[];
  readonly language: string;
  readonly setLanguage: (language: string) => void;
  readonly answered: number;
  readonly asked: number;
}

export function topBar(bar: TopBar): TemplateResult {
  const progress = words.fill.progress(bar.answered, bar.asked);
  return html`<header class="fill-top">
    <div class="fill-top-row">
      ${bar.back === null ? nothing : html`<a class="icon-button" href=${bar.back} aria-label=${words.nav.back}>${icons.back}</a>`}
      <div class="fill-title">
        <h1 tabindex="-1">${bar.title}</h1>
        <p class="muted">${progress}</p>
      </div>
      ${bar.languages.length > 1 ? languageSelect(bar) : nothing}
    </div>
    <progress class="progress" max=${Math.max(bar.asked, 1)} .value=${bar.answered} aria-label=${progress}></progress>
  </header>`;
}

const languageSelect = (bar: TopBar): TemplateResult => html`<label class="language">
  <span class="unseen">${words.fill.language}</span>
  <select
    class="select"
    @change=${(event: Event) => {
      if (event.target instanceof HTMLSelectElement) bar.setLanguage(event.target.value);
    }}
  >
    ${bar.languages.map((each) => html`<option value=${each} lang=${each} ?selected=${each === bar.language}>${languageName(each)}</option>`)}
  </select>
</label>`;

interface BottomBar {
  readonly save: SaveState;
  readonly nowMs: number;
  /** Whether the response was submitted before. */
  readonly isEdit: boolean;
  readonly isSubmitting: boolean;
  readonly submit: (event: Event) => void;
  /** Drops changes that are not saved; null where there are none. */
  readonly discard: (() => void) | null;
}

export function bottomBar(bar: BottomBar): TemplateResult {
  const submitWords = bar.isEdit ? words.fill.submitEdit : words.fill.submit;
  return html`<footer class="bottom-bar">
    <div class="bottom-bar-inner">
      <div class="save-state" role="status">${saveWords(bar)}</div>
      ${bar.discard === null ? nothing : html`<button class="button" type="button" @click=${bar.discard}>${words.fill.discard}</button>`}
      <button class="button primary" type="button" ?disabled=${bar.isSubmitting} @click=${bar.submit}>
        ${bar.isSubmitting ? words.fill.submitting : submitWords}
      </button>
    </div>
  </footer>`;
}

function saveWords({ save, nowMs, isEdit }: BottomBar): TemplateResult {
  switch (save.kind) {
    case 'idle':
      return html`<span class="muted">${isEdit ? nothing : words.fill.autosave}</span>`;
    case 'saving':
      return html`<span class="muted">${words.fill.saving}</span>`;
    case 'saved':
      return html`${stateIcon('sent')}<span>${isEdit ? words.fill.kept : words.fill.saved}<span class="save-time"><span class="unseen"> · </span>${relativeTime(save.at, nowMs)}</span></span>`;
    case 'failed':
      return html`${stateIcon('rejected')}<span class="not-saved">${save.reason}</span>`;
    default: {
      const never: never = save;
      throw new Error(`No such state: ${String(never)}`);
    }
  }
}

/** What keeps the form from being submitted, each a link to its question. Gets the focus when it appears. */
export function problemList(wrong: readonly FieldView[], goTo: (name: string) => void): TemplateResult | typeof nothing {
  if (wrong.length === 0) return nothing;
  return html`<section class="problem-list" tabindex="-1" aria-labelledby="problem-list-title">
    <h2 id="problem-list-title">${words.fill.errorsTitle(wrong.length)}</h2>
    <ul>
      ${wrong.map(
        (field) => html`<li>
          <a
            href="#${questionId(field.name)}"
            @click=${(event: Event) => {
              event.preventDefault();
              goTo(field.name);
            }}
            >${field.label}</a
          >
          <span>${field.error}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}
