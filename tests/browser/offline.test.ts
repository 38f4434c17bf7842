/**
 * The app without a server and without a network.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerShortly, fillIn, openList, rowsOnScreen, startQuestionnaire, untilOnlyRow, SHORT_QUESTIONNAIRE } from '../harness/app.ts';
import { launch } from '../harness/browser.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { isPush } from '../harness/proxy.ts';
import { until } from '../harness/until.ts';

describe('without a network', () => {
  it('server stopped and network off: a cold start opens the app with all it has', async () => {
    const { context, page, profile, proxy, server } = await setSceneSignedIn(onTestFinished);
    await answerShortly(page, 'Sent before');
    const sent = await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
    await page.goto(`${proxy.url}/`);
    await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
    await fillIn(page, { community: 'A draft' });
    await page.getByText('Saved on this device').waitFor();
    await context.close();
    await server.stop();

    const cold = await launch(onTestFinished, profile);
    const offline = await cold.newPage();
    // What the browser happens to have in its own cache may be gone any day; the app must not live on it.
    const session = await cold.newCDPSession(offline);
    await session.send('Network.clearBrowserCache');
    await session.detach();
    await cold.setOffline(true);
    await offline.goto(`${proxy.url}/`);
    const titles = offline.locator('.card[data-id] .card-title');
    await titles.first().waitFor();
    expect((await titles.allInnerTexts()).toSorted()).toEqual(['Drinking water and sanitation at home', SHORT_QUESTIONNAIRE.title]);

    await openList(offline);
    expect((await rowsOnScreen(offline)).map(({ state }) => state).toSorted()).toEqual(['draft', 'sent']);
    await offline.goto(`${proxy.url}/responses/${sent.id}`);
    await offline.getByText('Sent before').waitFor();
    await offline.goto(`${proxy.url}/responses`);
    await offline.getByRole('link', { name: 'Continue' }).click();
    expect(await offline.locator('.question[data-name="community"] input').inputValue()).toBe('A draft');
  });

  it('Background Sync not allowed: says that it sends only while open, and so it does', async () => {
    const { context, page, proxy, api, server } = await setSceneSignedIn(onTestFinished);
    await server.stop();
    await answerShortly(page, 'Allowed');
    await page.getByText('even if you close Outpost').waitFor();
    const session = await context.newCDPSession(page);
    await session.send('Browser.setPermission', { origin: proxy.url, permission: { name: 'background-sync' }, setting: 'denied' });
    await page.getByText('only while Outpost is open').waitFor();
    await page.getByText('sent later, while Outpost is open').waitFor();

    await page.goto(`${proxy.url}/`);
    await answerShortly(page, 'Not allowed');
    await page.getByText('only while Outpost is open').waitFor();
    await server.start();
    const records = await until('both are sent', async () => {
      const all = await api.all('responses');
      return all.length === 2 && all;
    }, 60_000);
    await page.locator('.submitted[data-state="sent"]').waitFor();
    expect(records.map(({ answers }) => answers)).toEqual([{ community: 'Allowed' }, { community: 'Not allowed' }]);
  });

  it('a captive portal answers 200 to everything: nothing counts as sent, and all of it arrives afterwards', async () => {
    const { page, proxy, api } = await setSceneSignedIn(onTestFinished);
    const portal = proxy.fault(({ path }) => path.startsWith('/api/'), { kind: 'answer', status: 200, contentType: 'text/html', body: '<h1>Welcome to our Wi-Fi</h1>' });
    await answerShortly(page, 'Behind the portal');
    await until('the push met the portal', () => portal.struck.some(isPush));
    await page.locator('.submitted[data-state="queued"]').waitFor();
    expect(await api.all('responses')).toEqual([]);

    portal.lift();
    const row = await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
    expect(await api.all('responses')).toMatchObject([{ id: row.id, answers: { community: 'Behind the portal' } }]);
  });
});
