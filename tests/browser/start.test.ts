/**
 * What is there when the engine is told to start, and what a moment later.
 */
import { expect, it, onTestFinished } from 'vitest';
import { SHORT_QUESTIONNAIRE, answerShortly, fillIn, openList, rowsOnScreen, startQuestionnaire, storedRows } from '../harness/app.ts';
import { setWorld } from '../harness/device.ts';
import { hold } from '../harness/indexed-db.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
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

it('the journal takes its time: the app stands with its list all the same, and calls an answer saved only once the journal has it', async () => {
  const { page, context, proxy } = await setSceneSignedIn(onTestFinished);
  await answerShortly(page, 'Kigali');
  await page.locator('.submitted[data-state="sent"]').waitFor();
  const other = await context.newPage();
  await other.goto(`${proxy.url}/api/v1/health`);
  const letGo = await hold(other, 'outpost-journal');
  await page.goto(`${proxy.url}/`);
  await openList(page);
  expect(await rowsOnScreen(page)).toMatchObject([{ state: 'sent' }]);
  await page.locator('a[href="/"]').first().click();
  await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
  await fillIn(page, { community: 'Huye' });
  await page.getByText('Saving…').waitFor();
  await until('the row is there', async () => (await storedRows(page)).some(({ answers }) => answers['community'] === 'Huye'));
  expect(await page.getByText('Saved on this device').count()).toBe(0);
  await letGo();
  await page.getByText('Saved on this device').waitFor();
});

it('a crash has taken a draft from localStorage and the journal takes its time: at the draft’s address it is waited for', async () => {
  const { page, context, proxy } = await setSceneSignedIn(onTestFinished);
  await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
  await fillIn(page, { community: 'Huye' });
  await page.getByText('Saved on this device').waitFor();
  const address = page.url();
  await page.goto(`${proxy.url}/api/v1/health`);
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage)) if (key.includes('.responses-')) localStorage.removeItem(key);
  });
  const other = await context.newPage();
  await other.goto(`${proxy.url}/api/v1/health`);
  const letGo = await hold(other, 'outpost-journal');
  await page.goto(address);
  // The screen has been asked for by then.
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/assets/forms-')));
  await letGo();
  await page.locator('.question input').waitFor();
  expect(await page.locator('.question input').inputValue()).toBe('Huye');
});
