import { impossible } from '../impossible.ts';
import { FUNCTIONS } from './functions.ts';
import { matches } from './pattern.ts';
import { isEmptyText, type BinaryTree, type Comparison, type Tree } from './tree.ts';
import { isEmpty, toBoolean, toNumber, toText, type Value } from './value.ts';

/** What an expression can see. */
export interface Scope {
  /** By name: the answers that are relevant. What is not there is empty. */
  readonly answers: ReadonlyMap<string, Value>;
  /** The day as the person's own calendar has it: 'YYYY-MM-DD'. */
  readonly today: string;
  /** What `.` is. */
  readonly self: Value;
  /** The columns of the choice that a choice_filter is asked about. */
  readonly columns: Readonly<Record<string, string | number>>;
}

/** Works out an expression that `kindsOf` has found right. Never throws, never changes anything. */
export function evaluate(tree: Tree, scope: Scope): Value {
  switch (tree.kind) {
    case 'number':
    case 'text':
      return tree.value;
    case 'answer':
      return scope.answers.get(tree.name) ?? '';
    case 'self':
      return scope.self;
    case 'column':
      return Object.hasOwn(scope.columns, tree.name) ? (scope.columns[tree.name] ?? '') : '';
    case 'negate':
      return -toNumber(evaluate(tree.operand, scope));
    case 'binary':
      return evaluateBinary(tree, scope);
    case 'call':
      return FUNCTIONS[tree.name].run(tree.arguments.map((argument) => evaluate(argument, scope)), scope.today);
    case 'regex':
      return matches(tree.pattern, toText(evaluate(tree.text, scope)));
    default:
      return impossible(tree);
  }
}

function evaluateBinary(tree: BinaryTree, scope: Scope): Value {
  const left = evaluate(tree.left, scope);
  if (tree.operator === 'and' && !toBoolean(left)) return false;
  if (tree.operator === 'or' && toBoolean(left)) return true;
  const right = evaluate(tree.right, scope);
  switch (tree.operator) {
    case 'and':
    case 'or':
      return toBoolean(right);
    case '+':
      return toNumber(left) + toNumber(right);
    case '-':
      return toNumber(left) - toNumber(right);
    case '*':
      return toNumber(left) * toNumber(right);
    case 'div':
      return toNumber(left) / toNumber(right);
    case 'mod':
      return toNumber(left) % toNumber(right);
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return isEmpty(left) || isEmpty(right) ? compareEmpty(tree, left, right) : compare(tree.operator, left, right);
    default:
      return impossible(tree.operator);
  }
}

/**
 * A comparison with an empty value is false, whichever way round: nobody is younger than an age that was not given. The only
 * exceptions are the questions `= ''` and `!= ''`, written so.
 */
function compareEmpty(tree: BinaryTree, left: Value, right: Value): boolean {
  if (!isEmptyText(tree.left) && !isEmptyText(tree.right)) return false;
  const bothEmpty = isEmpty(left) && isEmpty(right);
  return tree.operator === '=' ? bothEmpty : tree.operator === '!=' && !bothEmpty;
}

function compare(operator: Comparison, left: Value, right: Value): boolean {
  switch (operator) {
    case '=':
      return isSame(left, right);
    case '!=':
      return !isSame(left, right);
    case '<':
      return toNumber(left) < toNumber(right);
    case '<=':
      return toNumber(left) <= toNumber(right);
    case '>':
      return toNumber(left) > toNumber(right);
    case '>=':
      return toNumber(left) >= toNumber(right);
    default:
      return impossible(operator);
  }
}

/** As in XPath: with a number on one side, both are taken as numbers; else both as texts. */
function isSame(left: Value, right: Value): boolean {
  if (typeof left === 'number' || typeof right === 'number') return toNumber(left) === toNumber(right);
  return toText(left) === toText(right);
}
