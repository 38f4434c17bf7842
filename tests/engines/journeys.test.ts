/**
 * The main journeys in browsers without Background Sync: what waits is sent while the app is open, and the app says so.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { SAMPLE_ANSWERS, SHORT_QUESTIONNAIRE } from '../harness/app.ts';
import type { DrivenBrowser } from '../harness/engines/driver.ts';
import { launchFirefox } from '../harness/engines/firefox.ts';
import { PATIENCE_MS, Tab } from '../harness/engines/tab.ts';
import { launchWebKit } from '../harness/engines/webkit.ts';
import { temporaryFolder } from '../harness/later.ts';
import { isPush, type Proxy } from '../harness/proxy.ts';
import { setScene } from '../harness/scene.ts';
import { gate, until } from '../harness/until.ts';
import { answerShortly, fillIn, rowsOnScreen, sayOnline, signIn, startQuestionnaire, submit } from './person.ts';

const COMMUNITY = '.question[data-name="community"] input';
/** So many failures in a row make the page's timer wait for minutes. */
const MANY_FAILURES = 8;

const ENGINES: readonly { name: string; launch: () => Promise<DrivenBrowser> }[] = [
  { name: 'Firefox', launch: async () => launchFirefox(onTestFinished, await temporaryFolder(onTestFinished, 'firefox')) },
  { name: 'WebKitGTK', launch: () => launchWebKit(onTestFinished) },
];

describe.each(ENGINES)('$name', ({ launch }) => {
  async function setSceneSignedIn() {
    const scene = await setScene(onTestFinished);
    const browser = await launch();
    const tab = await signIn(browser, scene.proxy.url);
    expect(await tab.run(() => 'SyncManager' in window)).toBe(false);
    return { ...scene, browser, tab };
  }

  it('with a network: filled in, sent with every answer, and there as proof after a reload', async () => {
    const { tab, api } = await setSceneSignedIn();
    await startQuestionnaire(tab, 'Drinking water and sanitation at home');
    await fillIn(tab, SAMPLE_ANSWERS);
    await submit(tab);
    await tab.see('.submitted[data-state="sent"] h1', 'Sent');
    const records = await api.all('responses');
    expect(records).toMatchObject([
      { version: 1, answers: { visit_date: '2024-05-01', community: 'Kigali', collection_minutes: 30, treatment: ['boil', 'filter'], stored_litres: 12.5 } },
    ]);
    await tab.driven.reload();
    await tab.see('.submitted[data-state="sent"] h1', 'Sent');
    expect(await tab.attribute('.submitted', 'data-id')).toBe(records[0]?.id);
  });

  it('server gone: opened, filled in, reloaded; the server comes back: sent by itself, once, and the screen has the real id', async () => {
    const { tab, api, server, proxy } = await setSceneSignedIn();
    await server.stop();
    await tab.driven.goto(`${proxy.url}/`);
    const clientId = await answerShortly(tab, 'Kigali');
    await tab.see('h1', 'Saved on this device, not sent yet');
    await tab.see('.lead', 'only while Outpost is open');
    await tab.see('.submitted[data-state="queued"]', 'If you close Outpost, open it again');
    await tab.see('.banner', 'sent later, while Outpost is open');
    await tab.see('header', '1 waiting to send');
    expect(await tab.run(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);

    await tab.driven.reload();
    await tab.see('h1', 'Saved on this device, not sent yet');
    expect(await tab.attribute('.submitted', 'data-id')).toBe(clientId);
    await tab.click('a', 'See my responses');
    await until('it is in the list, queued', async () => JSON.stringify(await rowsOnScreen(tab)) === JSON.stringify([{ id: clientId, state: 'queued' }]), PATIENCE_MS);

    await server.start();
    const [record] = await untilSent(tab);
    expect(await api.all('responses')).toMatchObject([{ id: record?.id, version: 1, answers: { community: 'Kigali' } }]);
    expect(record?.id).not.toBe(clientId);
  });

  it.each([
    { what: 'the browser comes online', bringAbout: sayOnline },
    { what: 'somebody looks at the page again', bringAbout: (tab: Tab) => tab.driven.show(), before: (tab: Tab) => tab.driven.hide() },
    { what: 'the app is opened anew', bringAbout: (tab: Tab) => tab.driven.reload() },
  ])('long without a server, and it is back: sent when $what', async ({ bringAbout, before }) => {
    const { tab, api, server, proxy } = await setSceneSignedIn();
    await server.stop();
    await answerShortly(tab, 'Patience');
    await tab.see('.submitted[data-state="queued"]');
    await failOften(tab, proxy);
    await before?.(tab);
    await server.start();
    await bringAbout(tab);
    await tab.see('.submitted[data-state="sent"] h1', 'Sent');
    expect(await api.all('responses')).toMatchObject([{ version: 1, answers: { community: 'Patience' } }]);
  });

  it('answer lost after the server has stored it: sent again, stored once', async () => {
    const { tab, api, proxy } = await setSceneSignedIn();
    const lost = gate();
    const trap = proxy.fault(isPush, { kind: 'lose answer', at: lost.opened });
    await answerShortly(tab, 'Once');
    await until('the server has answered', () => trap.answered.length > 0, PATIENCE_MS);
    trap.lift();
    lost.open();
    await tab.see('.submitted[data-state="sent"] h1', 'Sent');
    expect(proxy.passed.filter(isPush).length).toBeGreaterThan(1);
    expect(await api.all('responses')).toMatchObject([{ version: 1, answers: { community: 'Once' } }]);
  });

  it('typed and not submitted, server gone, reloaded: the draft is there, and nothing of it was sent', async () => {
    const { tab, api, server } = await setSceneSignedIn();
    await server.stop();
    await startQuestionnaire(tab, SHORT_QUESTIONNAIRE.title);
    await fillIn(tab, { community: 'Half a na' });
    await tab.see('.bottom-bar', 'Saved on this device');
    await tab.driven.reload();
    expect(await tab.valueOf(COMMUNITY)).toBe('Half a na');
    await server.start();
    expect(await api.all('responses')).toEqual([]);
  });

  it('two tabs, server gone: the other has what the one submitted; back again, both show the real id, stored once', async () => {
    const { tab: first, browser, api, server, proxy } = await setSceneSignedIn();
    const second = new Tab(await browser.open());
    await second.driven.goto(`${proxy.url}/responses`);
    await second.see('h1', 'My responses');
    await server.stop();
    const clientId = await answerShortly(first, 'Both');
    await until('the other tab has it', async () => (await rowsOnScreen(second))[0]?.id === clientId, PATIENCE_MS);
    await server.start();
    await Promise.all([first, second].map(sayOnline));
    await first.see('.submitted[data-state="sent"] h1', 'Sent');
    const [record] = await untilSent(second);
    expect(await first.attribute('.submitted', 'data-id')).toBe(record?.id);
    expect(await api.all('responses')).toMatchObject([{ id: record?.id, version: 1, answers: { community: 'Both' } }]);
  });

  it('the same draft in two tabs: what was typed last is submitted, once', async () => {
    const { tab: first, browser, api } = await setSceneSignedIn();
    await startQuestionnaire(first, SHORT_QUESTIONNAIRE.title);
    await fillIn(first, { community: 'First' });
    await first.see('.bottom-bar', 'Saved on this device');
    const second = new Tab(await browser.open());
    await second.driven.goto(await first.address());
    expect(await second.valueOf(COMMUNITY)).toBe('First');
    await fillIn(second, { community: 'Second' });
    await second.see('.bottom-bar', 'Saved on this device');
    await submit(second);
    await second.see('.submitted[data-state="sent"] h1', 'Sent');
    expect(await api.all('responses')).toMatchObject([{ answers: { community: 'Second' } }]);
  });
});

describe('Firefox', () => {
  it('signed in, opened without a server and killed after "saved": there when it is opened again, and sent when the server is back', async () => {
    const { server, proxy, api } = await setScene(onTestFinished);
    const profile = await temporaryFolder(onTestFinished, 'firefox');
    const first = await launchFirefox(onTestFinished, profile);
    const tab = await signIn(first, proxy.url);
    await server.stop();
    await tab.driven.goto(`${proxy.url}/`);
    const clientId = await answerShortly(tab, 'Kept');
    await tab.see('h1', 'Saved on this device, not sent yet');
    await first.process.end('SIGKILL');

    const again = new Tab(await (await launchFirefox(onTestFinished, profile)).open());
    await again.driven.goto(`${proxy.url}/responses`);
    await until('it is in the list', async () => (await rowsOnScreen(again))[0]?.id === clientId, PATIENCE_MS);
    await server.start();
    const [record] = await untilSent(again);
    expect(await api.all('responses')).toMatchObject([{ id: record?.id, version: 1, answers: { community: 'Kept' } }]);
  });
});

/** Waits until the only row in the list is sent. */
function untilSent(tab: Tab) {
  return until('the only row is sent', async () => {
    const rows = await rowsOnScreen(tab);
    return rows.length === 1 && rows[0]?.state === 'sent' && rows;
  }, PATIENCE_MS);
}

/** Has the page try again and again, so that its timer is not what sends next. */
async function failOften(tab: Tab, proxy: Proxy): Promise<void> {
  for (let failures = 0; failures < MANY_FAILURES; failures += 1) {
    const before = proxy.passed.filter(isPush).length;
    await sayOnline(tab);
    await until('the page has tried', () => proxy.passed.filter(isPush).length > before, PATIENCE_MS);
  }
}
