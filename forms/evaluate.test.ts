import { expect, test } from 'vitest';
import { evaluateForm, wordingOf, type Answers, type FieldView, type FormView } from './index.ts';
import { CHOICES, NOW, parsed, question } from './testing.ts';

function view(questions: readonly object[], answers: Answers = {}, language = 'en'): FormView {
  return evaluateForm(parsed(questions), answers, { now: NOW, language });
}

function field(questions: readonly object[], name: string, answers: Answers = {}, language = 'en'): FieldView | undefined {
  return view(questions, answers, language).fields.find((each) => each.name === name);
}

const TRIP = [
  question('far', { type: 'select_one', choices: [{ name: 'yes', label: 'Yes' }, { name: 'no', label: 'No' }] }),
  question('minutes', { type: 'integer', relevant: "${far} = 'yes'" }),
  { name: 'hours', type: 'calculate', calculation: '${minutes} div 60' },
  question('long', { type: 'note', relevant: '${hours} > 1' }),
];

test('an answer whose question is not asked any more: it and what follows from it stay behind, and come back with it', () => {
  const asked = view(TRIP, { far: 'yes', minutes: 90 });
  expect(asked.answers).toEqual({ far: 'yes', minutes: 90, hours: 1.5 });
  expect(asked.fields.map(({ relevant }) => relevant)).toEqual([true, true, true, true]);

  const kept = { far: 'no', minutes: 90 };
  const notAsked = view(TRIP, kept);
  expect(notAsked.answers).toEqual({ far: 'no' });
  expect(notAsked.fields.map(({ relevant }) => relevant)).toEqual([true, false, true, false]);
  expect(notAsked.fields.map(({ value }) => value)).toEqual(['no', null, null, null]);
  expect(kept).toEqual({ far: 'no', minutes: 90 });
});

test('a chain of relevance in any order of questions is followed to its end', () => {
  const chain = [question('c', { relevant: "${b} != ''" }), question('b', { relevant: "${a} != ''" }), question('a')];
  expect(view(chain, { a: 'x', b: 'x', c: 'x' }).answers).toEqual({ a: 'x', b: 'x', c: 'x' });
  expect(view(chain, { a: '', b: 'x', c: 'x' }).answers).toEqual({ a: null });
});

test('choice_filter: the choices that are left, by the columns of each and the answers', () => {
  const questions = [question('least', { type: 'integer' }), question('pick', { type: 'select_multiple', choices: CHOICES, choice_filter: 'size >= ${least}' })];
  expect(field(questions, 'pick', { least: 2 }, 'fr')?.choices).toEqual([{ name: 'b', label: 'B' }, { name: 'c', label: 'C' }]);
  expect(field(questions, 'pick', { least: 0 }, 'fr')?.choices[0]).toEqual({ name: 'a', label: 'A en français' });
  expect(view(questions, { least: 2, pick: ['a', 'c'] }).answers).toEqual({ least: 2, pick: ['c'] });
  expect(view(questions, { least: 3, pick: ['a', 'b'] }).answers).toEqual({ least: 3, pick: null });
  expect(view(questions, { least: 1, pick: ['b', 'a'] }).answers).toEqual({ least: 1, pick: ['b', 'a'] });
});

test('a required select whose choice is not offered any more asks for another', () => {
  const questions = [question('not', {}), question('pick', { type: 'select_one', required: true, choices: CHOICES, choice_filter: "${not} = '' or name != ${not}" })];
  expect(field(questions, 'pick', { pick: 'a' })).toMatchObject({ value: 'a', error: null });
  expect(field(questions, 'pick', { pick: 'a', not: 'a' })).toMatchObject({ value: null, error: 'This question needs an answer.' });
});

test('required: true, false or while an expression is true; in the words of the questionnaire if it has some', () => {
  const words = { required_message: 'Needed!', 'required_message::fr': 'Il le faut !' };
  const questions = [question('a', { required: true }), question('b', { required: false }), question('c', { required: "${a} = 'x'", ...words })];
  expect(view(questions).fields.map(({ required, error }) => [required, error])).toEqual([
    [true, 'This question needs an answer.'],
    [false, null],
    [false, null],
  ]);
  expect(field(questions, 'c', { a: 'x' })).toMatchObject({ required: true, error: 'Needed!' });
  expect(field(questions, 'c', { a: 'x' }, 'fr-CA')).toMatchObject({ error: 'Il le faut !' });
  expect(field(questions, 'a', {}, 'fr')).toMatchObject({ error: 'Cette question attend une réponse.' });
  expect(field(questions, 'a', { a: '' })).toMatchObject({ error: 'This question needs an answer.' });
});

test('a constraint is about answers alone: an empty one is never checked', () => {
  const questions = [question('n', { type: 'integer', constraint: '. > ${least}', constraint_message: 'Too small' }), question('least', { type: 'integer' })];
  expect(field(questions, 'n', { least: 5 })?.error).toBeNull();
  expect(field(questions, 'n', { least: 5, n: null })?.error).toBeNull();
  expect(field(questions, 'n', { least: 5, n: 5 })?.error).toBe('Too small');
  expect(field(questions, 'n', { least: 5, n: 6 })?.error).toBeNull();
  expect(field([question('m', { constraint: "${m} = 'x' and . = ${m}" })], 'm', { m: 'y' })?.error).toBe('This answer is not possible here. Please check it.');
});

test('an answer of the wrong type stays on the screen with an error, and counts as empty elsewhere', () => {
  const questions = [question('n', { type: 'integer' }), question('b', { relevant: "${n} = ''" })];
  expect(field(questions, 'n', { n: '12x' })).toMatchObject({ value: '12x', error: 'Write a whole number, such as 12.' });
  expect(field(questions, 'b', { n: '12x' })?.relevant).toBe(true);
});

test('a default is the answer until another is given; one that was cleared does not come back', () => {
  const questions = [question('a', { default: 'x' }), question('b', { relevant: "${a} = 'x'" })];
  expect(view(questions).answers).toEqual({ a: 'x' });
  expect(field(questions, 'b')?.relevant).toBe(true);
  const cleared = view(questions, { a: '' });
  expect(cleared.answers).toEqual({ a: null });
  expect(view(questions, cleared.answers).answers).toEqual({ a: null });
  expect(view(questions, { a: 'y' }).answers).toEqual({ a: 'y' });
});

test('calculations leave as numbers, texts, dates, true or false; without a result they are left out', () => {
  const calculate = (calculation: string): unknown => view([question('n', { type: 'integer', default: 2 }), question('e'), { name: 'c', type: 'calculate', calculation }]).answers['c'];
  expect(calculate('${n} * 1.5')).toBe(3);
  expect(calculate("concat(${n}, 'x')")).toBe('2x');
  expect(calculate('${n} = 2')).toBe('true');
  expect(calculate('today()')).toBe('2026-11-22');
  expect(calculate('-0 * ${n}')).toBe(0);
  expect(Object.is(calculate('-0 * ${n}'), -0)).toBe(false);
  for (const nothing of ['${e}', 'number(${e})', '1 div 0', "''"]) expect(calculate(nothing)).toBeUndefined();
});

test('a calculation of true or false is that to other expressions, not the text “false”', () => {
  const questions = [question('n', { type: 'integer' }), { name: 'adult', type: 'calculate', calculation: '${n} >= 18' }, question('vote', { relevant: '${adult}' })];
  expect(field(questions, 'vote', { n: 17 })?.relevant).toBe(false);
  expect(field(questions, 'vote', { n: 18 })?.relevant).toBe(true);
});

test('today() is the day where the person is, not the day in UTC', () => {
  expect(view([{ name: 'day', type: 'calculate', calculation: 'today()' }]).answers).toEqual({ day: '2026-11-22' });
});

test('labels and hints in the language, in its base, or in the first one', () => {
  const questions = [question('a', { label: 'One', 'label::fr': 'Un', hint: 'Help', 'hint::fr': 'Aide' }), question('b'), { name: 'c', type: 'calculate', calculation: '1' }];
  const inLanguage = (language: string): unknown => view(questions, {}, language).fields.map(({ label, hint }) => [label, hint]);
  expect(inLanguage('fr')).toEqual([['Un', 'Aide'], ['Label of b', null], ['', null]]);
  expect(inLanguage('fr-CA')).toEqual(inLanguage('fr'));
  expect(inLanguage('sw')).toEqual([['One', 'Help'], ['Label of b', null], ['', null]]);
  expect(wordingOf({ title: 'Water', 'title::fr': 'Eau' }, 'title', 'fr')).toBe('Eau');
});

test('choices in one language and then in another', () => {
  const questionnaire = parsed([question('a', { type: 'select_one', choices: CHOICES })]);
  const labels = ['en', 'fr', 'en'].map((language) => evaluateForm(questionnaire, {}, { now: NOW, language }).fields[0]?.choices[0]?.label);
  expect(labels).toEqual(['A', 'A en français', 'A']);
});

test('names that every object has mean nothing', () => {
  const questions = [question('constructor'), question('toString', { required: true })];
  expect(view(questions).answers).toEqual({});
  expect(field(questions, 'toString')?.error).toBe('This question needs an answer.');
});

test('a questionnaire that was never parsed is a mistake in the code: it throws', () => {
  const questionnaire = parsed([question('a')]);
  expect(() => evaluateForm({ ...questionnaire }, {}, { now: NOW, language: 'en' })).toThrow(/parseQuestionnaire/);
});
