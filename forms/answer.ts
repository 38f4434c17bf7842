import { daysOf } from './expression/value.ts';
import { impossible } from './impossible.ts';
import { MAX_TEXT_LENGTH } from './limits.ts';
import type { AnswerValue, AskedQuestion } from './questionnaire.ts';

/** No answer: null, and for a text '' and for a select_multiple []. Anything else is an answer, right or wrong. */
export function isNoAnswer(question: AskedQuestion, value: unknown): boolean {
  if (question.type === 'text' && value === '') return true;
  if (question.type === 'select_multiple' && Array.isArray(value) && value.length === 0) return true;
  return value === null || value === undefined;
}

/**
 * Is this an answer of the question's type? Nothing is converted: '5' is no integer. A select's names must be among `choices`;
 * whether choice_filter leaves them is another matter.
 */
export function isAnswer(question: AskedQuestion, value: unknown, choices: ReadonlySet<string>): value is AnswerValue {
  switch (question.type) {
    case 'text':
      return typeof value === 'string' && value.length <= MAX_TEXT_LENGTH;
    case 'integer':
      return Number.isSafeInteger(value);
    case 'decimal':
      return Number.isFinite(value);
    case 'date':
      return typeof value === 'string' && daysOf(value) !== null;
    case 'select_one':
      return typeof value === 'string' && choices.has(value);
    case 'select_multiple':
      return isList(value) && value.every((name) => typeof name === 'string' && choices.has(name)) && new Set(value).size === value.length;
    default:
      return impossible(question);
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
