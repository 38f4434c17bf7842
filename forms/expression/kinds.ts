/**
 * Whether an expression fits its questionnaire: do its names exist, can its comparisons ever be true?
 */
import { impossible } from '../impossible.ts';
import { ExpressionError } from './expression-error.ts';
import { FUNCTIONS, SINGLE, type Kind, type Kinds } from './functions.ts';
import { isEmptyText, type BinaryTree, type CallTree, type Tree } from './tree.ts';
import { toNumber } from './value.ts';

/** An answer as expressions know it. */
export interface AnswerRule {
  readonly kinds: Kinds;
  /** The names of all choices, or null where anything may be answered. */
  readonly choices: ReadonlySet<string> | null;
}

/** What an expression may name, at its place. */
export interface Names {
  readonly answerOf: (name: string) => AnswerRule | undefined;
  /** What `.` is, or null where there is no `.`. */
  readonly self: AnswerRule | null;
  /** The columns of the choices, or null outside a choice_filter. */
  readonly columns: ReadonlyMap<string, Kinds> | null;
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  number: 'a number',
  text: 'a text',
  date: 'a date',
  boolean: 'true or false',
  list: 'the list of a select_multiple',
};

/** What the expression may turn out to be. Throws ExpressionError where it cannot be right. */
export function kindsOf(tree: Tree, names: Names): Kinds {
  switch (tree.kind) {
    case 'number':
      return ['number'];
    case 'text':
      return isEmptyText(tree) ? [] : ['text'];
    case 'answer':
      return answerRuleOf(tree.name, names).kinds;
    case 'self':
      if (names.self === null) throw new ExpressionError('“.” stands for the answer in a constraint; here there is none.');
      return names.self.kinds;
    case 'column':
      return kindsOfColumn(tree.name, names);
    case 'negate':
      require(kindsOf(tree.operand, names), SINGLE, '-');
      return ['number'];
    case 'binary':
      return kindsOfBinary(tree, names);
    case 'call':
      return kindsOfCall(tree, names);
    case 'regex':
      // Asked for each of up to a thousand choices at every key press, it would be slow on a phone.
      if (names.columns !== null) throw new ExpressionError('regex() cannot be used in a choice_filter.');
      require(kindsOf(tree.text, names), SINGLE, 'regex()');
      return ['boolean'];
    default:
      return impossible(tree);
  }
}

function answerRuleOf(name: string, names: Names): AnswerRule {
  const rule = names.answerOf(name);
  if (rule === undefined) throw new ExpressionError(`There is no question “${name}” that has an answer.`);
  return rule;
}

function kindsOfColumn(name: string, { columns }: Names): Kinds {
  const kinds = columns?.get(name);
  if (kinds !== undefined) return kinds;
  throw new ExpressionError(
    columns === null
      ? `“${name}” has no meaning here. Write \${${name}} for an answer, or '${name}' for a text.`
      : `No choice has a column “${name}”. Write \${${name}} for an answer, or '${name}' for a text.`,
  );
}

function kindsOfBinary(tree: BinaryTree, names: Names): Kinds {
  const left = kindsOf(tree.left, names);
  const right = kindsOf(tree.right, names);
  switch (tree.operator) {
    case 'and':
    case 'or':
      return ['boolean'];
    case '=':
    case '!=':
      requireComparable(tree, left, right);
      requireChoice(tree.left, tree.right, names);
      requireChoice(tree.right, tree.left, names);
      return ['boolean'];
    case '<':
    case '<=':
    case '>':
    case '>=':
      for (const kinds of [left, right]) require(kinds, ['number', 'date', 'text'], tree.operator);
      for (const side of [tree.left, tree.right]) requireMeasurable(side);
      return ['boolean'];
    case '+':
    case '-':
    case '*':
    case 'div':
    case 'mod':
      for (const kinds of [left, right]) require(kinds, SINGLE, tree.operator);
      for (const side of [tree.left, tree.right]) requireMeasurable(side);
      return ['number'];
    default:
      return impossible(tree.operator);
  }
}

function kindsOfCall(tree: CallTree, names: Names): Kinds {
  const { takes, atLeast = takes.length, repeats, gives } = FUNCTIONS[tree.name];
  const count = tree.arguments.length;
  if (count < atLeast || (count > takes.length && repeats !== true)) {
    throw new ExpressionError(`${tree.name}() takes ${argumentCount(atLeast, takes.length, repeats)}; it was given ${count}.`);
  }
  const given = tree.arguments.map((argument, index) => {
    const kinds = kindsOf(argument, names);
    require(kinds, takes[index] ?? takes.at(-1) ?? [], `${tree.name}()`);
    return kinds;
  });
  const [chosen, name] = tree.arguments;
  if (tree.name === 'selected' && chosen && name) requireChoice(chosen, name, names);
  return gives(given);
}

function argumentCount(least: number, most: number, repeats: true | undefined): string {
  const count = repeats ? `${least} or more` : least === most ? String(most) : `${least} or ${most}`;
  return count === '1' ? '1 value' : `${count} values`;
}

function require(kinds: Kinds, allowed: Kinds, where: string): void {
  const wrong = kinds.find((kind) => !allowed.includes(kind));
  if (wrong === undefined) return;
  const help = wrong === 'list' ? ' Look into it with selected() or count-selected().' : '';
  throw new ExpressionError(`“${where}” cannot take ${KIND_WORDS[wrong]}.${help}`);
}

function requireComparable(tree: BinaryTree, left: Kinds, right: Kinds): void {
  if (isEmptyText(tree.left) || isEmptyText(tree.right)) return;
  for (const kinds of [left, right]) require(kinds, SINGLE, tree.operator);
  if (left.includes('boolean') !== right.includes('boolean')) {
    throw new ExpressionError('What is true or false can only be compared with true() or false().');
  }
  if (!right.includes('text')) requireMeasurable(tree.left);
  if (!left.includes('text')) requireMeasurable(tree.right);
}

/** A text that is written out must be a number or a date where it stands beside one. */
function requireMeasurable(tree: Tree): void {
  if (tree.kind === 'text' && !isEmptyText(tree) && Number.isNaN(toNumber(tree.value))) {
    throw new ExpressionError(`'${tree.value}' is neither a number nor a date, 'YYYY-MM-DD'.`);
  }
}

/** Comparing with a choice that does not exist is a misspelling. */
function requireChoice(asked: Tree, name: Tree, names: Names): void {
  if (name.kind !== 'text' && name.kind !== 'number') return;
  if (isEmptyText(name)) return;
  const choices = asked.kind === 'answer' ? answerRuleOf(asked.name, names).choices : asked.kind === 'self' ? names.self?.choices : null;
  if (choices && !choices.has(String(name.value))) throw new ExpressionError(`“${name.value}” is none of the choices.`);
}
