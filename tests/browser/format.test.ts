/**
 * What other versions of the app have left on the device: older ones before an update, newer ones after a way back.
 */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerShortly, storedRows } from '../harness/app.ts';
import { launch } from '../harness/browser.ts';
import { openEngine, serveEngine, signInEngine } from '../harness/engine-page.ts';
import { inStore } from '../harness/indexed-db.ts';
import { journalled, putInJournal } from '../harness/journal.ts';
import { isPush } from '../harness/proxy.ts';
import { setScene, setSceneSignedIn } from '../harness/scene.ts';
import { gate, until } from '../harness/until.ts';

const JOURNAL = 'outpost-journal';

describe('older data', () => {
  it('rows of plain backbone.localstorage and a journal of version 1 are taken over, again and again until they are sent', async () => {
    const { account, proxy, api, attributes, blank, open } = await setUp();
    const push = proxy.fault(isPush, { kind: 'cut request' });
    const [plain, journalled] = [randomUUID(), randomUUID()];
    const name = `outpost.${account}.responses`;
    const page = await blank();
    await page.evaluate(([key, id, row]) => {
      localStorage.setItem(key, id);
      localStorage.setItem(`${key}-${id}`, row);
    }, [name, plain, JSON.stringify({ ...attributes('Plain'), id: plain, synchronized: false })] as const);
    const entry = { account, collection: 'responses', key: journalled, row: { ...attributes('Journalled'), id: journalled, synchronized: false, version: 0, outpost: { clientId: journalled, revision: 2, state: 'queued', since: '2026-03-01T09:00:00.000Z' } } };
    await page.evaluate(makeJournalOfVersion1, [entry, { ...entry, key: 'broken', row: '{' }]);
    // A crash in the middle of the change of its schema.
    await page.evaluate(abortUpgrade);
    await page.close();

    for (const told of [[['responses broken']], []]) {
      const tab = await open();
      expect(await tab.evaluate(() => window.outpost.responses.map(({ id }) => String(id)).toSorted())).toEqual([plain, journalled].toSorted());
      expect(await tab.evaluate(() => window.outpost.responses.every((model) => model.get('synchronized') === false))).toBe(true);
      expect(await tab.evaluate((): unknown => [window.outpost.told, window.outpost.newer])).toEqual([told, []]);
      await tab.close();
    }
    push.lift();
    const tab = await open();
    await tab.evaluate(() => window.outpost.engine.push());
    expect((await api.all('responses')).map(({ answers }) => JSON.stringify(answers)).toSorted()).toEqual(['{"community":"Journalled"}', '{"community":"Plain"}']);
    expect((await storedRows(tab)).map(({ synchronized }) => synchronized)).toEqual([true, true]);
  });
});

describe('data of a newer version of the app', () => {
  it('in rows and journal: told, left as it is, neither sent nor pulled over, and there again with the newer version', async () => {
    const { proxy, api, account, attributes, blank, open } = await setUp();
    const page = await open();
    const made = randomUUID();
    await api.put('responses', made, attributes('On the server'));
    await page.evaluate(() => window.outpost.engine.pull());
    const push = proxy.fault(isPush, { kind: 'cut request' });
    const unsent = await page.evaluate(saveNew, attributes('Unsent'));
    const lost = await page.evaluate(saveNew, attributes('Only in the journal'));
    await page.close();
    const between = await blank();
    await between.evaluate((id) => {
      for (const key of Object.keys(localStorage)) if (key.endsWith(id)) localStorage.removeItem(key);
    }, lost);
    await setFormat(between, account, 2);
    const before = await allStored(between);
    expect([before.rows.length, before.entries.length]).toEqual([2, 2]);
    await between.close();
    push.lift();
    await api.put('responses', made, attributes('Changed on the server'));

    const older = await open();
    expect(await older.evaluate(() => window.outpost.newer.toSorted())).toEqual([made, unsent, lost].map((key) => `responses ${key}`).toSorted());
    expect(await older.evaluate(() => window.outpost.told)).toEqual([]);
    await older.evaluate(() => window.outpost.engine.pull());
    expect(await older.evaluate(() => window.outpost.responses.length)).toBe(0);
    await older.evaluate(saveNew, attributes('Made meanwhile'));
    await older.evaluate(() => window.outpost.engine.pull());
    expect((await api.all('responses')).length).toBe(2);
    const after = await allStored(older);
    expect(after.rows).toEqual(expect.arrayContaining(before.rows));
    expect(after.entries).toEqual(expect.arrayContaining(before.entries));
    await older.close();

    // The newer version is back; in this test its format is this one's but for the stamp.
    const again = await blank();
    await setFormat(again, account, 1);
    await again.close();
    const newer = await open();
    await newer.evaluate(() => window.outpost.engine.pull());
    await until('all are sent', async () => (await api.all('responses')).length === 4);
    const communities = (await newer.evaluate(() => window.outpost.responses.map((model) => JSON.stringify(model.get('answers'))))).toSorted();
    expect(communities).toEqual(['Changed on the server', 'Made meanwhile', 'Only in the journal', 'Unsent'].map((community) => JSON.stringify({ community })));
  });

  it('written by another tab while this one is open: a save here fails with a reason, touches nothing and sends nothing', async () => {
    const { proxy, account, attributes, open } = await setUp();
    const push = proxy.fault(isPush, { kind: 'cut request' });
    const page = await open();
    const stored = await page.evaluate(saveNew, attributes('The journal has forgotten it'));
    const inJournal = await page.evaluate(saveNew, attributes('Not yet seen in localStorage'));
    const { rows } = await allStored(page);
    await setFormat(page, account, 2);
    await page.evaluate((texts) => {
      for (const [key, text] of texts) localStorage.setItem(key, text);
    }, rows.filter(([key]) => key.endsWith(inJournal)));
    await putInJournal(page, account, [[`responses ${stored}`, '']]);
    const before = await allStored(page);
    for (const id of [stored, inJournal]) expect(await page.evaluate(saveAgain, id)).toMatch(/newer version of this app/);
    const after = await allStored(page);
    expect(after.entries).toEqual(before.entries);
    expect(after.rows.filter(([key]) => key.endsWith(stored))).toEqual(before.rows.filter(([key]) => key.endsWith(stored)));

    push.lift();
    await page.evaluate(() => window.outpost.engine.push());
    expect(proxy.passed.filter(isPush).map(({ body }) => body).join()).not.toContain('Edited here');
  });

  it('written by another tab while a push is under way: its answer replaces nothing of it', async () => {
    const { proxy, account, attributes, open } = await setUp();
    const page = await open();
    const clientId = await page.evaluate(saveNew, attributes('First'));
    await until('it is sent', () => page.evaluate(() => window.outpost.responses.every((model) => model.get('synchronized') === true)));
    const answer = gate();
    const late = proxy.fault(isPush, { kind: 'delay answer', until: answer.opened });
    expect(await page.evaluate(saveAgain, null)).toBe('saved');
    await until('the server has answered', () => late.answered.length > 0);
    await setFormat(page, account, 2);
    const before = await allStored(page);
    answer.open();
    await page.evaluate(() => window.outpost.engine.push());
    expect(await allStored(page)).toEqual(before);
    expect(before.entries.map(([name]) => name)).toEqual([`responses ${clientId}`]);
  });

  it('a journal with a newer schema: the start says so, and leaves it', async () => {
    const { account, blank } = await setUp();
    const page = await blank();
    await page.evaluate(openAt, 7);
    expect(await page.evaluate((id) => window.start(id, {}).catch(String), account)).toMatch(/newer version of this app/);
    expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name, version }) => `${name} ${version}`))).toEqual([`${JOURNAL} 7`]);
  });

  it('in the worker’s queue: what this version queued is sent, what a newer one queued stays', async () => {
    const { page, proxy, api } = await setSceneSignedIn(onTestFinished);
    const cut = proxy.fault(isPush, { kind: 'cut request' });
    await answerShortly(page, 'Queued');
    await page.locator('.submitted[data-state="queued"]').waitFor();
    const queue = { database: 'workbox-background-sync', store: 'requests' };
    const queued = v.parse(v.array(Queued), await inStore(page, { ...queue, act: 'getAll' }));
    for (const { id: _, requestData, ...entry } of queued) {
      const newer = { ...requestData, body: undefined, headers: { ...requestData.headers, 'outpost-protocol': '2' } };
      await inStore(page, { ...queue, act: 'put', value: { ...entry, requestData: newer } });
    }
    expect(v.parse(v.array(Queued), await inStore(page, { ...queue, act: 'getAll' })).map(protocolOf)).toEqual(['1', '2']);
    cut.lift();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await until('it is sent', async () => (await api.all('responses')).length === 1);
    await until('only the newer is left', async () => {
      const left = v.parse(v.array(Queued), await inStore(page, { ...queue, act: 'getAll' }));
      return left.length === 1 && left.map(protocolOf).join() === '2';
    });
    expect(proxy.passed.filter(({ headers }) => headers['outpost-protocol'] === '2')).toEqual([]);
  });
});

const Queued = v.looseObject({ id: v.number(), requestData: v.looseObject({ headers: v.record(v.string(), v.string()) }) });

function protocolOf({ requestData }: v.InferOutput<typeof Queued>): string | undefined {
  return requestData.headers['outpost-protocol'];
}

interface AllStored {
  /** Key and text of each row in localStorage. */
  readonly rows: (readonly [key: string, text: string])[];
  /** Name and text of each row in the journal. */
  readonly entries: (readonly [name: string, text: string])[];
}

async function allStored(page: Page): Promise<AllStored> {
  const rows = await page.evaluate(() => Object.entries(localStorage).flatMap(([key, text]) => (/\.responses-/.test(key) ? [[key, String(text)] as const] : [])));
  return { rows, entries: [...(await journalled(page))] };
}

const Stored = v.pipe(v.string(), v.parseJson(), v.looseObject({ outpost: v.looseObject({}) }));

/** Gives every row in localStorage and journal this stamp, as if that version had written it. */
async function setFormat(page: Page, account: string, format: number): Promise<void> {
  const { rows, entries } = await allStored(page);
  const stamped = ([key, text]: readonly [string, string]): [string, string] => {
    const row = v.parse(Stored, text);
    return [key, JSON.stringify({ ...row, outpost: { ...row.outpost, format } })];
  };
  await page.evaluate((texts) => {
    for (const [key, text] of texts) localStorage.setItem(key, text);
  }, rows.map(stamped));
  await putInJournal(page, account, entries.map(stamped));
}

/** Runs in the page. */
async function saveNew(attributes: Record<string, unknown>): Promise<string> {
  const { engine, responses } = window.outpost;
  const model = engine.create(responses, attributes);
  await engine.save(model);
  return String(model.id);
}

/** Runs in the page: saves the model of this id, or the only one. @returns why it failed */
async function saveAgain(id: string | null): Promise<string> {
  const { engine, responses } = window.outpost;
  return engine.save(id === null ? responses.first() : responses.get(id), { answers: { community: 'Edited here' } }).then(() => 'saved', String);
}

/** Runs in the page. */
function openAt(version: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('outpost-journal', version);
    opening.addEventListener('error', () => reject(new Error('The journal cannot be opened.')));
    opening.addEventListener('success', () => {
      opening.result.close();
      resolve();
    });
  });
}

/** Runs in the page: the journal as the first version of the app made it. */
function makeJournalOfVersion1(made: readonly unknown[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('outpost-journal', 1);
    opening.addEventListener('upgradeneeded', () => {
      const entries = opening.result.createObjectStore('entries', { keyPath: ['account', 'collection', 'key'] });
      for (const entry of made) entries.put(entry);
      opening.result.createObjectStore('meta');
    });
    opening.addEventListener('error', () => reject(new Error('The journal cannot be made.')));
    opening.addEventListener('success', () => {
      opening.result.close();
      resolve();
    });
  });
}

/** Runs in the page: a change of the journal's schema that does not come to its end. */
function abortUpgrade(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('outpost-journal', 3);
    opening.addEventListener('upgradeneeded', () => {
      opening.result.createObjectStore('unreadable', { autoIncrement: true });
      opening.result.deleteObjectStore('entries');
      opening.transaction?.abort();
    });
    opening.addEventListener('error', () => resolve());
    opening.addEventListener('success', () => reject(new Error('The change came to its end.')));
  });
}

async function setUp() {
  const scene = await setScene(onTestFinished);
  const context = await launch(onTestFinished, scene.profile);
  await serveEngine(scene.proxy);
  const account = await signInEngine(scene.proxy, context);
  return {
    ...scene,
    account,
    attributes: (community: string) => ({
      questionnaireId: scene.questionnaireId,
      questionnaireVersion: 1,
      answers: { community },
      startedAt: '2026-03-01T09:00:00+02:00',
      endedAt: '2026-03-01T09:05:00+02:00',
    }),
    /** A page of the same origin, without an engine. */
    blank: async (): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(`${scene.proxy.url}/engine/index.html`);
      return page;
    },
    open: (): Promise<Page> => openEngine(context, scene.proxy, account),
  };
}
