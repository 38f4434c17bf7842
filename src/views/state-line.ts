/**
 * The state of a response in words, icon and time: the same line wherever a response is shown.
 */
import { html, type TemplateResult } from 'lit-html';
import type { Response } from '../models/responses.ts';
import { isGone, shapeFor } from '../models/states.ts';
import { fullTime, relativeTime } from '../models/times.ts';
import { words } from '../words.ts';
import { stateIcon } from './icons.ts';

export function stateLine(response: Response, nowMs: number): TemplateResult {
  const since = response.bookkeeping?.since ?? '';
  const why = whyNot(response);
  return html`<p class="state" data-shape=${shapeFor(response.state)}>
      ${stateIcon(shapeFor(response.state))}
      <span class="state-words" aria-live="polite">${stateWords(response)}</span>
      <time class="state-since" datetime=${since} title=${fullTime(since)}>${relativeTime(since, nowMs)}</time>
    </p>
    ${why.length === 0 ? '' : html`<ul class="why">${why.map((reason) => html`<li>${reason}</li>`)}</ul>`}`;
}

const stateWords = (response: Response): string =>
  isGone(response.bookkeeping?.problem) ? words.responses.deletedOnServer : words.states[response.state];

/** What the server said against it, a sentence each. */
function whyNot(response: Response): readonly string[] {
  const problem = response.bookkeeping?.problem;
  return problem?.kind === 'rejected' ? problem.errors.map(({ Message }) => Message) : [];
}
