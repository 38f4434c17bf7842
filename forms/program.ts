/**
 * A questionnaire made ready to be evaluated: expressions as trees, questions in an order in which each comes after what it
 * depends on. Done once for each questionnaire, since a view evaluates it at every key press.
 */
import type { ErrorList } from './error-list.ts';
import { ExpressionError } from './expression/expression-error.ts';
import type { Kinds } from './expression/functions.ts';
import { kindsOf, type AnswerRule, type Names } from './expression/kinds.ts';
import { parseExpression } from './expression/parse.ts';
import { walk, type Tree } from './expression/tree.ts';
import { impossible } from './impossible.ts';
import { MAX_ALL_PATTERN_STATES } from './limits.ts';
import { orderOf } from './order.ts';
import type { Choice, Question, Questionnaire } from './questionnaire.ts';

/** The words whose values are expressions. */
const EXPRESSIONS = ['relevant', 'calculation', 'choice_filter', 'required', 'constraint'] as const;
export type ExpressionWord = (typeof EXPRESSIONS)[number];

/** One question with its expressions, by their word. */
export interface Step {
  readonly question: Question;
  /** Where it stands in the questionnaire: 'questions[3]'. */
  readonly path: string;
  readonly trees: Readonly<Partial<Record<ExpressionWord, Tree>>>;
  readonly choices: readonly Choice[];
  readonly choiceNames: ReadonlySet<string>;
}

export interface Program {
  /** As the questionnaire has them. */
  readonly steps: readonly Step[];
  readonly names: ReadonlySet<string>;
  /** Each after the questions that it depends on. */
  readonly ordered: readonly Step[];
}

const programs = new WeakMap<Questionnaire, Program>();

/** Throws for a questionnaire that did not come from parseQuestionnaire, which is a mistake in the calling code. */
export function programOf(questionnaire: Questionnaire): Program {
  const program = programs.get(questionnaire);
  if (program === undefined) throw new Error('Only a questionnaire that parseQuestionnaire returned can be evaluated.');
  return program;
}

/** Compiles a questionnaire of the right shape and keeps the program for `programOf`, or adds what is wrong. */
export function compile(questionnaire: Questionnaire, found: ErrorList): void {
  const parse = boundedParser();
  const steps = questionnaire.questions.map((question, index) => stepOf(question, `questions[${index}]`, parse, found));
  const ordered = orderOf(steps, found);
  checkKinds(ordered, found);
  programs.set(questionnaire, { steps, names: new Set(steps.map(({ question }) => question.name)), ordered });
}

type Parse = (source: string) => Tree | null;

/** A parser that names the expression that passes the limit of patterns, and reads none after it: they would fill the memory. */
function boundedParser(): Parse {
  let states = 0;
  return (source) => {
    if (states > MAX_ALL_PATTERN_STATES) return null;
    const tree = parseExpression(source);
    walk(tree, (below) => (states += below.kind === 'regex' ? below.pattern.size : 0));
    if (states <= MAX_ALL_PATTERN_STATES) return tree;
    throw new ExpressionError(`The patterns of all regex() together may have ${MAX_ALL_PATTERN_STATES} parts, with their repetitions written out. Here they pass that.`);
  };
}

function stepOf(question: Question, path: string, parse: Parse, found: ErrorList): Step {
  const trees: Partial<Record<ExpressionWord, Tree>> = {};
  for (const word of EXPRESSIONS) {
    const source = expressionOf(question, word);
    if (source === undefined) continue;
    attempt(`${path}.${word}`, found, () => {
      const tree = parse(source);
      if (tree) trees[word] = tree;
    });
  }
  const choices = 'choices' in question ? question.choices : [];
  return { question, path, trees, choices, choiceNames: new Set(choices.map(({ name }) => name)) };
}

function expressionOf(question: Question, word: ExpressionWord): string | undefined {
  const words: Partial<Record<ExpressionWord, string | boolean>> = question;
  const value = words[word];
  // `required: true` is the constant expression; `required: false` is none.
  return value === true ? 'true()' : value === false ? undefined : value;
}

/** In the order of dependence, because what a calculation gives shows only once those before it are known. */
function checkKinds(ordered: readonly Step[], found: ErrorList): void {
  const rules = new Map(ordered.map((step) => [step.question.name, answerRuleOf(step)]));
  for (const step of ordered) {
    const { name } = step.question;
    for (const word of EXPRESSIONS) {
      const tree = step.trees[word];
      if (tree === undefined) continue;
      const names: Names = {
        answerOf: (other) => rules.get(other) ?? undefined,
        self: word === 'constraint' ? (rules.get(name) ?? null) : null,
        columns: word === 'choice_filter' ? columnsOf(step.choices) : null,
      };
      attempt(`${step.path}.${word}`, found, () => {
        const kinds = kindsOf(tree, names);
        if (word !== 'calculation') return;
        rules.set(name, { kinds, choices: null });
        if (kinds.includes('list')) throw new ExpressionError('A calculation cannot give the list of a select_multiple. Look into it with selected() or count-selected().');
      });
    }
  }
}

/** Null for a note, which has no answer. What a calculation gives is not known yet. */
function answerRuleOf({ question, choiceNames }: Step): AnswerRule | null {
  switch (question.type) {
    case 'note':
      return null;
    case 'calculate':
      return { kinds: [], choices: null };
    case 'integer':
    case 'decimal':
      return { kinds: ['number'], choices: null };
    case 'text':
    case 'date':
      return { kinds: [question.type], choices: null };
    case 'select_one':
      return { kinds: ['text'], choices: choiceNames };
    case 'select_multiple':
      return { kinds: ['list'], choices: choiceNames };
    default:
      return impossible(question);
  }
}

function columnsOf(choices: readonly Choice[]): ReadonlyMap<string, Kinds> {
  const columns = new Map<string, Kinds>();
  for (const choice of choices) {
    for (const [column, value] of Object.entries(choice)) {
      const kinds = columns.get(column) ?? [];
      const kind = typeof value === 'number' ? 'number' : 'text';
      if (!kinds.includes(kind)) columns.set(column, [...kinds, kind]);
    }
  }
  return columns;
}

/** Does it, and adds what is wrong with the expression at this path. */
function attempt(path: string, found: ErrorList, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    found.add(path, error.message);
  }
}
