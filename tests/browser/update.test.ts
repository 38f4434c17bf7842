/**
 * A new version of the app.
 */
import { expect, it, onTestFinished } from 'vitest';
import { SHORT_QUESTIONNAIRE, answerShortly, fillIn, startQuestionnaire } from '../harness/app.ts';
import { isPush } from '../harness/proxy.ts';
import { setSceneSignedIn } from '../harness/scene.ts';

it('a new version is offered and never forced: the form that is open stays, and what is queued is sent by the new worker', async () => {
  const { page, proxy, api } = await setSceneSignedIn(onTestFinished);
  const cut = proxy.fault(isPush, { kind: 'cut request' });
  await answerShortly(page, 'Queued by the old worker');
  await page.locator('.submitted[data-state="queued"]').waitFor();
  await page.goto(`${proxy.url}/`);
  await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
  await fillIn(page, { community: 'Half' });
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));

  const worker = await (await fetch(`${proxy.url}/sw.js`)).text();
  const newer = proxy.fault(({ path }) => path === '/sw.js', { kind: 'answer', status: 200, contentType: 'text/javascript', body: `${worker}\n// newer` });
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting !== null);
  expect(newer.struck.length).toBeGreaterThan(0);
  expect(await page.getByRole('button', { name: 'Update now' }).isVisible()).toBe(false);
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  await page.getByText('Saved on this device').waitFor();

  await page.getByRole('link', { name: 'Back' }).click();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Update now' }).click();
  await reloaded;
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  cut.lift();
  await page.reload();
  await page.locator('a[href="/responses"]').first().click();
  await page.locator('li.row[data-state="sent"]').waitFor();
  expect(await api.all('responses')).toMatchObject([{ answers: { community: 'Queued by the old worker' } }]);
});
