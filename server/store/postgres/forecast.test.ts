import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ServerId } from '../../../protocol/index.ts';
import { RULES, caller, put, uuid } from '../../testing/stores.ts';
import type { Edit } from '../../decide.ts';
import { MAX_GROUP } from '../group.ts';
import type { Sequence } from '../plan.ts';
import type { Push } from '../records.ts';
import { KeptVersions } from '../versions.ts';
import { Forecast } from './forecast.ts';

let ids = 0;
const newPush = (edit: Edit = put(uuid(ids++), { depth: 1 }), workspace = 'w'): Push => ({ caller: caller(workspace), collection: 'responses', edit });
const counter = (seq: number, workspace = 'w', epoch = 'e', purged = 0): Sequence => ({ workspace, epoch, seq, purged });

/** A forecast of what `groups` groups of one new record each have found. */
function forecastAfter(groups: number): Forecast {
  const forecast = new Forecast({ rules: RULES, versions: new KeptVersions(), newServerIds: () => () => v.parse(ServerId, `s${ids++}`) });
  for (let seq = 0; seq < groups; seq += 1) write(forecast, [newPush()], [counter(seq)]);
  return forecast;
}

/** A whole group comes and is written. @returns whether it was foreseen */
function write(forecast: Forecast, pushes: readonly Push[], found: readonly Sequence[], isNew = true): boolean {
  for (const push of pushes) forecast.foresee(push);
  const begun = forecast.begin(pushes);
  begun.end(found, isNew);
  return begun.plan !== null;
}

test('relied on once three groups in a row have found what was foreseen, the first of all not among them', () => {
  const forecast = forecastAfter(0);
  expect(Array.from({ length: 6 }, (_, seq) => write(forecast, [newPush()], [counter(seq)]))).toEqual([false, false, false, false, true, true]);
});

test('what is foreseen is the plan of the whole group, numbered from where the one before it ends, also while that is being written', () => {
  const forecast = forecastAfter(4);
  const [one, two, three] = [newPush(), newPush(), newPush()];
  forecast.foresee(one);
  const first = forecast.begin([one]);
  for (const push of [two, three]) forecast.foresee(push);
  expect(first.plan?.records.map(({ clientId, seq, isNew }) => [clientId, seq, isNew])).toEqual([[one.edit.id, 5, true]]);
  expect(first.isAsForeseen([counter(4)])).toBe(true);
  first.end([counter(4)], true);
  const second = forecast.begin([two, three]);
  expect(second.plan?.records.map(({ clientId, seq }) => [clientId, seq])).toEqual([[two.edit.id, 6], [three.edit.id, 7]]);
  expect(second.plan?.outcomes.map(({ status }) => status)).toEqual(['applied', 'applied']);
});

test.each([
  ['somebody else has counted on', counter(5)],
  ['tombstones were forgotten', counter(4, 'w', 'e', 1)],
  ['it is another history', counter(4, 'w', 'another')],
])('%s: it was not as foreseen, what waits is planned anew, and it takes three groups to be relied on again', (_, found) => {
  const forecast = forecastAfter(4);
  const [one, two] = [newPush(), newPush()];
  forecast.foresee(one);
  const begun = forecast.begin([one]);
  forecast.foresee(two);
  expect(begun.isAsForeseen([found])).toBe(false);
  begun.end([found], true);
  expect(forecast.begin([two]).plan).toBeNull();
  const next = (seq: number): Sequence => ({ ...found, seq: found.seq + 2 + seq });
  expect(Array.from({ length: 4 }, (__, seq) => write(forecast, [newPush()], [next(seq)]))).toEqual([false, false, false, true]);
});

test('something was there already: it takes three groups to be relied on again', () => {
  const forecast = forecastAfter(4);
  write(forecast, [newPush()], [counter(4)], false);
  expect([5, 6, 7, 8].map((seq) => write(forecast, [newPush()], [counter(seq)]))).toEqual([false, false, false, true]);
});

test.each<[string, Edit]>([
  ['of a ServerId', put('s1', {})],
  ['upon a Version', put(uuid(1), {}, { base: 1 })],
  ['that deletes', { op: 'delete', id: uuid(1), origin: null, base: 0 }],
  ['that names a questionnaire which was not read yet', put(uuid(1), { questionnaire: 'form', questionnaireVersion: 1 })],
])('a group with an edit %s is not foreseen; the one after it is', (_, edit) => {
  const forecast = forecastAfter(4);
  const pushes = [newPush(), newPush(edit), newPush()];
  expect(write(forecast, pushes, [counter(4)])).toBe(false);
  expect(write(forecast, [newPush()], [counter(7)])).toBe(true);
});

test('a workspace that is not known yet is not foreseen; once it is, two are in one plan', () => {
  const forecast = forecastAfter(4);
  const both = () => [newPush(), newPush(undefined, 'v')];
  expect(write(forecast, both(), [counter(4), counter(10, 'v')])).toBe(false);
  const counts = [5, 6, 7, 8];
  expect(counts.map((seq) => write(forecast, both(), [counter(seq), counter(seq + 6, 'v')]))).toEqual([false, false, false, true]);
});

test('more than one group takes: each is foreseen for itself', () => {
  const forecast = forecastAfter(4);
  const pushes = Array.from({ length: MAX_GROUP + 2 }, () => newPush());
  for (const push of pushes) forecast.foresee(push);
  const first = forecast.begin(pushes.slice(0, MAX_GROUP));
  const second = forecast.begin(pushes.slice(MAX_GROUP));
  expect(first.plan?.records.at(-1)?.seq).toBe(4 + MAX_GROUP);
  expect(second.plan?.records.map(({ seq }) => seq)).toEqual([5, 6].map((n) => n + MAX_GROUP));
});

test('another group than was told begins, or none knows what became of the last: nothing is foreseen', () => {
  for (const lose of [(forecast: Forecast) => forecast.begin([newPush()]).plan, (forecast: Forecast) => forecast.distrust()]) {
    const forecast = forecastAfter(4);
    const push = newPush();
    forecast.foresee(push);
    lose(forecast);
    expect(forecast.begin([push]).plan).toBeNull();
  }
});
