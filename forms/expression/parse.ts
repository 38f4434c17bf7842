import { impossible } from '../impossible.ts';
import { MAX_EXPRESSION_DEPTH } from '../limits.ts';
import { ExpressionError } from './expression-error.ts';
import { isFunctionName } from './functions.ts';
import { compilePattern } from './pattern.ts';
import { tokenise, type Token } from './tokenise.ts';
import { STRENGTH, type BinaryOperator, type Tree } from './tree.ts';

/** Reads an expression. Whether its names and types fit a questionnaire, `kindsOf` says. Throws ExpressionError. */
export function parseExpression(source: string): Tree {
  const tokens = new TokenReader(tokenise(source));
  const tree = parseBinary(tokens, 0, 1);
  if (tokens.next.kind !== 'end') throw unexpected(tokens.next, 'an operator or the end');
  return tree;
}

class TokenReader {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The token that `take` would give. Past the last it stays the `end`. */
  get next(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', at: 1 };
  }

  take(): Token {
    const token = this.next;
    this.#index += 1;
    return token;
  }

  takeIf(symbol: string): boolean {
    const found = this.next.kind === 'symbol' && this.next.text === symbol;
    if (found) this.#index += 1;
    return found;
  }

  expect(symbol: string): void {
    if (!this.takeIf(symbol)) throw unexpected(this.next, `“${symbol}”`);
  }
}

/** Operators that bind at least as strongly as `least`, by precedence climbing. */
function parseBinary(tokens: TokenReader, least: number, depth: number): Tree {
  let left = parseOperand(tokens, depth);
  for (;;) {
    const operator = operatorOf(tokens.next);
    if (operator === null || STRENGTH[operator] < least) return left;
    tokens.take();
    left = { kind: 'binary', operator, left, right: parseBinary(tokens, STRENGTH[operator] + 1, depth) };
  }
}

function operatorOf({ kind, text }: Token): BinaryOperator | null {
  return (kind === 'symbol' || kind === 'name') && isOperator(text) ? text : null;
}

function isOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(STRENGTH, text);
}

function parseOperand(tokens: TokenReader, depth: number): Tree {
  if (depth > MAX_EXPRESSION_DEPTH) {
    throw new ExpressionError(`An expression may be nested ${MAX_EXPRESSION_DEPTH} deep; this one goes deeper.`);
  }
  const token = tokens.take();
  switch (token.kind) {
    case 'number':
      return { kind: 'number', value: numberOf(token) };
    case 'text':
      return { kind: 'text', value: token.text };
    case 'answer':
      return { kind: 'answer', name: token.text };
    case 'name':
      return tokens.takeIf('(') ? parseCall(tokens, token, depth + 1) : { kind: 'column', name: token.text };
    case 'symbol':
      return parseSymbol(tokens, token, depth + 1);
    case 'end':
      throw unexpected(token, 'a value');
    default:
      return impossible(token.kind);
  }
}

function numberOf(token: Token): number {
  const value = Number(token.text);
  if (!Number.isFinite(value)) throw new ExpressionError(`The number at character ${token.at} is too large.`);
  return value;
}

function parseSymbol(tokens: TokenReader, token: Token, depth: number): Tree {
  if (token.text === '.') return { kind: 'self' };
  if (token.text === '-') return { kind: 'negate', operand: parseOperand(tokens, depth) };
  if (token.text !== '(') throw unexpected(token, 'a value');
  const inner = parseBinary(tokens, 0, depth);
  tokens.expect(')');
  return inner;
}

function parseCall(tokens: TokenReader, { text: name, at }: Token, depth: number): Tree {
  const given: Tree[] = [];
  if (!tokens.takeIf(')')) {
    do given.push(parseBinary(tokens, 0, depth));
    while (tokens.takeIf(','));
    tokens.expect(')');
  }
  if (name === 'regex') return regexTree(given);
  if (!isFunctionName(name)) throw new ExpressionError(`There is no function “${name}” (at character ${at}).`);
  return { kind: 'call', name, arguments: given };
}

function regexTree([text, pattern, more]: readonly Tree[]): Tree {
  if (text === undefined || pattern?.kind !== 'text' || more !== undefined) {
    throw new ExpressionError("regex() takes a value and a pattern in quotes: regex(., '[0-9]+').");
  }
  return { kind: 'regex', text, pattern: compilePattern(pattern.value) };
}

function unexpected(token: Token, wanted: string): ExpressionError {
  return new ExpressionError(
    token.kind === 'end'
      ? `The expression ends where ${wanted} should follow.`
      : `Character ${token.at} is “${token.text}”, where ${wanted} should stand.`,
  );
}
