import { evaluate } from './expression/evaluate.ts';
import { toBoolean } from './expression/value.ts';
import { wordingOf } from './label.ts';
import { programOf, type Step } from './program.ts';
import type { AnswerValue, Answers, AskedQuestion, Choice, Questionnaire, QuestionType } from './questionnaire.ts';
import { judge, settle, type Settled } from './settle.ts';

/** When and for whom a questionnaire is evaluated. */
export interface Circumstances {
  /** ISO 8601 with the person's own offset, '2026-11-22T23:10:00+13:00': today() is its first ten characters. */
  readonly now: string;
  /** Language tag. Where the questionnaire has no such wording, its first language stands in. */
  readonly language: string;
}

export interface ChoiceView {
  readonly name: string;
  readonly label: string;
}

/** A question as a screen shows it. Those of type calculate are not shown. */
export interface FieldView {
  readonly name: string;
  readonly type: QuestionType;
  /** '' for a calculate. */
  readonly label: string;
  readonly hint: string | null;
  readonly relevant: boolean;
  readonly required: boolean;
  /** Those that can be chosen now. */
  readonly choices: readonly ChoiceView[];
  /** What was given, right or wrong; null for no answer, and wherever the question is not relevant. */
  readonly value: AnswerValue;
  /** What is wrong, in the language; null if nothing is. There from the start for a required question: show it when it is time. */
  readonly error: string | null;
}

export interface FormView {
  /** One for each question, in the questionnaire's order. */
  readonly fields: readonly FieldView[];
  /**
   * What will be sent: defaults and calculations put in; answers to questions that are not relevant, and choices that cannot be
   * made any more, left out. An answer that was cleared is null, so that its default does not return.
   */
  readonly answers: Answers;
}

type Given = (question: AskedQuestion) => AnswerValue | undefined;

/**
 * Works out the whole form for the answers given so far, which it leaves as they are: keep those, so that an answer is still
 * there when its question becomes relevant again. Takes time in proportion to the questions and their filtered choices.
 */
export function evaluateForm(questionnaire: Questionnaire, answers: Answers, { now, language }: Circumstances): FormView {
  const program = programOf(questionnaire);
  const given: Given = (question) =>
    Object.hasOwn(answers, question.name) ? answers[question.name] : question.default;
  const { scope, of } = settle(program, given, now);

  const outgoing: [string, AnswerValue][] = [];
  const fields = program.steps.map((step): FieldView => {
    const { question, trees } = step;
    const settled = of(step);
    const value = valueOf(step, settled, given);
    if (value !== undefined) outgoing.push([question.name, value]);
    return {
      name: question.name,
      type: question.type,
      label: question.type === 'calculate' ? '' : (wordingOf(question, 'label', language) ?? ''),
      hint: question.type === 'calculate' ? null : (wordingOf(question, 'hint', language) ?? null),
      relevant: settled.relevant,
      required: settled.relevant && trees.required !== undefined && toBoolean(evaluate(trees.required, scope)),
      choices: choiceViews(settled.choices, language),
      value: value ?? null,
      error: settled.relevant ? judge(step, settled, scope, language) : null,
    };
  });
  return { fields, answers: Object.fromEntries(outgoing) };
}

/** Undefined where nobody has answered or cleared anything. */
function valueOf({ question }: Step, { relevant, answer, loss }: Settled, given: Given): AnswerValue | undefined {
  if (!relevant || question.type === 'note') return undefined;
  if (question.type === 'calculate') return answer ?? undefined;
  const put = given(question);
  return put === undefined || loss === 'wrong-type' ? put : answer;
}

/** By list of choices: their views in the language of the last time. */
const cachedViews = new WeakMap<readonly Choice[], { readonly language: string; readonly views: readonly ChoiceView[] }>();

/** The same list for the same choices, so that a key press makes no thousand labels anew; a filtered list is new each time. */
function choiceViews(choices: readonly Choice[], language: string): readonly ChoiceView[] {
  const cached = cachedViews.get(choices);
  if (cached?.language === language) return cached.views;
  const views = choices.map((choice) => ({ name: choice.name, label: wordingOf(choice, 'label', language) ?? choice.name }));
  cachedViews.set(choices, { language, views });
  return views;
}
