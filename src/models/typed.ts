/**
 * Between what a person types and what an answer is.
 */
import type { AnswerValue } from '../../forms/index.ts';

const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/;

/**
 * The answer in a text: null for none, a number where one is meant and typed (a comma does for a point), else the text
 * as it is, so that a half-typed number is kept and can be complained about.
 */
export function answerFromText(type: string, text: string): AnswerValue {
  if (text.trim() === '') return null;
  if (type !== 'integer' && type !== 'decimal') return text;
  const typed = text.trim();
  if (!NUMBER.test(typed)) return typed;
  const number = Number(typed.replace(',', '.'));
  // More digits than a number can hold would come back as others.
  return Math.abs(number) > Number.MAX_SAFE_INTEGER ? typed : number;
}

/** The text that stands in an input for an answer. */
export function textFromAnswer(value: AnswerValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : String(value);
}

/** The choices of a select_multiple after one was ticked or unticked, in the order of the list; null for none. */
export function toggled(value: AnswerValue, name: string, on: boolean, order: readonly string[]): AnswerValue {
  const chosen = new Set(Array.isArray(value) ? value : []);
  if (on) chosen.add(name);
  else chosen.delete(name);
  return chosen.size === 0 ? null : order.filter((each) => chosen.has(each));
}
