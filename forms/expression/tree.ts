/**
 * What an expression is once it is read: `${age} >= 18 and not(selected(., 'none'))` as a tree.
 */
import { impossible } from '../impossible.ts';
import type { FunctionName } from './functions.ts';
import type { Pattern } from './pattern.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type BinaryOperator = 'or' | 'and' | Comparison | '+' | '-' | '*' | 'div' | 'mod';

/** How strongly each operator binds; those of the same strength are read from the left. */
export const STRENGTH: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '=': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  div: 6,
  mod: 6,
};

export interface BinaryTree {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Tree;
  readonly right: Tree;
}

export interface CallTree {
  readonly kind: 'call';
  readonly name: FunctionName;
  readonly arguments: readonly Tree[];
}

export type Tree =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  /** `${name}`: the answer to another question. */
  | { readonly kind: 'answer'; readonly name: string }
  /** `.`: the answer that a constraint is about. */
  | { readonly kind: 'self' }
  /** A bare name in a choice_filter: a column of the choice. */
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'negate'; readonly operand: Tree }
  | BinaryTree
  | CallTree
  /** `regex(text, 'pattern')`: a kind of its own, since its pattern is compiled when it is read. */
  | { readonly kind: 'regex'; readonly text: Tree; readonly pattern: Pattern };

/** Is this `''`, which asks whether there is an answer at all? */
export function isEmptyText(tree: Tree): boolean {
  return tree.kind === 'text' && tree.value === '';
}

function childrenOf(tree: Tree): readonly Tree[] {
  switch (tree.kind) {
    case 'negate':
      return [tree.operand];
    case 'binary':
      return [tree.left, tree.right];
    case 'call':
      return tree.arguments;
    case 'regex':
      return [tree.text];
    case 'number':
    case 'text':
    case 'answer':
    case 'self':
    case 'column':
      return [];
    default:
      return impossible(tree);
  }
}

/** Calls `visit` with the tree and everything below it. */
export function walk(tree: Tree, visit: (tree: Tree) => void): void {
  visit(tree);
  for (const child of childrenOf(tree)) walk(child, visit);
}
