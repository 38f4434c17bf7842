import { MAX_EXPRESSION_LENGTH } from '../limits.ts';
import { ExpressionError } from './expression-error.ts';

/** One word of an expression. `at` is the place of its first character, counted from 1. */
export interface Token {
  readonly kind: 'number' | 'text' | 'answer' | 'name' | 'symbol' | 'end';
  /** Without the quotes of a text and the `${}` of an answer. */
  readonly text: string;
  readonly at: number;
}

// As in XPath, a name may hold a minus sign: `string-length`. So `a - b` needs its blanks.
const TOKEN = /(\d+(?:\.\d*)?|\.\d+)|'([^']*)'|"([^"]*)"|\$\{([^}]*)\}|([A-Za-z_][\w-]*)|([!<>]=|[=<>+*(),.-])/y;
const BLANKS = /\s*/y;

/** The tokens of an expression with an `end` after the last. Throws ExpressionError. */
export function tokenise(source: string): Token[] {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    throw new ExpressionError(`An expression may have ${MAX_EXPRESSION_LENGTH} characters; this one has ${source.length}.`);
  }
  const tokens: Token[] = [];
  let position = skipBlanks(source, 0);
  while (position < source.length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(source);
    if (match === null) throw notUnderstood(source, position);
    tokens.push({ ...tokenOf(match), at: position + 1 });
    position = skipBlanks(source, TOKEN.lastIndex);
  }
  tokens.push({ kind: 'end', text: '', at: source.length + 1 });
  return tokens;
}

function tokenOf([, number, single, double, answer, name, symbol]: RegExpExecArray): Pick<Token, 'kind' | 'text'> {
  if (number !== undefined) return { kind: 'number', text: number };
  const text = single ?? double;
  if (text !== undefined) return { kind: 'text', text };
  if (answer !== undefined) return { kind: 'answer', text: answer };
  if (name !== undefined) return { kind: 'name', text: name };
  return { kind: 'symbol', text: symbol ?? '' };
}

function skipBlanks(source: string, from: number): number {
  BLANKS.lastIndex = from;
  BLANKS.exec(source);
  return BLANKS.lastIndex;
}

function notUnderstood(source: string, position: number): ExpressionError {
  const character = String.fromCodePoint(source.codePointAt(position) ?? 0);
  const place = `at character ${position + 1}`;
  if (character === "'" || character === '"') return new ExpressionError(`The text that begins ${place} has no closing ${character}.`);
  if ('‘’“”'.includes(character)) return new ExpressionError(`Write straight quotes, ' or ", instead of ${character} ${place}.`);
  if (character === '$') return new ExpressionError(`Write \${name} for an answer ${place}.`);
  return new ExpressionError(`“${character}” ${place} is not understood.`);
}
