/**
 * A screen that shows what the server has just said, and keeps none of it here.
 */
import { html, type TemplateResult } from 'lit-html';
import type { Answer } from '../api.ts';
import { words } from '../words.ts';
import { peopleWords } from '../words-people.ts';
import { Screen } from './base.ts';
import { icons } from './icons.ts';

type Asked<Value> = { readonly kind: 'asking' } | { readonly kind: 'failed'; readonly reason: string } | { readonly kind: 'there'; readonly value: Value };

export abstract class AskingScreen<Value> extends Screen {
  private asked: Asked<Value> = { kind: 'asking' };
  /** What became of the last thing that the person did. */
  private said = '';
  private isWrong = false;
  private readonly leaving = new AbortController();

  constructor() {
    super();
    // Somebody who has handed over a link comes back to see who came by it.
    const look = (): void => {
      if (document.visibilityState === 'visible' && this.asked.kind === 'there') void this.ask();
    };
    document.addEventListener('visibilitychange', look, { signal: this.leaving.signal });
  }

  override remove(): this {
    this.leaving.abort();
    return super.remove();
  }

  /** What the screen is about. */
  protected abstract fetch(): Promise<Answer<Value>>;
  protected abstract arrived(value: Value): TemplateResult;

  /** To be called when the screen is made, and to see what is there now. */
  protected readonly ask = async (): Promise<void> => {
    const answer = await this.fetch();
    this.asked = answer.kind === 'ok' ? { kind: 'there', value: answer.value } : { kind: 'failed', reason: reasonOf(answer) };
    this.renderSoon();
  };

  /** The place of what is said is always there, so that it is read out when it fills. */
  protected content(): TemplateResult {
    return html`<p class=${this.isWrong ? 'said wrong' : 'said'} role="status">${this.said}</p>
      ${this.body()}`;
  }

  protected say(text: string): void {
    this.said = text;
    this.isWrong = false;
    this.renderSoon();
  }

  /** Does something on the server; what it refuses is told here. @returns the answer's value, null if it was refused */
  protected async try<T>(doing: Promise<Answer<T>>, done: string): Promise<{ readonly value: T } | null> {
    const answer = await doing;
    this.say(answer.kind === 'ok' ? done : reasonOf(answer));
    this.isWrong = answer.kind !== 'ok';
    return answer.kind === 'ok' ? { value: answer.value } : null;
  }

  private body(): TemplateResult {
    switch (this.asked.kind) {
      case 'asking':
        return html`<p class="muted">${peopleWords.loading}</p>`;
      case 'failed':
        return html`<div class="problem"><p>${icons.alert}${this.asked.reason}</p></div>
          <button class="button" type="button" @click=${() => void this.ask()}>${icons.refresh}${peopleWords.again}</button>`;
      case 'there':
        return this.arrived(this.asked.value);
      default: {
        const never: never = this.asked;
        throw new Error(`No such outcome: ${String(never)}`);
      }
    }
  }
}

export function reasonOf(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): string {
  if (answer.kind === 'offline') return peopleWords.offline;
  return answer.detail === '' ? words.problems.server : answer.detail;
}

export const back = (path: string, text: string): TemplateResult => html`<p class="back"><a class="with-icon" href=${path}>${icons.back}${text}</a></p>`;

/** A choice in few words, for use in a form. */
export function select<Value extends string>(about: {
  readonly id: string;
  readonly label: string;
  readonly isLabelUnseen?: boolean;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly value: Value;
  readonly choose: (value: Value) => void;
}): TemplateResult {
  const change = (event: Event): void => {
    const chosen = event.target instanceof HTMLSelectElement ? event.target.value : '';
    const option = about.options.find(({ value }) => value === chosen);
    if (option !== undefined) about.choose(option.value);
  };
  return html`<label class=${about.isLabelUnseen === true ? 'unseen' : 'label'} for=${about.id}>${about.label}</label>
    <select class="select" id=${about.id} @change=${change}>
      ${about.options.map(({ value, text }) => html`<option value=${value} ?selected=${value === about.value}>${text}</option>`)}
    </select>`;
}
