import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuestionnaire } from './index.ts';
import { CHOICES, errorsOf, parsed, question, times } from './testing.ts';

const select = (name: string, words: object = {}): object => question(name, { type: 'select_one', choices: CHOICES, ...words });

describe('a mistake is named at its exact place', () => {
  test.each<[unknown, string, RegExp]>([
    [[], 'questions', /1 to 1000 questions/],
    ['none', 'questions', /list/],
    [[7], 'questions[0]', /object/],
    [[question('a'), question('a')], 'questions[1].name', /“a” is there already/],
    [[question('1a')], 'questions[0].name', /begins with a letter/],
    [[question('__proto__')], 'questions[0].name', /begins with a letter/],
    [[{ type: 'text', label: 'x' }], 'questions[0].name', /needs its name/],
    [[{ name: 'a', type: 'text' }], 'questions[0].label', /needs its label/],
    [[{ name: 'a', label: 'x' }], 'questions[0].type', /one of text, integer/],
    [[question('a', { type: 'toString' })], 'questions[0].type', /one of/],
    [[question('a', { label: '  ' })], 'questions[0].label', /empty/],
    [[question('a', { label: 5 })], 'questions[0].label', /text in quotes/],
    [[question('a', { label: 'x'.repeat(5_001) })], 'questions[0].label', /5000 characters/],
    [[question('a', { 'label::sw': 'x' })], 'questions[0].label::sw', /has no “label::sw”/],
    [[question('a', { 'label::en': 'x' })], 'questions[0].label::en', /has no/],
    [[question('a', { 'name::fr': 'x' })], 'questions[0].name::fr', /has no/],
    [[question('a', { 'label::fr::fr': 'x' })], 'questions[0].label::fr::fr', /has no/],
    [[question('a', { relevent: 'true()' })], 'questions[0].relevent', /type text has no “relevent”/],
    [[question('a', { choices: CHOICES })], 'questions[0].choices', /type text has no “choices”/],
    [[question('a', { type: 'note', required: true })], 'questions[0].required', /type note has no/],
    [[question('a', { type: 'select_one' })], 'questions[0].choices', /needs its choices/],
    [[{ name: 'a', type: 'calculate' }], 'questions[0].calculation', /needs its calculation/],
    [[question('a', { required: 'yes' })], 'questions[0].required', /“yes” has no meaning here/],
    [[question('a', { required: 1 })], 'questions[0].required', /text in quotes/],
    [[question('a', { relevant: true })], 'questions[0].relevant', /text in quotes/],
    [[question('a', { relevant: '1 +' })], 'questions[0].relevant', /ends/],
    [[question('a', { relevant: "${b} = ''" })], 'questions[0].relevant', /no question “b”/],
    [[question('a', { type: 'note' }), question('b', { relevant: "${a} = ''" })], 'questions[1].relevant', /no question “a” that has an answer/],
    [[question('a', { relevant: ". = 'x'" })], 'questions[0].relevant', /“\.” stands for the answer in a constraint/],
    [[question('a', { constraint: 'today(1)' })], 'questions[0].constraint', /takes 0 values; it was given 1/],
    [[question('a', { constraint: 'not()' })], 'questions[0].constraint', /takes 1 value; it was given 0/],
    [[question('a', { constraint: 'round()' })], 'questions[0].constraint', /takes 1 or 2 values/],
    [[question('a', { constraint: 'coalesce(.)' })], 'questions[0].constraint', /takes 2 or more values/],
    [[question('a', { type: 'select_multiple', choices: CHOICES, constraint: ". = 'a'" })], 'questions[0].constraint', /selected\(\)/],
    [[question('a', { type: 'integer', constraint: ". < 'many'" })], 'questions[0].constraint', /'many' is neither a number nor a date/],
    [[question('a', { type: 'date', constraint: ". <= '22/11/2026'" })], 'questions[0].constraint', /neither a number nor a date/],
    [[question('a', { type: 'date', constraint: ". = 'today'" })], 'questions[0].constraint', /neither a number nor a date/],
    [[question('a', { type: 'integer', constraint: "(. > 3) = 'true'" })], 'questions[0].constraint', /true\(\) or false\(\)/],
    [[question('a', { type: 'integer', constraint: '(. > 3) > 1' })], 'questions[0].constraint', /cannot take true or false/],
    [[select('a', { constraint: ". = 'd'" })], 'questions[0].constraint', /“d” is none of the choices/],
    [[select('a'), question('b', { relevant: "selected(${a}, 'd')" })], 'questions[1].relevant', /“d” is none of the choices/],
    [[select('a', { default: 'd' })], 'questions[0].default', /no answer to a question of type select_one/],
    [[question('a', { type: 'integer', default: '5' })], 'questions[0].default', /type integer/],
    [[select('a', { choice_filter: 'colour = 1' })], 'questions[0].choice_filter', /No choice has a column “colour”/],
    [[select('a', { choice_filter: "regex(name, 'a')" })], 'questions[0].choice_filter', /regex\(\) cannot be used in a choice_filter/],
    [[select('a', { choices: [{ name: 'a' }] })], 'questions[0].choices[0].label', /needs its label/],
    [[select('a', { choices: [...CHOICES, CHOICES[0]] })], 'questions[0].choices[3].name', /already/],
    [[select('a', { choices: [{ name: 1, label: 'One' }] })], 'questions[0].choices[0].name', /without blanks/],
    [[select('a', { choices: [{ name: 'a b', label: 'x' }] })], 'questions[0].choices[0].name', /without blanks/],
    [[select('a', { choices: [{ name: 'a', label: 'x', size: null }] })], 'questions[0].choices[0].size', /text in quotes/],
    [[select('a', { choices: [{ name: 'a', label: 'x', 'si ze': 1 }] })], 'questions[0].choices[0].si ze', /name of a column/],
    [[select('a', { choices: [null] })], 'questions[0].choices[0]', /object/],
    [[select('a', { type: 'select_multiple' }), { name: 'c', type: 'calculate', calculation: '${a}' }], 'questions[1].calculation', /list/],
  ])('%j: %s', (questions, path, message) => {
    const errors = errorsOf(questions);
    expect(errors.map((error) => error.path)).toEqual([path]);
    expect(errors[0]?.message).toMatch(message);
  });

  test.each<[unknown, string]>([
    [null, ''],
    [[], ''],
    ['{}', ''],
    [{ languages: ['en'], questions: [question('a')] }, 'title'],
    [{ title: 'x', languages: ['en'] }, 'questions'],
    [{ title: 'x', questions: [question('a')] }, 'languages'],
    [{ title: 'x', languages: ['English'], questions: [question('a')] }, 'languages[0]'],
    [{ title: 'x', languages: ['en', 'en'], questions: [question('a')] }, 'languages[1]'],
    [{ title: 'x', languages: ['en'], questions: [question('a')], published: 'yes' }, 'published'],
    [{ title: 'x', languages: ['en'], questions: [question('a')], colour: 1 }, 'colour'],
    [JSON.parse('{"title":"x","languages":["en"],"questions":[{"name":"a","type":"text","label":"x"}],"__proto__":1}'), '__proto__'],
  ])('%j: %s', (input, path) => {
    const result = parseQuestionnaire(input);
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual([path]);
  });

  test('every mistake is named, not the first alone', () => {
    expect(errorsOf([question('a', { relevant: '(' }), question('b', { constraint: ')', required: '${x}' })]).map(({ path }) => path)).toEqual([
      'questions[0].relevant',
      'questions[1].constraint',
      'questions[1].required',
    ]);
  });
});

describe('circles', () => {
  test.each<[object[], string, string]>([
    [[question('a', { relevant: "${a} = ''" })], 'questions[0].relevant', 'a → a'],
    [[select('a', { choice_filter: 'name = ${a}' })], 'questions[0].choice_filter', 'a → a'],
    [[question('x', { relevant: "${a} = ''" }), question('a', { relevant: "${b} = ''" }), { name: 'b', type: 'calculate', calculation: '${a}' }], 'questions[2].calculation', 'a → b → a'],
  ])('%j', (questions, path, circle) => {
    expect(errorsOf(questions)).toEqual([{ path, message: `This goes round in a circle: ${circle}.` }]);
  });

  test('constraint and required judge an answer afterwards: they may name each other', () => {
    expect(errorsOf([question('a', { constraint: '. != ${b}', required: "${b} = ''" }), question('b', { constraint: '. != ${a}' })])).toEqual([]);
  });

  test('a chain of all questions, last to first, is no circle', () => {
    const chain = Array.from({ length: 1_000 }, (_, index) => question(`q${index}`, index < 999 ? { relevant: `\${q${index + 1}} != ''` } : {}));
    expect(errorsOf(chain)).toEqual([]);
  });
});

describe('limits', () => {
  const many = (count: number, words: object = {}): object[] => Array.from({ length: count }, (_, index) => question(`q${index}`, words));

  test('1,000 questions of 1,000 choices are read; one more of either is not', () => {
    const choices = Array.from({ length: 1_001 }, (_, index) => ({ name: `c${index}`, label: 'x' }));
    expect(errorsOf(many(1_000))).toEqual([]);
    expect(errorsOf(many(1_001))).toMatchObject([{ path: 'questions' }]);
    expect(errorsOf([select('a', { choices: choices.slice(1) })])).toEqual([]);
    expect(errorsOf([select('a', { choices })])).toMatchObject([{ path: 'questions[0].choices', message: 'This is a list of 1 to 1000 choices.' }]);
  });

  test('patterns that together would keep a server busy are refused where they pass the limit', () => {
    expect(errorsOf(many(20, { constraint: "regex(., 'a{500}')" }))).toEqual([]);
    expect(errorsOf(many(21, { constraint: "regex(., 'a{500}')" }))).toMatchObject([{ path: 'questions[20].constraint' }]);
  });

  test('a questionnaire made of patterns alone is refused before it fills the memory', () => {
    const constraint = Array.from({ length: 50 }, () => "regex(.,'a{500}')").join('or ');
    expect(errorsOf(many(1_000, { constraint, required: constraint }))).toMatchObject([{ path: 'questions[0].required' }]);
  });

  test('a questionnaire that is wrong everywhere: at most 1,000 errors are listed', () => {
    expect(errorsOf(many(1_000, { x: 1, y: 1 }))).toHaveLength(1_000);
  });
});

test('what a calculation gives is known to those that use it, in whatever order they stand', () => {
  const sum = { name: 'sum', type: 'calculate', calculation: '${flag} + 1' };
  const flag = { name: 'flag', type: 'calculate', calculation: '${n} > 1' };
  expect(errorsOf([question('z', { relevant: '${flag} = 1' }), sum, flag, question('n', { type: 'integer' })])).toEqual([
    { path: 'questions[0].relevant', message: 'What is true or false can only be compared with true() or false().' },
  ]);
});

test('the bookkeeping of a record is passed over, and the questionnaire is a copy', () => {
  const questions = [question('a')];
  const input = { id: 'x', version: 3, synchronized: true, outpost: {}, title: 'T', 'title::fr': 'T', languages: ['en', 'fr'], questions };
  const result = parseQuestionnaire(input);
  expect(result).toEqual({ ok: true, questionnaire: { title: 'T', 'title::fr': 'T', languages: ['en', 'fr'], questions } });
  questions.length = 0;
  expect(result.ok && result.questionnaire.questions).toHaveLength(1);
});

test('what was parsed, sent and parsed again is the same', () => {
  const first = parsed([select('a', { default: 'b', choice_filter: 'size > 1' }), question('b', { required: "${a} = 'b'" })]);
  expect(parseQuestionnaire(JSON.parse(JSON.stringify(first)))).toEqual({ ok: true, questionnaire: first });
});

test('whatever is sent is read or refused with errors, without throwing', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true });
  const word = fc.constantFrom('name', 'type', 'label', 'label::fr', 'hint', 'required', 'relevant', 'constraint', 'choices', 'choice_filter', 'calculation', 'default', 'x');
  const value = fc.oneof(
    anything,
    fc.constantFrom('a', 'b', 'text', 'integer', 'note', 'select_one', 'select_multiple', 'calculate', true),
    fc.constantFrom("${a} = ''", 'name', '. > 1', '((', "regex(., 'a+')", "if(${a}, 1, 'x')"),
    fc.constant(CHOICES),
  );
  const questions = fc.array(fc.oneof(anything, fc.dictionary(word, value, { maxKeys: 8 }), fc.record({ name: fc.constantFrom('a', 'b', 'c'), type: fc.constantFrom('text', 'integer', 'calculate'), label: fc.constant('x'), relevant: value, calculation: value }, { requiredKeys: ['name', 'type'] })));
  fc.assert(
    fc.property(fc.oneof(anything, questions.map((list) => ({ title: 'T', languages: ['en', 'fr'], questions: list })), fc.dictionary(fc.constantFrom('title', 'languages', 'questions', 'id'), anything)), (input) => {
      const result = parseQuestionnaire(input);
      expect(result.ok || result.errors.length > 0).toBe(true);
    }),
    times(3_000),
  );
});
