/**
 * The browser is killed at the very moment that the person is told "saved".
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { SHORT_QUESTIONNAIRE, fillIn, openList, startQuestionnaire, storedRows, submit } from '../harness/app.ts';
import { launchBare } from '../harness/browser.ts';
import { isPush } from '../harness/proxy.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

const TIMES = 20;

describe('browser killed right after submitting', () => {
  it(`${TIMES} times over: no response is missing, on the device or on the server`, async () => {
    const { context, profile, proxy, api } = await setSceneSignedIn(onTestFinished);
    await context.close();

    const communities = Array.from({ length: TIMES }, (_, index) => `Village ${index + 1}`);
    for (const [index, community] of communities.entries()) {
      // Every second time there is no server to be reached either, so that the device is the only place.
      const cut = index % 2 === 1 ? proxy.fault(isPush, { kind: 'cut request' }) : null;
      const browser = await launchBare(onTestFinished, profile);
      const page = await (await browser.attach()).context.newPage();
      await page.goto(`${proxy.url}/`);
      await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
      await fillIn(page, { community });
      await submit(page);
      await browser.process.end('SIGKILL');
      cut?.lift();
    }

    const browser = await launchBare(onTestFinished, profile);
    const page = await (await browser.attach()).context.newPage();
    await page.goto(`${proxy.url}/`);
    await openList(page);
    expect((await storedRows(page)).map(({ answers }) => String(answers['community'])).toSorted()).toEqual(communities.toSorted());
    await until('every response is synchronized', async () => (await storedRows(page)).every(({ synchronized }) => synchronized), 30_000);
    const records = await api.all('responses');
    expect(records.map(({ answers }) => answers)).toEqual(expect.arrayContaining(communities.map((community) => ({ community }))));
    expect(records).toHaveLength(TIMES);
    expect((await storedRows(page)).map(({ id }) => id).toSorted()).toEqual(records.map(({ id }) => id).toSorted());
  });

  it('the browser starts again with no page of the app and nobody looking: the worker sends what was left', async () => {
    const { context, profile, proxy, api } = await setSceneSignedIn(onTestFinished);
    await context.close();
    const cut = proxy.fault(isPush, { kind: 'cut request' });
    const browser = await launchBare(onTestFinished, profile);
    const page = await (await browser.attach()).context.newPage();
    await page.goto(`${proxy.url}/`);
    await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
    await fillIn(page, { community: 'Left behind' });
    await submit(page);
    await page.locator('.submitted[data-state="queued"]').waitFor();
    await browser.process.end('SIGKILL');
    cut.lift();

    await launchBare(onTestFinished, profile);
    const records = await until('the server has the response', async () => {
      const all = await api.all('responses');
      return all.length > 0 ? all : null;
    }, 60_000);
    expect(records).toMatchObject([{ version: 1, answers: { community: 'Left behind' } }]);
  });
});
