/**
 * What is there when the engine is told to start, and what a moment later.
 */
import { expect, it, onTestFinished } from 'vitest';
import { storedRows } from '../harness/app.ts';
import { setWorld } from '../harness/device.ts';
import { until } from '../harness/until.ts';

it('after a crash: at once what localStorage has; then also what it lost, with an edit that was saved in between on top', async () => {
  const world = await setWorld(onTestFinished);
  const { page, account } = await (await world.newDevice()).begin();
  await page.evaluate(async (questionnaireId) => {
    const { engine, responses } = window.outpost;
    const create = (name: string) => engine.create(responses, { questionnaireId, answers: { name, edit: 'first' }, endedAt: null });
    const [rolledBack, lost] = [create('rolled back'), create('lost')];
    await Promise.all([engine.save(rolledBack), engine.save(lost)]);
    const keyOf = ({ id }: { readonly id: string | number }): string => Object.keys(localStorage).find((key) => key.endsWith(`-${id}`)) ?? '';
    const before = localStorage.getItem(keyOf(rolledBack)) ?? '';
    await engine.save(rolledBack, { answers: { name: 'rolled back', edit: 'second' } });
    localStorage.setItem(keyOf(rolledBack), before);
    localStorage.removeItem(keyOf(lost));
  }, world.questionnaireId);
  await page.reload();

  const atOnce = await page.evaluate(async (id) => {
    const starting = window.start(id);
    const filled = window.filled.map((model): unknown => model.get('answers'));
    window.filled.at(0).save({ answers: { name: 'rolled back', edit: 'first', remark: 'early' } });
    await starting;
    return filled;
  }, account);
  expect(atOnce).toEqual([{ name: 'rolled back', edit: 'first' }]);
  const all = [{ name: 'lost', edit: 'first' }, { name: 'rolled back', edit: 'second', remark: 'early' }];
  const byName = (answers: readonly unknown[]): unknown[] => answers.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  const onScreen = async () => byName(await page.evaluate(() => window.filled.map((model): unknown => model.get('answers'))));
  await until('the journal has settled it', async () => JSON.stringify(await onScreen()).includes('second'));
  expect(await onScreen()).toEqual(all);
  expect(byName((await storedRows(page)).map(({ answers }) => answers))).toEqual(all);
});
