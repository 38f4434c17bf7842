/**
 * The secret part of a link, and the way on where a link leads nowhere.
 */
import { html, type TemplateResult } from 'lit-html';
import { peopleWords } from '../../words-people.ts';
import { paths } from '../app.ts';

/** Whether it came whole: messages break addresses at their ends. */
export const isToken = (text: string): boolean => /^[\w-]{43}$/.test(text);

export const toApp = (): TemplateResult => html`<p><a class="button" href=${paths.home}>${peopleWords.toApp}</a></p>`;
