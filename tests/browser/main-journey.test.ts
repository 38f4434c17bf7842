/**
 * The main job: installed, cold start without a network, filled in, closed; sent with no page open; the real id comes back.
 */
import type { BrowserContext } from 'playwright';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiOf } from '../harness/api.ts';
import { SAMPLE_ANSWERS, fillIn, openList, rowsOnScreen, signIn, startQuestionnaire, storedRows, submit } from '../harness/app.ts';
import { launch, newProfile, type LaunchOptions } from '../harness/browser.ts';
import { badgeCount, closeAllPages, install, launchInstalled } from '../harness/installed.ts';
import { makeNamespace, whyNoNamespaces } from '../harness/namespace.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const SAMPLE_TITLE = 'Drinking water and sanitation at home';
const noNamespaces = whyNoNamespaces();

/** Ways to be without a network. */
interface Network {
  cut(context: BrowserContext): Promise<void>;
  bringBack(context: BrowserContext): Promise<void>;
}

describe('installed, offline, submitted, every tab closed: the worker sends it once, and the row bears the real id', () => {
  it('cut off by the browser', async () => {
    await expectJourney(await startServer(onTestFinished), {}, {
      cut: (context) => context.setOffline(true),
      bringBack: (context) => context.setOffline(false),
    });
  });

  it.skipIf(noNamespaces !== null)(`cut off by a cable that is pulled${noNamespaces === null ? '' : ` (skipped: ${noNamespaces})`}`, async () => {
    const namespace = await makeNamespace(onTestFinished);
    const server = await startServer(onTestFinished, { host: namespace.serverHost });
    // Only for localhost do browsers take http for a secure context.
    const options = { executablePath: namespace.chromium, args: [`--unsafely-treat-insecure-origin-as-secure=${server.url}`] };
    await expectJourney(server, options, {
      cut: async () => namespace.linkDown(),
      bringBack: async () => namespace.linkUp(),
    });
  });
});

async function expectJourney(server: TestServer, options: LaunchOptions, network: Network): Promise<void> {
  const { url } = server;
  const api = await apiOf(url);
  const profile = await newProfile(onTestFinished);
  const first = await launch(onTestFinished, profile, options);
  const start = await first.newPage();
  await signIn(start, url);
  await install(start, url);
  await first.close();

  await server.stop();
  const context = await launch(onTestFinished, profile, options);
  await network.cut(context);
  const page = await launchInstalled(context, url);
  await startQuestionnaire(page, SAMPLE_TITLE);
  await fillIn(page, SAMPLE_ANSWERS);
  const clientId = await submit(page);
  await page.getByRole('heading', { name: 'Saved on this device, not sent yet' }).waitFor();
  await page.locator('.submitted[data-state="queued"]').waitFor();
  expect(await page.getByRole('banner').innerText()).toContain('1 waiting to send');
  await until('the icon shows one waiting', async () => (await badgeCount(context, url)) === 1);
  expect(await storedRows(page)).toMatchObject([{ id: clientId, synchronized: false }]);
  await closeAllPages(context);

  await network.bringBack(context);
  await server.start();
  const records = await until('the server has the response', async () => {
    const all = await api.all('responses');
    return all.length > 0 ? all : null;
  }, 60_000);
  expect(context.pages().map((open) => open.url())).toEqual(['about:blank']);
  expect(records).toMatchObject([{ version: 1, answers: { community: 'Kigali', collection_minutes: 30, treatment: ['boil', 'filter'], stored_litres: 12.5 } }]);

  const again = await launchInstalled(context, url);
  await openList(again);
  await until('the row bears the ServerId', async () => (await rowsOnScreen(again))[0]?.id === records[0]?.id);
  expect(await rowsOnScreen(again)).toEqual([{ id: records[0]?.id, state: 'sent' }]);
  const rows = await storedRows(again);
  expect(rows).toMatchObject([{ id: records[0]?.id, synchronized: true }]);
  expect(rows[0]?.key.endsWith(`.responses-${records[0]?.id}`)).toBe(true);
  expect(await api.all('responses')).toHaveLength(1);
}
