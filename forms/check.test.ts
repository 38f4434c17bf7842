import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkResponse, evaluateForm, type Answers } from './index.ts';
import { CHOICES, errorsOf, NOW, parsed, question, times } from './testing.ts';

const CIRCUMSTANCES = { now: NOW, language: 'en' };

function refused(questions: readonly object[], answers: unknown): string[] {
  return checkResponse(parsed(questions), answers, CIRCUMSTANCES).map(({ path, message }) => `${path}: ${message}`);
}

describe('answers are taken as they are, never converted', () => {
  const rows: [string, unknown[], unknown[]][] = [
    ['text', ['x', ' ', 'x'.repeat(10_000)], [5, true, ['x'], {}, 'x'.repeat(10_001)]],
    ['integer', [0, -5, 9_007_199_254_740_991], ['5', 5.5, 9_007_199_254_740_992, Number.NaN, Infinity, true, [5], '']],
    ['decimal', [0.5, -5, 1e300], ['0.5', Number.NaN, Infinity, false, [], '']],
    ['date', ['2024-02-29', '0100-01-01'], ['2023-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '2026-11-22T00:00', '22/11/2026', '0099-01-01', 20261122, '']],
    ['select_one', ['a', 'c'], ['d', 'A', ['a'], 'name', 'constructor', 1, '']],
    ['select_multiple', [['a'], ['c', 'a'], ['a', 'b', 'c']], ['a', ['d'], ['a', 'a'], [1], [['a']], { 0: 'a' }, '']],
  ];
  test.each(rows)('%s', (type, right, wrong) => {
    const questions = [question('q', { type, ...(type.startsWith('select') ? { choices: CHOICES } : {}) })];
    for (const q of right) expect([q, refused(questions, { q })]).toEqual([q, []]);
    for (const q of wrong) expect([q, refused(questions, { q }).length]).toEqual([q, 1]);
    for (const q of [null, undefined]) expect(refused(questions, { q })).toEqual([]);
  });
});

test('each broken rule is named at its answer', () => {
  const questions = [
    question('intro', { type: 'note' }),
    question('name', { required: true }),
    question('age', { type: 'integer', constraint: '. >= 18', constraint_message: 'Adults only', 'constraint_message::fr': 'Adultes seulement' }),
    question('why', { relevant: '${age} > 90' }),
    question('pick', { type: 'select_one', choices: CHOICES, choice_filter: 'size > 1' }),
    { name: 'double', type: 'calculate', calculation: '${age} * 2' },
  ];
  expect(refused(questions, { intro: 'hello', age: 17, why: 'x', pick: 'a', double: 35, extra: 1, another: null })).toEqual([
    'answers.intro: This is something to read and takes no answer.',
    'answers.name: This question needs an answer.',
    'answers.age: Adults only',
    'answers.why: This question is not asked with these answers, so it has no answer.',
    'answers.pick: With the other answers, this one cannot be chosen.',
    'answers.double: This is worked out from the other answers, which give something else.',
    'answers.extra: The questionnaire has no question “extra”.',
    'answers.another: The questionnaire has no question “another”.',
  ]);
  expect(refused(questions, { name: 'Ana', age: 18, pick: 'b', double: 36, why: null, intro: null })).toEqual([]);
  expect(checkResponse(parsed(questions), { name: 'Ana', age: 17, double: 34 }, { now: NOW, language: 'fr' })).toEqual([
    { path: 'answers.age', message: 'Adultes seulement' },
  ]);
});

test.each([null, [], 'x', 5, undefined])('answers that are no object (%j) are refused as a whole', (answers) => {
  expect(refused([question('a')], answers)).toEqual(['answers: The answers are an object with the names of the questions.']);
});

test('part of a select_multiple is not offered: refused, not shortened', () => {
  const questions = [question('pick', { type: 'select_multiple', choices: CHOICES, choice_filter: 'size > 1' })];
  expect(refused(questions, { pick: ['a', 'b'] })).toHaveLength(1);
  expect(refused(questions, { pick: ['b'] })).toEqual([]);
});

test('a calculation must be sent, exactly as it comes out; one without a result must not', () => {
  const questions = [question('n', { type: 'decimal' }), { name: 'c', type: 'calculate', calculation: '${n} * 3' }];
  expect(refused(questions, { n: 0.1, c: 0.1 * 3 })).toEqual([]);
  for (const c of [0.3, '0.30000000000000004', null, undefined]) expect(refused(questions, { n: 0.1, c })).toHaveLength(1);
  expect(refused(questions, {})).toEqual([]);
  expect(refused(questions, { c: 0 })).toHaveLength(1);
});

test('a default is for the form: a required answer that did not come is missing', () => {
  expect(refused([question('a', { default: 'x', required: true })], {})).toEqual(['answers.a: This question needs an answer.']);
});

test('names from an object’s prototype are no answers', () => {
  expect(refused([question('toString', { required: true })], {})).toHaveLength(1);
  expect(refused([question('a')], JSON.parse('{"__proto__": 1}'))).toHaveLength(1);
});

describe('any form, any answers', () => {
  const NAMES = ['q0', 'q1', 'q2', 'q3', 'q4', 'q5'];
  const value = fc.oneof(
    fc.constantFrom(null, '', 'a', 'b', 'x', '2026-11-22', 0, 1, 2.5, -3, '5'),
    fc.subarray(['a', 'b', 'c', 'd']),
  );
  const answersTo = (): fc.Arbitrary<Answers> => fc.dictionary(fc.constantFrom(...NAMES, 'other'), value);
  const questions = fc.tuple(...NAMES.map((name, index) => anyQuestion(name, NAMES.slice(0, index)))).chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));

  function anyQuestion(name: string, earlier: readonly string[]): fc.Arbitrary<object> {
    const condition = earlier.length === 0
      ? fc.constantFrom('true()', "today() = '2026-11-22'")
      : fc.tuple(fc.constantFrom(...earlier), fc.constantFrom("${x} = ''", "${x} != ''", 'not(${x})', '${x}', "coalesce(${x}, 1) != ''")).map(([other, text]) => text.replace('${x}', `\${${other}}`));
    const asked = {
      relevant: condition,
      required: fc.oneof(fc.boolean(), condition),
      constraint: fc.oneof(condition, fc.constant(". != ''")),
    };
    const words = (type: string, more: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> => {
      const all: Record<string, fc.Arbitrary<unknown>> = { name: fc.constant(name), type: fc.constant(type), label: fc.constant('x'), ...more };
      return fc.record(all, { requiredKeys: ['name', 'type', 'label', 'choices'].filter((key) => key in all) });
    };
    const selecting = { ...asked, choices: fc.constant(CHOICES), choice_filter: condition.map((text) => `size > 1 or (${text})`) };
    const note = words('note', { relevant: condition });
    return fc.oneof(
      words('text', { ...asked, default: fc.constantFrom('', 'x') }),
      words('integer', { ...asked, default: fc.constantFrom(0, 1) }),
      words('decimal', asked),
      words('date', asked),
      words('select_one', { ...selecting, default: fc.constant('a') }),
      words('select_multiple', { ...selecting, default: fc.constant(['a', 'c']) }),
      // A note has no answer, so nothing may name it: only the last one is named by nobody.
      ...(name === NAMES.at(-1) ? [note] : []),
      fc.record(
        { name: fc.constant(name), type: fc.constant('calculate'), calculation: condition.map((text) => `if(${text}, 0.1 + 0.2, '')`), relevant: condition },
        { requiredKeys: ['name', 'type', 'calculation'] },
      ),
    );
  }

  test('what the form gives without an error, the server takes; what it takes, the form gives back unchanged', () => {
    let taken = 0;
    fc.assert(
      fc.property(questions, answersTo(), (list, given) => {
        const questionnaire = parsed(list);
        const form = evaluateForm(questionnaire, given, CIRCUMSTANCES);
        const sent: unknown = JSON.parse(JSON.stringify(form.answers));
        const errors = checkResponse(questionnaire, sent, CIRCUMSTANCES);
        expect(errors.map(({ path, message }) => [path.replace('answers.', ''), message])).toEqual(
          form.fields.filter(({ error }) => error !== null).map(({ name, error }) => [name, error]),
        );
        if (errors.length === 0) taken += 1;
        expect(evaluateForm(questionnaire, form.answers, CIRCUMSTANCES)).toEqual(form);
      }),
      times(2_000),
    );
    expect(taken).toBeGreaterThan(100);
  });

  test('answers to questions that are not asked, and to notes, never leave', () => {
    fc.assert(
      fc.property(questions, answersTo(), (list, given) => {
        const { fields, answers } = evaluateForm(parsed(list), given, CIRCUMSTANCES);
        const allowed = fields.filter(({ relevant, type }) => relevant && type !== 'note').map(({ name }) => name);
        expect(Object.keys(answers).filter((name) => !allowed.includes(name))).toEqual([]);
        const hidden = fields.filter(({ relevant }) => !relevant);
        expect(hidden.filter(({ value: shown, error, required }) => shown !== null || error !== null || required)).toEqual([]);
      }),
      times(1_000),
    );
  });

  test('whatever a response holds, it is taken or refused with errors, without throwing', () => {
    fc.assert(
      fc.property(questions, fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...NAMES), fc.anything())), (list, answers) => {
        expect(errorsOf(list)).toEqual([]);
        expect(Array.isArray(checkResponse(parsed(list), answers, CIRCUMSTANCES))).toBe(true);
      }),
      times(1_000),
    );
  });
});
