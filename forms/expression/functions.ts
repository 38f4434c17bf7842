/**
 * The functions of the language: what each takes, what it gives, and how it is worked out.
 */
import { MAX_TEXT_LENGTH } from '../limits.ts';
import { isEmpty, toBoolean, toNumber, toText, type Value } from './value.ts';

export type Kind = 'number' | 'text' | 'date' | 'boolean' | 'list';
/** Everything that a value may turn out to be. `if(…, 1, 'x')` may be a number or a text; '' may be nothing, which fits everywhere. */
export type Kinds = readonly Kind[];

const NUMERIC: Kinds = ['number', 'text', 'boolean'];
export const SINGLE: Kinds = [...NUMERIC, 'date'];
const ANY: Kinds = [...SINGLE, 'list'];

export type FunctionName =
  | 'selected'
  | 'count-selected'
  | 'today'
  | 'not'
  | 'if'
  | 'coalesce'
  | 'string-length'
  | 'int'
  | 'round'
  | 'number'
  | 'string'
  | 'concat'
  | 'min'
  | 'max'
  | 'true'
  | 'false';

interface FunctionRule {
  /** What each argument may be, in order. */
  readonly takes: readonly Kinds[];
  /** How many arguments a call needs; all of `takes` where it is left out. */
  readonly atLeast?: number;
  /** The last of `takes` may come again and again. */
  readonly repeats?: true;
  /** What comes out, given what goes in. */
  readonly gives: (given: readonly Kinds[]) => Kinds;
  readonly run: (values: readonly Value[], today: string) => Value;
}

const number = (): Kinds => ['number'];
const text = (): Kinds => ['text'];
const boolean = (): Kinds => ['boolean'];

export const FUNCTIONS: Readonly<Record<FunctionName, FunctionRule>> = {
  selected: { takes: [['list', 'text'], ['text', 'number']], gives: boolean, run: ([chosen = '', name = '']) => isSelected(chosen, toText(name)) },
  'count-selected': { takes: [['list']], gives: number, run: ([chosen = '']) => (typeof chosen === 'object' ? chosen.length : 0) },
  today: { takes: [], gives: () => ['date'], run: (_, today) => today },
  not: { takes: [ANY], gives: boolean, run: ([value = '']) => !toBoolean(value) },
  if: {
    takes: [ANY, ANY, ANY],
    gives: ([, then = [], otherwise = []]) => together([then, otherwise]),
    run: ([condition = '', then = '', otherwise = '']) => (toBoolean(condition) ? then : otherwise),
  },
  coalesce: { takes: [ANY, ANY], repeats: true, gives: together, run: (values) => values.find((value) => !isEmpty(value)) ?? '' },
  // Characters as a person counts them: an emoji outside the basic plane is one.
  'string-length': { takes: [SINGLE], gives: number, run: ([value = '']) => Array.from(toText(value)).length },
  int: { takes: [NUMERIC], gives: number, run: ([value = '']) => Math.trunc(toNumber(value)) },
  round: { takes: [NUMERIC, NUMERIC], atLeast: 1, gives: number, run: ([value = '', places = 0]) => round(toNumber(value), toNumber(places)) },
  number: { takes: [SINGLE], gives: number, run: ([value = '']) => toNumber(value) },
  string: { takes: [SINGLE], gives: text, run: ([value = '']) => toText(value) },
  concat: { takes: [SINGLE], repeats: true, gives: text, run: concat },
  min: { takes: [NUMERIC], repeats: true, gives: number, run: (values) => Math.min(...values.map(toNumber)) },
  max: { takes: [NUMERIC], repeats: true, gives: number, run: (values) => Math.max(...values.map(toNumber)) },
  true: { takes: [], gives: boolean, run: () => true },
  false: { takes: [], gives: boolean, run: () => false },
};

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

function together(all: readonly Kinds[]): Kinds {
  return [...new Set(all.flat())];
}

/** True for the choice of a select_one as well. */
function isSelected(chosen: Value, name: string): boolean {
  if (typeof chosen === 'object') return chosen.includes(name);
  return !isEmpty(chosen) && toText(chosen) === name;
}

/** Rounds what is written down, halves up: round(1.005, 2) is 1.01. Powers of ten would differ from engine to engine. */
function round(value: number, places: number): number {
  if (!Number.isInteger(places) || Math.abs(places) > 15) return Number.NaN;
  return shift(Math.round(shift(value, places)), -places);
}

function shift(value: number, places: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}

/** Nothing if the text would be too long for an answer: calculations that double each other would fill the memory. */
function concat(values: readonly Value[]): string {
  const joined = values.map(toText).join('');
  return joined.length > MAX_TEXT_LENGTH ? '' : joined;
}
