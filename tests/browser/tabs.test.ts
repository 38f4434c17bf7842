/**
 * Several tabs of one account at once, and what the storage that they share may do.
 */
import type { Page } from 'playwright';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SHORT_QUESTIONNAIRE, answerShortly, fillIn, openList, rowsOnScreen, startQuestionnaire, storedRows, submit, untilOnlyRow, untilPulled } from '../harness/app.ts';
import { launch } from '../harness/browser.ts';
import { fillStorage, openEngine, serveEngine, signInEngine } from '../harness/engine-page.ts';
import { inStore } from '../harness/indexed-db.ts';
import { clearJournal } from '../harness/journal.ts';
import { isPush, type Proxy, type Seen } from '../harness/proxy.ts';
import { setScene, setSceneSignedIn } from '../harness/scene.ts';
import { gate, until } from '../harness/until.ts';

describe('two tabs of the app', () => {
  it('submitted in one: it is in the list of the other, takes its real id there too, and one request carries it', async () => {
    const { proxy, page: first, context, api } = await setSceneSignedIn(onTestFinished);
    const second = await context.newPage();
    await second.goto(`${proxy.url}/responses`);
    await second.locator('a[href="/responses"]').first().waitFor();
    await second.evaluate(() => Object.assign(window, { notReloaded: true }));
    const answer = gate();
    const late = proxy.fault(isPush, { kind: 'delay answer', until: answer.opened });

    const clientId = await answerShortly(first, 'Both');
    await until('the other tab shows it', async () => (await rowsOnScreen(second))[0]?.id === clientId);
    await until('the server has answered', () => late.answered.length > 0);
    // The other tab wants to send as well, as when somebody looks at it.
    await second.evaluate(() => window.dispatchEvent(new Event('online')));
    answer.open();

    const [record] = await api.all('responses');
    await until('the other tab shows the ServerId', async () => (await rowsOnScreen(second))[0]?.id === record?.id);
    expect(await rowsOnScreen(second)).toEqual([{ id: record?.id, state: 'sent' }]);
    expect(await second.evaluate(() => 'notReloaded' in window)).toBe(true);
    const pulls = (): number => proxy.passed.filter(({ path }) => path.startsWith('/api/v1/responses?')).length;
    const before = pulls();
    await second.evaluate(() => window.dispatchEvent(new Event('online')));
    await until('the other tab has asked the server again', () => pulls() > before);
    expect(proxy.passed.filter(isPush)).toHaveLength(1);
    expect(await api.all('responses')).toHaveLength(1);
  });

  it('the same draft open in both: what was saved last is submitted, once', async () => {
    const { page: first, context, api } = await setSceneSignedIn(onTestFinished);
    await startQuestionnaire(first, SHORT_QUESTIONNAIRE.title);
    await fillIn(first, { community: 'First' });
    await first.getByText('Saved on this device').waitFor();
    const second = await context.newPage();
    await second.goto(first.url());
    await fillIn(second, { community: 'Second' });
    await until('the second is saved', async () => (await storedRows(second))[0]?.answers['community'] === 'Second');
    await submit(second);
    const row = await untilOnlyRow(first, 'it is sent', ({ synchronized }) => synchronized);
    expect(await api.all('responses')).toMatchObject([{ id: row.id, answers: { community: 'Second' } }]);
  });

  it('a row corrupted by hand is set aside and told once; the others work, and the server’s copy comes back', async () => {
    const { proxy, page, api } = await setSceneSignedIn(onTestFinished);
    await answerShortly(page, 'Kept');
    const sent = await untilOnlyRow(page, 'it is sent', ({ synchronized }) => synchronized);
    // Once it is behind the cursor, only a pull from the start brings it again.
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await untilPulled(page);
    const broken = sent.key.replace(sent.id, 'broken');
    await clearJournal(page);
    await page.evaluate(([key, name]) => {
      localStorage.setItem(key, '{"id":');
      localStorage.setItem(name, '{"id":"broken","half');
    }, [sent.key, broken] as const);

    await page.goto(`${proxy.url}/`);
    await page.getByText('cannot be read').waitFor();
    await openList(page);
    expect(await rowsOnScreen(page)).toEqual([{ id: sent.id, state: 'sent' }]);
    expect(new Map((await setAside(page)).map(({ name, content }) => [name, content]))).toEqual(
      new Map([
        [sent.key, '{"id":'],
        [broken, '{"id":"broken","half'],
      ]),
    );
    expect(await page.evaluate((name) => localStorage.getItem(name), broken)).toBe(null);

    await page.goto(`${proxy.url}/`);
    await answerShortly(page, 'After');
    await until('the next is sent', async () => (await api.all('responses')).length === 2);
    expect(await page.getByText('cannot be read').count()).toBe(0);
    expect(await setAside(page)).toHaveLength(2);
  });
});

describe('two tabs of the engine', () => {
  it('both change the same response at once, over and over: the last of every field arrives, and no Revision twice', async () => {
    const { proxy, api, first, second, attributes } = await twoEngines();
    await first.evaluate(async (given) => window.outpost.engine.save(window.outpost.engine.create(window.outpost.responses, given)), attributes('Beginning'));
    await until('the other has it', () => second.evaluate(() => window.outpost.responses.length === 1));
    await Promise.all([first, second].map((page, index) => page.evaluate(changeOften, { field: FIELDS[index] ?? '', times: TIMES })));
    await Promise.all([first, second].map((page) => page.evaluate(() => window.outpost.engine.pull())));

    const last = { answers: { community: `a ${TIMES}` }, startedAt: new Date(TIMES * 1000).toISOString() };
    const [record] = await until('the server has the last of both', async () => {
      const all = await api.all('responses');
      return JSON.stringify(all[0]?.['answers']) === JSON.stringify(last.answers) && all[0]?.['startedAt'] === last.startedAt && all;
    });
    for (const page of [first, second]) {
      await until('the tab has the last of both', () => page.evaluate(() => window.outpost.responses.every((model) => model.get('synchronized') === true)));
      expect(await page.evaluate((): unknown => window.outpost.responses.toJSON())).toMatchObject([{ id: record?.id, ...last }]);
    }
    expect(await storedRows(first)).toMatchObject([{ id: record?.id, synchronized: true, ...last }]);
    expectDifferentContents(pushedEdits(proxy));
  });

  it('100 made in each, interleaved: all arrive once, and index and rows agree before and after a reload', async () => {
    const { proxy, api, first, second, attributes, account, context } = await twoEngines();
    await Promise.all([first, second].map((page) => page.evaluate(createMany, attributes('One of many'))));
    await Promise.all([first, second].map((page) => page.evaluate(() => window.outpost.engine.pull())));
    expect((await api.all('responses')).length).toBe(200);
    for (const page of [first, second]) {
      await until('the tab has all', () => page.evaluate(() => window.outpost.responses.filter((model) => model.get('synchronized') === true).length === 200));
    }
    const edits = pushedEdits(proxy);
    expect(new Set(edits.map(({ name }) => name)).size).toBe(200);
    expect(edits.length).toBe(200);
    await until('the index names every row', async () => (await indexAndRows(first)).agree);
    expect((await indexAndRows(first)).rows).toBe(200);

    await Promise.all([first.close(), second.close()]);
    const again = await openEngine(context, proxy, account);
    expect(await again.evaluate(() => window.outpost.responses.length)).toBe(200);
    expect(await indexAndRows(again)).toEqual({ rows: 200, agree: true });
  });

  it('a tab that hears nothing of the others: what another has sent meanwhile is not sent again', async () => {
    const { proxy, first, second, attributes } = await twoEngines();
    const answer = gate();
    const late = proxy.fault(isPush, { kind: 'delay answer', until: answer.opened });
    await first.evaluate(async (given) => window.outpost.engine.save(window.outpost.engine.create(window.outpost.responses, given)), attributes('Once'));
    await until('the other has it', () => second.evaluate(() => window.outpost.responses.length === 1));
    await second.evaluate(() => {
      window.deaf = true;
    });
    await until('the server has answered', () => late.answered.length > 0);
    const pushed = second.evaluate(() => window.outpost.engine.push());
    answer.open();
    await pushed;
    expect(proxy.passed.filter(isPush)).toHaveLength(1);
    expect(await second.evaluate(() => window.outpost.responses.every((model) => model.get('synchronized') === true))).toBe(true);
  });

  it('localStorage full: what is saved is kept by the journal, the other tab has it too, and it is told how full it is', async () => {
    const { first, second, attributes, api } = await twoEngines();
    await fillStorage(first);
    await first.evaluate(async (given) => window.outpost.engine.save(window.outpost.engine.create(window.outpost.responses, given)), attributes('No room'));
    const told = await until('it is told', () => first.evaluate(() => window.outpost.told[0]));
    const { usedUnits, quotaUnits } = v.parse(v.strictObject({ usedUnits: v.number(), quotaUnits: v.number() }), told);
    expect(quotaUnits).toBe(5_242_880);
    expect(quotaUnits - usedUnits).toBeLessThan(100);
    await until('the other tab has it', () => second.evaluate(() => window.outpost.responses.length === 1));
    await until('it is sent', async () => (await api.all('responses')).length === 1);
  });
});

const TIMES = 40;
const FIELDS = ['answers', 'startedAt'] as const;

async function twoEngines() {
  const scene = await setScene(onTestFinished);
  const context = await launch(onTestFinished, scene.profile);
  await serveEngine(scene.proxy);
  const account = await signInEngine(scene.proxy, context);
  const first = await openEngine(context, scene.proxy, account);
  const second = await openEngine(context, scene.proxy, account);
  const attributes = (community: string) => ({
    questionnaireId: scene.questionnaireId,
    questionnaireVersion: 1,
    answers: { community },
    startedAt: '2026-03-01T09:00:00+02:00',
    endedAt: '2026-03-01T09:05:00+02:00',
  });
  return { ...scene, context, account, first, second, attributes };
}

/** Runs in the page: one field saved again and again, at moments that come in all tabs at the same time. */
async function changeOften({ field, times }: { field: string; times: number }): Promise<void> {
  const { engine, responses } = window.outpost;
  // The only one; its id may be the server's by now.
  const model = responses.first();
  for (let count = 1; count <= times; count += 1) {
    const nextMs = Math.ceil((Date.now() + 10) / 25) * 25;
    while (Date.now() < nextMs);
    await engine.save(model, { [field]: field === 'answers' ? { community: `a ${count}` } : new Date(count * 1000).toISOString() });
  }
}

/** Runs in the page. */
async function createMany(attributes: Record<string, unknown>): Promise<void> {
  const { engine, responses } = window.outpost;
  for (let count = 0; count < 100; count += 1) await engine.save(engine.create(responses, attributes));
}

interface Edit {
  /** Record and Revision. */
  readonly name: string;
  readonly content: string;
}

/** Every edit that the server was given. */
function pushedEdits(proxy: Proxy): Edit[] {
  return proxy.passed.filter(isPush).flatMap((request) => (request.method === 'PUT' ? [editOfPut(request)] : editsOfSync(request)));
}

function editOfPut({ path, headers, body }: Seen): Edit {
  return { name: `${path.split('/').at(-1)} ${String(headers['outpost-revision'])}`, content: body };
}

const Sync = v.pipe(v.string(), v.parseJson(), v.object({ Push: v.array(v.object({ Id: v.string(), Revision: v.number(), Attributes: v.unknown() })) }));

function editsOfSync({ body }: Seen): Edit[] {
  return v.parse(Sync, body).Push.map(({ Id, Revision, Attributes }) => ({ name: `${Id} ${Revision}`, content: JSON.stringify(Attributes) }));
}

/** The promise behind "duplicate": one Revision never stands for two contents. */
function expectDifferentContents(edits: readonly Edit[]): void {
  const contents = new Map<string, string>();
  for (const { name, content } of edits) {
    expect(contents.get(name) ?? content, name).toBe(content);
    contents.set(name, content);
  }
}

function indexAndRows(page: Page): Promise<{ rows: number; agree: boolean }> {
  return page.evaluate(() => {
    const name = Object.keys(localStorage).find((key) => /^outpost\.[^.]+\.responses$/.test(key)) ?? '';
    const index = (localStorage.getItem(name) ?? '').split(',').toSorted();
    const rows = Object.keys(localStorage).filter((key) => key.startsWith(`${name}-`)).map((key) => key.slice(name.length + 1));
    return { rows: rows.length, agree: rows.toSorted().join() === index.join() };
  });
}

const SetAside = v.array(v.object({ name: v.string(), content: v.string() }));

/** What the journal's database has set aside. */
async function setAside(page: Page): Promise<v.InferOutput<typeof SetAside>> {
  return v.parse(SetAside, await inStore(page, { database: 'outpost-journal', store: 'unreadable', act: 'getAll' }));
}
