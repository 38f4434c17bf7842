/**
 * A questionnaire and a response that names it, both made without a network; and what goes out of an edit.
 */
import type { Page } from 'playwright';
import * as v from 'valibot';
import { expect, it, onTestFinished } from 'vitest';
import { PushEntry } from '../../protocol/index.ts';
import type { Entry } from '../../src/sync/core/log.ts';
import { SHORT_QUESTIONNAIRE } from '../harness/app.ts';
import { launch } from '../harness/browser.ts';
import { openWithQuestionnaires, serveEngine, signInEngine } from '../harness/engine-page.ts';
import { journalled, putInJournal } from '../harness/journal.ts';
import { isPush, type Seen } from '../harness/proxy.ts';
import { setScene } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

async function setEngineScene() {
  const scene = await setScene(onTestFinished);
  const context = await launch(onTestFinished, scene.profile);
  await serveEngine(scene.proxy);
  const account = await signInEngine(scene.proxy, context);
  return { ...scene, context, account };
}

const isApi = ({ path }: Seen): boolean => path.startsWith('/api/');

/** Saves a questionnaire and a response that names it. @returns their temporary ids */
function makeBoth(page: Page): Promise<{ questionnaireId: string; responseId: string }> {
  return page.evaluate(async (attributes) => {
    const { engine, questionnaires, responses } = window.outpost;
    const questionnaire = engine.create(questionnaires, attributes);
    const times = { startedAt: '2026-05-01T09:00:00Z', endedAt: '2026-05-01T09:05:00Z' };
    const answers = { community: 'Kigali' };
    const response = engine.create(responses, { questionnaireId: questionnaire.id, questionnaireVersion: 1, answers, ...times });
    // The one that names the other first: the order of saving is no help.
    await engine.save(response);
    await engine.save(questionnaire);
    return { questionnaireId: String(questionnaire.id), responseId: String(response.id) };
  }, SHORT_QUESTIONNAIRE);
}

/** What a tab has of its only response: the model, its row in localStorage, and whether it waits for the questionnaire. */
function onlyResponse(page: Page): Promise<{ questionnaireId: unknown; stored: unknown; synchronized: unknown; waits: boolean }> {
  return page.evaluate(() => {
    const { engine, questionnaires, responses } = window.outpost;
    const response = responses.at(0);
    const awaited = engine.waitsFor(response);
    const key = Object.keys(localStorage).find((name) => name.endsWith(`.responses-${String(response.id)}`)) ?? '';
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    const questionnaireId: unknown = response.get('questionnaireId');
    const synchronized: unknown = response.get('synchronized');
    return {
      questionnaireId,
      stored: typeof stored === 'object' && stored !== null && 'questionnaireId' in stored ? stored.questionnaireId : null,
      synchronized,
      waits: awaited !== null && awaited === questionnaires.get(String(questionnaireId)),
    };
  });
}

const goOnline = (page: Page): Promise<unknown> => page.evaluate(() => window.dispatchEvent(new Event('online')));

it('made without a network, loaded anew, then sent: the response names the real id, on the server and in every tab', async () => {
  const { proxy, api, context, account } = await setEngineScene();
  const cut = proxy.fault(isApi, { kind: 'cut request' });
  const page = await openWithQuestionnaires(await context.newPage(), proxy, account);
  const { questionnaireId: temporary } = await makeBoth(page);
  await openWithQuestionnaires(page, proxy, account);
  const second = await openWithQuestionnaires(await context.newPage(), proxy, account);
  expect(await onlyResponse(page)).toEqual({ questionnaireId: temporary, stored: temporary, synchronized: false, waits: true });

  cut.lift();
  await goOnline(page);
  await until('the response is sent', async () => (await onlyResponse(page)).synchronized);
  const [record] = await api.all('responses');
  const questionnaire = (await api.all('questionnaires')).find(({ id }) => id === record?.['questionnaireId']);
  expect(questionnaire).toMatchObject({ title: SHORT_QUESTIONNAIRE.title });
  const real = { questionnaireId: questionnaire?.id, stored: questionnaire?.id, synchronized: true, waits: false };
  expect(await onlyResponse(page)).toEqual(real);
  await until('the other tab has it sent', async () => (await onlyResponse(second)).synchronized);
  expect(await onlyResponse(second)).toEqual(real);
  expect(proxy.passed.filter((seen) => isPush(seen) && seen.body.includes('"questionnaireId"') && seen.body.includes(temporary))).toEqual([]);
});

it('killed after the real id came and before it was put in: it is found again at the start', async () => {
  const { proxy, api, context, account } = await setEngineScene();
  const cut = proxy.fault(isApi, { kind: 'cut request' });
  const page = await openWithQuestionnaires(await context.newPage(), proxy, account);
  const { questionnaireId: temporary, responseId } = await makeBoth(page);
  const before = await copyOf(page, responseId);
  const noResponses = proxy.fault((seen) => isPush(seen) && seen.body.includes('"answers"'), { kind: 'cut request' });
  cut.lift();
  await goOnline(page);
  await until('the real id is put in', async () => (await onlyResponse(page)).questionnaireId !== temporary);
  await until('the response was tried', () => noResponses.struck.length > 0);
  await page.goto(`${proxy.url}/api/v1/health`);
  await putBack(page, account, before);

  await openWithQuestionnaires(page, proxy, account);
  await until('the real id is put in again', async () => (await onlyResponse(page)).questionnaireId !== temporary);
  noResponses.lift();
  await goOnline(page);
  await until('the response is sent', async () => (await onlyResponse(page)).synchronized);
  const [record] = await api.all('responses');
  expect((await api.all('questionnaires')).map(({ id }) => id)).toContain(record?.['questionnaireId']);
});

it.each([
  ['made in this tab', false],
  ['that the device had at the start', true],
])('a response %s, edited without a network, loaded anew and edited again: only what was changed goes out, and nothing of it is kept then', async (_which, isLoadedFirst) => {
  const { proxy, api, context, account, questionnaireId } = await setEngineScene();
  const page = await openWithQuestionnaires(await context.newPage(), proxy, account);
  await page.evaluate(async (id) => {
    const { engine, responses } = window.outpost;
    const times = { startedAt: '2026-05-01T09:00:00Z', endedAt: '2026-05-01T09:05:00Z' };
    await engine.save(engine.create(responses, { questionnaireId: id, questionnaireVersion: 1, answers: { community: 'Kigali' }, ...times }));
  }, questionnaireId);
  await until('it is sent', async () => (await onlyResponse(page)).synchronized);

  const cut = proxy.fault(isApi, { kind: 'cut request' });
  if (isLoadedFirst) await openWithQuestionnaires(page, proxy, account);
  const edit = (attributes: Record<string, unknown>): Promise<void> => page.evaluate((given) => window.outpost.engine.save(window.outpost.responses.at(0), given), attributes);
  await page.evaluate(async () => {
    const response = window.outpost.responses.at(0);
    const answers: unknown = response.get('answers');
    // In place, as Backbone apps do.
    if (typeof answers === 'object' && answers !== null) Object.assign(answers, { community: 'Musanze' });
    await window.outpost.engine.save(response);
  });
  const tried = cut.struck.filter(isPush).length;
  await openWithQuestionnaires(page, proxy, account);
  await until('the first edit is tried', () => cut.struck.filter(isPush).length > tried);
  await edit({ endedAt: '2026-05-01T09:09:00Z' });
  // Nothing of the first edit is on its way any more when there is a network.
  await page.goto('about:blank');
  cut.lift();
  const earlier = proxy.passed.length;
  await openWithQuestionnaires(page, proxy, account);
  await until('the edit is sent', async () => (await onlyResponse(page)).synchronized);

  // Once, or twice the same: what the tab before was sending may have arrived.
  const [entry, ...others] = new Set(proxy.passed.slice(earlier).filter(isPush).map(({ body }) => body));
  expect(others).toEqual([]);
  expect(entriesOf(entry ?? '')).toMatchObject([
    { Changed: ['answers.community', 'endedAt'], Attributes: { answers: { community: 'Musanze' }, endedAt: '2026-05-01T09:09:00Z' }, Base: 1, Revision: 3 },
  ]);
  expect(await api.all('responses')).toMatchObject([
    { questionnaireId, version: 2, answers: { community: 'Musanze' }, startedAt: '2026-05-01T09:00:00Z', endedAt: '2026-05-01T09:09:00Z' },
  ]);
  const { row } = await copyOf(page, await page.evaluate(() => String(window.outpost.responses.at(0).id)));
  expect(row).not.toContain('"base"');
});

function entriesOf(body: string): PushEntry[] {
  return v.parse(v.object({ Push: v.array(PushEntry) }), JSON.parse(body)).Push;
}

interface Copy {
  /** The row in localStorage, and where. */
  readonly key: string;
  readonly row: string;
  /** The journal's entry. */
  readonly entry: Entry;
}

/** A response as the device holds it now. */
async function copyOf(page: Page, id: string): Promise<Copy> {
  const { key, row } = await page.evaluate((wanted) => {
    const name = Object.keys(localStorage).find((each) => each.endsWith(`.responses-${wanted}`)) ?? '';
    return { key: name, row: localStorage.getItem(name) ?? '' };
  }, id);
  const entry = [...(await journalled(page))].find(([, text]) => text.includes(`"id":"${id}"`)) ?? ['', ''];
  return { key, row, entry };
}

/** Makes the device hold a response as it was. */
async function putBack(page: Page, account: string, { key, row, entry }: Copy): Promise<void> {
  await page.evaluate(([name, text]) => localStorage.setItem(name, text), [key, row] as const);
  await putInJournal(page, account, [entry]);
}
