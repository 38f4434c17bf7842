import type { ErrorList } from './error-list.ts';
import { walk } from './expression/tree.ts';
import type { ExpressionWord, Step } from './program.ts';

/** What an answer depends on. `required` and `constraint` judge it afterwards, so they may name anything. */
const DEPENDENT = ['relevant', 'calculation', 'choice_filter'] as const satisfies readonly ExpressionWord[];

/** The steps, each after those that it depends on, else as they were. A circle is an error at the expression that closes it. */
export function orderOf(steps: readonly Step[], found: ErrorList): Step[] {
  const byName = new Map(steps.map((step) => [step.question.name, step]));
  const ordered = new Set<Step>();
  const open: Step[] = [];

  // As deep as there are questions in a chain, which their greatest number bounds.
  function visit(step: Step): void {
    open.push(step);
    for (const word of DEPENDENT) {
      for (const name of namesIn(step, word)) {
        const other = byName.get(name);
        if (other === undefined || ordered.has(other)) continue;
        if (open.includes(other)) found.add(`${step.path}.${word}`, circle(open.slice(open.indexOf(other)), other));
        else visit(other);
      }
    }
    open.pop();
    ordered.add(step);
  }

  for (const step of steps) if (!ordered.has(step)) visit(step);
  return [...ordered];
}

function namesIn({ trees }: Step, word: ExpressionWord): ReadonlySet<string> {
  const names = new Set<string>();
  const tree = trees[word];
  if (tree) walk(tree, (below) => below.kind === 'answer' && names.add(below.name));
  return names;
}

function circle(steps: readonly Step[], first: Step): string {
  const names = [...steps, first].map(({ question }) => question.name);
  return `This goes round in a circle: ${names.length > 10 ? [...names.slice(0, 9), '…', first.question.name].join(' → ') : names.join(' → ')}.`;
}
