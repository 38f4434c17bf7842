/**
 * The report to support: what it says of this device, and that no answer is in it.
 */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { OWNER } from '../harness/server.ts';
import { SHORT_QUESTIONNAIRE, answerShortly, fillIn, startQuestionnaire, untilOnlyRow } from '../harness/app.ts';
import { goOffline } from '../harness/network.ts';
import { setSceneSignedIn } from '../harness/scene.ts';

const SECRET = 'Behind the old mill';

const Happening = v.object({ kind: v.string(), outcomes: v.array(v.string()), status: v.nullable(v.number()), entries: v.number() });
const Report = v.object({
  app: v.string(),
  summary: v.object({ waiting: v.number(), connection: v.string() }),
  worker: v.object({ state: v.string(), isInControl: v.boolean(), backgroundSync: v.string(), holds: v.object({ queuedRequests: v.number(), queuedEdits: v.number(), waitingReceipts: v.number() }) }),
  collections: v.record(v.string(), v.object({ states: v.record(v.string(), v.number()), waitingSince: v.nullable(v.string()), isPulled: v.boolean() })),
  happenings: v.array(Happening),
});
const ReportFile = v.pipe(v.string(), v.parseJson(), Report);

/** Goes there as a person does. */
async function openReport(page: Page): Promise<void> {
  await page.locator('a[href="/"]').first().click();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Report a problem' }).click();
  await page.getByRole('heading', { name: 'What the report says' }).waitFor();
}

/** Presses *Download*. @returns what is in the file */
async function downloaded(page: Page): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^outpost-report-\d{4}-\d{2}-\d{2}\.json$/);
  return readFile(await file.path(), 'utf8');
}

describe('a report to support', () => {
  it('no network: it says that one waits and how the last try ended, and holds neither answer nor title nor email', async () => {
    const { context, page, proxy } = await setSceneSignedIn(onTestFinished);
    const goOnline = await goOffline(context, proxy);
    const clientId = await answerShortly(page, SECRET);
    await page.locator('.submitted[data-state="queued"]').waitFor();
    await openReport(page);
    expect(await page.locator('.report').innerText()).toContain('Waiting to send: 1');

    const text = await downloaded(page);
    expect(await page.locator('.report pre').textContent()).toBe(text);
    const report = v.parse(ReportFile, text);
    expect(report).toMatchObject({
      summary: { waiting: 1, connection: 'offline' },
      worker: { state: 'active', isInControl: true, holds: { queuedRequests: 1, queuedEdits: 1, waitingReceipts: 0 } },
      collections: { responses: { states: { queued: 1, waiting: 0, sent: 0 }, isPulled: true }, edits: { isPulled: false } },
    });
    expect(report.collections['responses']?.waitingSince).not.toBeNull();
    expect(report.happenings.find(({ kind }) => kind === 'push')).toMatchObject({ outcomes: ['queued'], status: 202, entries: 1 });
    for (const hidden of [SECRET, SHORT_QUESTIONNAIRE.title, OWNER.email, clientId]) expect(text).not.toContain(hidden);

    await goOnline();
    await untilOnlyRow(page, 'the worker has sent it', ({ synchronized }) => synchronized);
    await openReport(page);
    const after = v.parse(ReportFile, await downloaded(page));
    expect(after).toMatchObject({ summary: { waiting: 0 }, collections: { responses: { states: { queued: 0, sent: 1 }, waitingSince: null } } });
    expect(after.happenings).toContainEqual({ kind: 'receipts', outcomes: ['applied'], status: null, entries: 1 });
  });

  it('the device takes nothing more: the report names the error of the browser', async () => {
    const { page } = await setSceneSignedIn(onTestFinished);
    await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
    await page.evaluate(() => {
      IDBObjectStore.prototype.add = () => {
        throw new DOMException('No room', 'QuotaExceededError');
      };
    });
    await fillIn(page, { community: SECRET });
    await page.getByText('This could not be saved').first().waitFor();
    await page.goBack();
    await openReport(page);
    const text = await downloaded(page);
    expect(v.parse(ReportFile, text).happenings).toContainEqual({ kind: 'save', outcomes: ['QuotaExceededError'], status: null, entries: 1 });
    expect(text).not.toContain(SECRET);
  });

  it('page loaded anew: the report still says how the push before it ended', async () => {
    const { page, proxy } = await setSceneSignedIn(onTestFinished);
    await answerShortly(page, SECRET);
    await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
    await page.goto(`${proxy.url}/`);
    await openReport(page);
    const text = await downloaded(page);
    const { happenings } = v.parse(ReportFile, text);
    expect(happenings.filter(({ kind }) => kind === 'push')).toMatchObject([{ outcomes: ['applied'], status: 200, entries: 1 }]);
    expect(happenings.filter(({ kind }) => kind === 'start').length).toBeGreaterThan(1);
    expect(text).not.toContain(SECRET);
  });
});
