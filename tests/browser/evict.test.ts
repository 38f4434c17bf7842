/**
 * A full localStorage, with the browser's real quota: who makes room for whom, and what comes again.
 */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerShortly, storedRows, untilOnlyRow, untilPulled } from '../harness/app.ts';
import { launch } from '../harness/browser.ts';
import { fillStorage, openEngine, serveEngine, signInEngine } from '../harness/engine-page.ts';
import { clearJournal } from '../harness/journal.ts';
import { isPush } from '../harness/proxy.ts';
import { setScene, setSceneSignedIn } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

/** Of each response, more or less: 10,000 of the longest answer, and what belongs to every row. */
const ROW_UNITS = 10_500;
const HOUR_MS = 3_600_000;

describe('a collection with evict', () => {
  it('a save finds no room: the oldest that were sent go, it is stored, and they come again when wanted', async () => {
    const { page, proxy, api, open, saveHere } = await setUp({ evict: true });
    const draft = await saveHere(page, 'Draft', null);
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push(await saveHere(page, `Sent ${count}`));
    await until('all are sent', async () => (await api.all('responses')).length === 12);
    await until('all know it', () => page.evaluate(() => window.outpost.responses.filter((model) => model.get('synchronized') === true).length === 12));
    await page.evaluate(() => window.outpost.engine.pull());
    const push = proxy.fault(isPush, { kind: 'cut request' });
    await page.clock.setSystemTime(Date.now() + HOUR_MS);
    const waiting = await saveHere(page, 'Waiting');
    // Otherwise the index might be the first that finds no room.
    await until('the index names it', () => page.evaluate((id) => Object.values(localStorage).some((text) => /^[\w-]+(,[\w-]+)+$/.test(String(text)) && String(text).includes(id)), waiting));
    await fillStorage(page);

    const saved = await saveHere(page, 'Makes room');
    const evicted = await until('it is told what has gone', () => page.evaluate(() => window.outpost.evicted.length > 0 && window.outpost.evicted.map(({ id }) => id)));
    expect(evicted.length).toBeLessThan(12);
    expect(await clientIdsOf(page, evicted)).toEqual(ids.slice(0, evicted.length));
    expect(await page.evaluate((): unknown => window.outpost.told)).toEqual([]);
    const stored = (await storedRows(page)).map(({ id }) => id);
    expect(stored).toEqual(expect.arrayContaining([draft, waiting, saved]));
    expect(stored.filter((id) => evicted.includes(id))).toEqual([]);
    expect(await page.evaluate(() => window.outpost.responses.length)).toBe(15);

    push.lift();
    await page.close();
    const again = await open();
    await again.evaluate(() => window.outpost.engine.pull());
    expect(await again.evaluate(() => window.outpost.responses.length)).toBe(15 - evicted.length);
    expect((await storedRows(again)).map(({ id }) => id).filter((id) => evicted.includes(id))).toEqual([]);
    const [oldest = ''] = evicted;
    const wanted = await again.evaluate(fetched, oldest);
    expect(wanted).toMatchObject({ id: oldest, synchronized: true, outpost: { clientId: ids[0], revision: 1, state: 'sent' }, answers: { community: long('Sent 0') } });
    // It counts on from where it was: an edit of it is no duplicate.
    await again.evaluate(async (id) => window.outpost.engine.save(window.outpost.responses.get(id), { answers: { community: 'Changed' } }), oldest);
    await until('the edit is on the server', async () => (await api.all('responses')).some(({ id, version, answers }) => id === oldest && version === 2 && JSON.stringify(answers) === '{"community":"Changed"}'));
    expect(await again.evaluate(fetched, 'nobodys')).toBe(null);
    proxy.fault(({ path }) => path.startsWith('/api/'), { kind: 'cut request' });
    expect(await again.evaluate(fetched, evicted[1] ?? '')).toMatch(/server cannot be asked/);
    expect(await again.evaluate(fetched, oldest)).toMatchObject({ id: oldest });
  });

  it('more on the server than there is room for: the newest are kept, and nothing goes and comes in turns', async () => {
    const { page, proxy, open, putOnServer } = await setUp({ evict: true });
    await fillStorage(page, 12 * ROW_UNITS);
    const ids = await putOnServer(30);
    await page.evaluate(() => window.outpost.engine.pull());
    expect(await page.evaluate(() => window.outpost.responses.length)).toBe(30);
    const kept = (await storedRows(page)).map(({ id }) => id);
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.length).toBeLessThan(13);
    expect(new Set(kept)).toEqual(new Set(ids.slice(-kept.length)));
    await until('it is told what has gone', () => page.evaluate((count) => window.outpost.evicted.length === count, 30 - kept.length));

    // Everything is pulled anew, as after a reset: what is too old is left out, and drives out nothing.
    await page.close();
    const first = await open((name) => localStorage.removeItem(name));
    await first.evaluate(() => window.outpost.engine.pull());
    expect(await first.evaluate(() => window.outpost.responses.length)).toBe(30);
    expect(new Set((await storedRows(first)).map(({ id }) => id))).toEqual(new Set(kept));
    await first.close();

    const before = proxy.passed.length;
    const last = await open();
    await last.evaluate(() => window.outpost.engine.pull());
    expect(await last.evaluate(() => window.outpost.responses.length)).toBe(kept.length);
    const pulls = proxy.passed.slice(before).filter(({ path }) => path.startsWith('/api/v1/responses?'));
    expect(pulls.every(({ path }) => !path.includes('since=&'))).toBe(true);
  });

  it('edited in a tab that another hears nothing of: its unsent edit stays', async () => {
    const { page, proxy, open, putOnServer, saveHere } = await setUp({ evict: true });
    const [oldest = ''] = await putOnServer(8);
    const other = await open();
    for (const tab of [page, other]) {
      await tab.evaluate(() => window.outpost.engine.pull());
      await until('the tab has all', () => tab.evaluate(() => window.outpost.responses.length === 8));
    }
    proxy.fault(isPush, { kind: 'cut request' });
    await page.evaluate(() => {
      window.deaf = true;
    });
    await other.evaluate(async (id) => window.outpost.engine.save(window.outpost.responses.get(id), { startedAt: '2026-03-01T08:00:00+02:00' }), oldest);
    await until('the row is where both see it', async () => (await storedRows(page)).some(({ id, synchronized }) => id === oldest && !synchronized));
    expect(await page.evaluate((id): unknown => window.outpost.responses.get(id).get('synchronized'), oldest)).toBe(true);
    await fillStorage(page);
    await saveHere(page, 'Makes room');
    const evicted = await until('it is told what has gone', () => page.evaluate(() => window.outpost.evicted.length > 0 && window.outpost.evicted.map(({ id }) => id)));
    expect(evicted).not.toContain(oldest);
    expect((await storedRows(page)).find(({ id }) => id === oldest)).toMatchObject({ synchronized: false });
  });
});

describe('the app', () => {
  it('a response that is on the server only: its page opens from there, or says that there is no network', async () => {
    const { page, proxy } = await setSceneSignedIn(onTestFinished);
    await answerShortly(page, 'Long ago');
    const { id, key } = await untilOnlyRow(page, 'it is sent', ({ synchronized }) => synchronized);
    await page.goto(`${proxy.url}/`);
    await page.locator('.card[data-id]').first().waitFor();
    await untilPulled(page);
    await clearJournal(page);
    await page.evaluate((name) => localStorage.removeItem(name), key);

    const cut = proxy.fault(({ path }) => path.startsWith('/api/'), { kind: 'cut request' });
    await page.goto(`${proxy.url}/responses/${id}`);
    await page.getByText('kept on the server only').waitFor();
    cut.lift();
    await page.goto(`${proxy.url}/responses/${id}`);
    await page.getByText('Long ago').waitFor();
    expect((await storedRows(page)).map((row) => row.id)).toEqual([id]);
  });
});

describe('a collection without evict', () => {
  it('more on the server than there is room for: what could not be stored is pulled again once there is room', async () => {
    const { page, open, putOnServer } = await setUp({});
    await fillStorage(page, 5 * ROW_UNITS);
    const other = await open();
    for (const tab of [page, other]) await tab.evaluate(() => window.outpost.engine.pull());
    const ids = await putOnServer(12);
    await page.evaluate(() => window.outpost.engine.pull());
    // This tab may know of all of them by the first one's messages alone.
    await until('the other tab has all', () => other.evaluate(() => window.outpost.responses.length === 12));
    await other.evaluate(() => window.outpost.engine.pull());
    await until('it is told', () => page.evaluate(() => window.outpost.told.length > 0));
    expect(await page.evaluate(() => [window.outpost.responses.length, window.outpost.evicted.length])).toEqual([12, 0]);
    expect((await storedRows(page)).length).toBeLessThan(12);
    await page.evaluate(() => {
      for (const key of Object.keys(localStorage)) if (key.startsWith('filler')) localStorage.removeItem(key);
    });
    await Promise.all([page.close(), other.close()]);
    const again = await open();
    await again.evaluate(() => window.outpost.engine.pull());
    expect(new Set((await storedRows(again)).map(({ id }) => id))).toEqual(new Set(ids));
  });
});

async function setUp(options: { evict?: boolean }) {
  const scene = await setScene(onTestFinished);
  // Only the pulls that a test asks for.
  scene.proxy.fault(({ path }) => path.startsWith('/api/v1/events'), { kind: 'cut request' });
  const context = await launch(onTestFinished, scene.profile);
  await serveEngine(scene.proxy);
  const account = await signInEngine(scene.proxy, context);
  const attributes = (community: string, endedAt: string | null = '2026-03-01T09:05:00+02:00') => ({
    questionnaireId: scene.questionnaireId,
    questionnaireVersion: 1,
    answers: { community: long(community) },
    startedAt: '2026-03-01T09:00:00+02:00',
    endedAt,
  });
  /** Another tab with the engine; before it starts, `prepare` runs there with the name of the cursor. */
  const open = async (prepare?: (cursorName: string) => void): Promise<Page> => {
    if (prepare !== undefined) {
      const page = await context.newPage();
      await page.goto(`${scene.proxy.url}/engine/index.html`);
      await page.evaluate(prepare, `outpost.${account}.responses.cursor`);
      await page.close();
    }
    return openEngine(context, scene.proxy, account, options);
  };
  return {
    ...scene,
    page: await open(),
    open,
    /** Saves a new response in the page. @returns its temporary id */
    saveHere: (page: Page, community: string, endedAt?: string | null): Promise<string> => page.evaluate(saveNew, attributes(community, endedAt)),
    /** Makes responses of the same account elsewhere, one after another. @returns their ids, the oldest first */
    putOnServer: async (count: number): Promise<string[]> => {
      const ids: string[] = [];
      for (let index = 0; index < count; index += 1) ids.push(await scene.api.put('responses', randomUUID(), attributes(`Elsewhere ${index}`)));
      return ids;
    },
  };
}

function long(text: string): string {
  return text.padEnd(10_000, '.');
}

/** Runs in the page. */
async function saveNew(attributes: Record<string, unknown>): Promise<string> {
  const { engine, responses } = window.outpost;
  const model = engine.create(responses, attributes);
  const { id } = model;
  await engine.save(model);
  return String(id);
}

/** Runs in the page. */
async function fetched(id: string): Promise<unknown> {
  const { engine, responses } = window.outpost;
  try {
    return (await engine.fetch(responses, id))?.toJSON() ?? null;
  } catch (error) {
    return String(error);
  }
}

const Models = v.array(v.object({ outpost: v.object({ clientId: v.string() }) }));

async function clientIdsOf(page: Page, ids: readonly string[]): Promise<string[]> {
  const models = await page.evaluate((all) => all.map((id): unknown => window.outpost.responses.get(id).toJSON()), ids);
  return v.parse(Models, models).map(({ outpost }) => outpost.clientId);
}
