import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkResponse, evaluateForm, parseQuestionnaire, type Answers, type Questionnaire } from '../index.ts';
import { NOW, times } from '../testing.ts';

function survey(): Questionnaire {
  const result = parseQuestionnaire(JSON.parse(readFileSync(new URL('drinking-water.json', import.meta.url), 'utf8')));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.questionnaire;
}

const SURVEY = survey();
const CIRCUMSTANCES = { now: NOW, language: 'en' };

/** A household that walks to a borehole, boils its water and shares a pit latrine. */
const ANSWERS: Answers = {
  visit_date: '2026-11-22',
  community: 'Kisumu East',
  household_size: 6,
  children_under_five: 2,
  water_source: 'borehole',
  second_source: 'surface',
  water_location: 'elsewhere',
  collection_minutes: 35,
  collector: 'girl',
  trips_last_week: 14,
  water_insufficient: 'yes',
  insufficient_reasons: ['not_running', 'too_expensive'],
  stored_litres: 37.5,
  treats_water: 'yes',
  treatment: ['boil'],
  toilet_type: 'pit_slab',
  toilet_location: 'plot',
  toilet_shared: 'households',
  toilet_households: 3,
  toilet_emptied: 'yes',
  emptied_on: '2024-02-29',
  emptied_to: 'buried',
  handwashing_place: 'mobile',
  handwashing_items: ['water', 'soap'],
};

function form(changes: Answers = {}): { asked: string[]; errors: Record<string, string>; answers: Answers } {
  const { fields, answers } = evaluateForm(SURVEY, { ...ANSWERS, ...changes }, CIRCUMSTANCES);
  const wrong = fields.flatMap(({ name, error }) => (error === null ? [] : [[name, error] as const]));
  return { asked: fields.filter(({ relevant }) => relevant).map(({ name }) => name), errors: Object.fromEntries(wrong), answers };
}

test('a whole interview without an error is taken by the server, with the hours worked out', () => {
  const { errors, answers } = form();
  expect(errors).toEqual({});
  expect(answers).toEqual({ ...ANSWERS, collection_hours: 8.2 });
  expect(checkResponse(SURVEY, answers, CIRCUMSTANCES)).toEqual([]);
});

test('every question can be asked, and each kind of question is there', () => {
  const everywhere = [form(), form({ water_source: 'other' }), form({ toilet_type: 'flush' })].flatMap(({ asked }) => asked);
  expect(new Set(everywhere)).toEqual(new Set(SURVEY.questions.map(({ name }) => name)));
  expect(new Set(SURVEY.questions.map(({ type }) => type))).toEqual(
    new Set(['text', 'integer', 'decimal', 'date', 'select_one', 'select_multiple', 'note', 'calculate']),
  );
});

test('all wording is there in English and in French', () => {
  const holders: object[] = [SURVEY, ...SURVEY.questions, ...SURVEY.questions.flatMap((question) => ('choices' in question ? question.choices : []))];
  const words = ['title', 'label', 'hint', 'required_message', 'constraint_message'];
  const untranslated = holders.filter((holder) => words.some((word) => Object.hasOwn(holder, word) !== Object.hasOwn(holder, `${word}::fr`)));
  expect(untranslated).toEqual([]);
  expect(SURVEY.questions.filter((question) => 'constraint' in question && !('constraint_message' in question))).toEqual([]);
});

test('water at home: nobody is asked about fetching it', () => {
  const { asked, answers } = form({ water_source: 'piped_yard' });
  for (const skipped of ['water_location', 'collection_minutes', 'collector', 'trips_last_week', 'collection_hours', 'long_collection']) {
    expect(asked).not.toContain(skipped);
    expect(answers).not.toHaveProperty(skipped);
  }
});

test('no toilet: nothing is asked about sharing or emptying it', () => {
  const { asked } = form({ toilet_type: 'none' });
  expect(asked.filter((name) => /^(toilet_|flush|emptied)/.test(name))).toEqual(['toilet_type']);
});

test.each<[Answers, string, string]>([
  [{ visit_date: '2026-11-23' }, 'visit_date', 'The visit cannot be in the future, nor before 2000.'],
  [{ household_size: 61 }, 'household_size', 'A household has between 1 and 60 people.'],
  [{ children_under_five: 6 }, 'children_under_five', 'There must be fewer young children than people in the household.'],
  [{ collection_minutes: 721 }, 'collection_minutes', 'Give the minutes of one round trip, from 0 to 720.'],
  [{ insufficient_reasons: ['unknown', 'other'] }, 'insufficient_reasons', '“Don’t know” cannot go together with a reason.'],
  [{ stored_litres: -1 }, 'stored_litres', 'Give litres, from 0 to 20,000.'],
  [{ toilet_households: 1 }, 'toilet_households', 'With this household there are at least 2, and at most 100.'],
  [{ emptied_on: '2026-11-23' }, 'emptied_on', 'It cannot have been emptied after the visit.'],
  [{ handwashing_items: ['none', 'soap'] }, 'handwashing_items', '“None of these” cannot go together with something that is there.'],
  [{ treatment: [] }, 'treatment', 'Choose at least one way.'],
])('%j is refused in its own words', (changes, name, message) => {
  expect(form(changes).errors).toEqual({ [name]: message });
});

test('the second source cannot be the main one', () => {
  const { fields } = evaluateForm(SURVEY, ANSWERS, CIRCUMSTANCES);
  const names = fields.find(({ name }) => name === 'second_source')?.choices.map(({ name }) => name);
  expect(names).toContain('surface');
  expect(names).not.toContain('borehole');
});

test('whatever is answered, form and server agree', () => {
  const value = fc.oneof(fc.constantFrom('yes', 'no', 'other', 'none', 'elsewhere', 'flush', 'pit', 'borehole', 'woman', '2026-01-01', 0, 3, 60), fc.subarray(['boil', 'soap', 'none', 'unknown']));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...SURVEY.questions.map(({ name }) => name)), value), (changes) => {
      const { errors, answers } = form(changes);
      const refused = checkResponse(SURVEY, answers, CIRCUMSTANCES).map(({ path, message }) => [path.replace('answers.', ''), message] as const);
      expect(Object.fromEntries(refused)).toEqual(errors);
    }),
    times(500),
  );
});
