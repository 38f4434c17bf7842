import { isNoAnswer } from './answer.ts';
import { ErrorList } from './error-list.ts';
import type { Circumstances } from './evaluate.ts';
import { programOf, type Step } from './program.ts';
import type { FormError, Questionnaire } from './questionnaire.ts';
import { refusalsIn } from './refusals.ts';
import { judge, settle, type Settlement } from './settle.ts';

/**
 * The reasons to refuse a response, none if it keeps all rules of its questionnaire; paths are 'answers.<name>', or 'answers'.
 * `now` must be the response's `endedAt`: what evaluateForm gave for the same `now` passes. Null is no answer, and always allowed
 * where none is required. Defaults are the form's business: an answer that did not come is not there.
 */
export function checkResponse(questionnaire: Questionnaire, answers: unknown, { now, language }: Circumstances): FormError[] {
  const program = programOf(questionnaire);
  const refusals = refusalsIn(language);
  if (!isObject(answers)) return [{ path: 'answers', message: refusals.notAnObject }];
  const given = ({ name }: { readonly name: string }): unknown => (Object.hasOwn(answers, name) ? (answers[name] ?? null) : null);

  const settlement = settle(program, given, now);
  const found = new ErrorList();
  for (const step of program.steps) {
    const { name } = step.question;
    const message = refusal(step, given(step.question), settlement, language);
    if (message !== null) found.add(`answers.${name}`, message);
  }
  for (const name of Object.keys(answers)) {
    if (!program.names.has(name)) found.add(`answers.${name}`, refusals.unknown(name));
  }
  return found.errors;
}

function refusal(step: Step, given: unknown, { of, scope }: Settlement, language: string): string | null {
  const refusals = refusalsIn(language);
  const { question } = step;
  const settled = of(step);
  if (question.type === 'calculate') return given === settled.answer ? null : refusals.miscalculated;
  if (question.type === 'note') return given === null ? null : refusals.note;
  if (!settled.relevant) return isNoAnswer(question, given) ? null : refusals.irrelevant;
  if (settled.loss === 'not-offered') return refusals.notOffered;
  return judge(step, settled, scope, language);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
