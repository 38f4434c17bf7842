/**
 * What is asked, what can be chosen and what is answered, once all expressions are worked out.
 */
import { isAnswer, isNoAnswer } from './answer.ts';
import { evaluate, type Scope } from './expression/evaluate.ts';
import { fromAnswer, toAnswer, toBoolean, type Value } from './expression/value.ts';
import { wordingOf } from './label.ts';
import { messagesIn } from './messages.ts';
import type { Program, Step } from './program.ts';
import type { AnswerValue, AskedQuestion, Choice } from './questionnaire.ts';

export interface Settled {
  readonly relevant: boolean;
  /** What choice_filter leaves. */
  readonly choices: readonly Choice[];
  /** Null where there is none, or none that is of the question's type and offered. */
  readonly answer: AnswerValue;
  /** Why `answer` is not what was given: that is not of the question's type, or choice_filter does not leave all of it. */
  readonly loss: 'wrong-type' | 'not-offered' | null;
}

export interface Settlement {
  readonly scope: Scope;
  readonly of: (step: Step) => Settled;
}

const NOT_ASKED: Settled = { relevant: false, choices: [], answer: null, loss: null };

/** Goes once through the questions. `given` tells what was put in for one; `now` is ISO 8601 with the person's own offset. */
export function settle(program: Program, given: (question: AskedQuestion) => unknown, now: string): Settlement {
  const answers = new Map<string, Value>();
  const scope: Scope = { answers, today: now.slice(0, 10), self: '', columns: {} };
  const settled = new Map<Step, Settled>();
  for (const step of program.ordered) {
    const { relevant, calculation } = step.trees;
    if (relevant !== undefined && !toBoolean(evaluate(relevant, scope))) continue;
    if (calculation === undefined) {
      const result = settleAsked(step, given, scope);
      settled.set(step, result);
      answers.set(step.question.name, fromAnswer(result.answer));
    } else {
      const value = evaluate(calculation, scope);
      settled.set(step, { relevant: true, choices: [], answer: toAnswer(value), loss: null });
      answers.set(step.question.name, value);
    }
  }
  return { scope, of: (step) => settled.get(step) ?? NOT_ASKED };
}

function settleAsked(step: Step, given: (question: AskedQuestion) => unknown, scope: Scope): Settled {
  const { question, choiceNames } = step;
  if (question.type === 'note' || question.type === 'calculate') return { ...NOT_ASKED, relevant: true };
  const choices = choicesLeft(step, scope);
  const value = given(question);
  if (isNoAnswer(question, value)) return { relevant: true, choices, answer: null, loss: null };
  if (!isAnswer(question, value, choiceNames)) return { relevant: true, choices, answer: null, loss: 'wrong-type' };
  if (choices.length === step.choices.length) return { relevant: true, choices, answer: value, loss: null };
  return { relevant: true, choices, ...offeredPart(value, choices) };
}

function choicesLeft({ choices, trees }: Step, scope: Scope): readonly Choice[] {
  const filter = trees.choice_filter;
  if (filter === undefined) return choices;
  return choices.filter((columns) => toBoolean(evaluate(filter, { ...scope, columns })));
}

/** A choice that is not offered any more counts as not made, as the answer to a question that is not asked any more does. */
function offeredPart(answer: AnswerValue, choices: readonly Choice[]): Pick<Settled, 'answer' | 'loss'> {
  const names = new Set(choices.map(({ name }) => name));
  const chosen = typeof answer === 'object' && answer !== null ? answer : [String(answer)];
  const left = chosen.filter((name) => names.has(name));
  if (left.length === chosen.length) return { answer, loss: null };
  return { answer: left.length === 0 ? null : left, loss: 'not-offered' };
}

/** What is wrong with the answer to a relevant question, as a sentence, or null. */
export function judge(step: Step, { answer, loss }: Settled, scope: Scope, language: string): string | null {
  const messages = messagesIn(language);
  const { question, trees } = step;
  if (question.type === 'note' || question.type === 'calculate') return null;
  if (loss === 'wrong-type') return messages.wrongType[question.type];
  if (answer === null) {
    const required = trees.required !== undefined && toBoolean(evaluate(trees.required, scope));
    return required ? (wordingOf(question, 'required_message', language) ?? messages.required) : null;
  }
  const kept = trees.constraint === undefined || toBoolean(evaluate(trees.constraint, { ...scope, self: fromAnswer(answer) }));
  return kept ? null : (wordingOf(question, 'constraint_message', language) ?? messages.constraint);
}
