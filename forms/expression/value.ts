/**
 * What an expression works with. No answer is the empty text; a number that is none (NaN) and an empty list count as empty too.
 */
import type { AnswerValue } from '../questionnaire.ts';
import { MAX_TEXT_LENGTH } from '../limits.ts';

/** A date is its ISO text, the answer to a select_multiple its list of choice names. */
export type Value = string | number | boolean | readonly string[];

const MS_PER_DAY = 86_400_000;
const NUMBER = /^\s*-?(?:\d+\.?\d*|\.\d+)\s*$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;

export function isEmpty(value: Value): boolean {
  return typeof value === 'object' ? value.length === 0 : value === '' || Number.isNaN(value);
}

/** Days from 1970-01-01 to a day written 'YYYY-MM-DD', or null if that is no day of the calendar. Years before 100 are none. */
export function daysOf(text: string): number | null {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (day === undefined) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.toISOString().slice(0, 10) === text ? date.getTime() / MS_PER_DAY : null;
}

/** A date counts its days since 1970-01-01, so that dates can be compared and subtracted. What is no number gives NaN. */
export function toNumber(value: Value): number {
  if (typeof value === 'object') return Number.NaN;
  if (typeof value !== 'string' || NUMBER.test(value)) return Number(value);
  return daysOf(value) ?? Number.NaN;
}

export function toText(value: Value): string {
  if (typeof value === 'object') return value.join(' ');
  return isEmpty(value) ? '' : String(value);
}

/** Zero, nothing and false are false, everything else is true. */
export function toBoolean(value: Value): boolean {
  return !isEmpty(value) && value !== 0 && value !== false;
}

/** How an answer stands in expressions. */
export function fromAnswer(answer: AnswerValue): Value {
  return answer ?? '';
}

/** How a calculation leaves as an answer: null where it gives nothing, no finite number, or a text too long to be an answer. */
export function toAnswer(value: Value): AnswerValue {
  if (typeof value === 'boolean') return String(value);
  // Adding 0 turns -0 into 0, which is what JSON makes of it on the way.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  return isEmpty(value) || value.length > MAX_TEXT_LENGTH ? null : value;
}
