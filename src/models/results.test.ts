import * as v from 'valibot';
import { expect, test } from 'vitest';
import { parseQuestionnaire } from '../../forms/index.ts';
import { Change } from '../../protocol/index.ts';
import { columnsOf, csvRow, resultsOf } from './results.ts';

const change = (id: string, endedAt: string, answers: Readonly<Record<string, unknown>>, questionnaireId = 'q1'): Change =>
  v.parse(Change, {
    Id: id,
    Version: 1,
    Attributes: { questionnaireId, questionnaireVersion: 2, answers, startedAt: endedAt, endedAt },
  });

test('an edit replaces the response, a deletion takes it away, and others’ are passed over', () => {
  const results = resultsOf(
    [
      change('a', '2026-11-01T10:00:00+01:00', { age: 1 }),
      change('b', '2026-11-02T10:00:00+01:00', { age: 2 }),
      change('c', '2026-11-03T10:00:00+01:00', { age: 3 }, 'q2'),
      change('a', '2026-11-04T10:00:00+01:00', { age: 4 }),
      v.parse(Change, { Id: 'b', Version: 2, Deleted: true }),
    ],
    'q1',
  );
  expect(results.map(({ id, answers }) => [id, answers['age']])).toEqual([['a', 4]]);
});

test('the newest comes first, by the moment and not by the letters of its time zone', () => {
  const results = resultsOf([change('early', '2026-11-01T10:00:00+05:00', {}), change('late', '2026-11-01T09:00:00+01:00', {})], 'q1');
  expect(results.map(({ id }) => id)).toEqual(['late', 'early']);
});

test('answers to a question that a newer version dropped keep a column, behind those of the questionnaire', () => {
  const parsed = parseQuestionnaire({
    title: 'T',
    languages: ['en'],
    questions: [
      { name: 'intro', type: 'note', label: 'Hello' },
      { name: 'age', type: 'integer', label: 'Age' },
      { name: 'town', type: 'text', label: 'Town' },
    ],
  });
  const results = resultsOf([change('a', '2026-11-01T10:00:00Z', { old: 'x', age: 3 })], 'q1');
  const columns = columnsOf(parsed.ok ? parsed.questionnaire : null, results);
  expect(columns).toEqual(['age', 'town', 'old']);
  expect(results.map((result) => csvRow(result, columns))).toEqual([['a', 2, '2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z', 3, undefined, 'x']]);
});
