/**
 * What changes on the server appears on the page that is open, without a reload and without anybody touching it.
 */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright';
import { expect, it, onTestFinished } from 'vitest';
import { answerShortly, SHORT_QUESTIONNAIRE, untilOnlyRow } from '../harness/app.ts';
import type { Seen } from '../harness/proxy.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

const isStream = ({ path }: Seen): boolean => path.startsWith('/api/v1/events');
const isPull = ({ method, path }: Seen): boolean => method === 'GET' && path.includes('since=');
const cardOf = (page: Page, title: string) => page.locator('.card[data-id]', { hasText: title });
const titled = (title: string) => ({ ...SHORT_QUESTIONNAIRE, title });

it('a questionnaire changed on the server appears on the open page; after a restart of the server the next one does too', async () => {
  const { proxy, page, api, server, questionnaireId } = await setSceneSignedIn(onTestFinished);
  await until('the page listens', () => proxy.passed.some(isStream));
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  await api.put('questionnaires', questionnaireId, titled('Where have you been?'));
  await cardOf(page, 'Where have you been?').waitFor();

  await server.stop();
  await server.start();
  await api.put('questionnaires', randomUUID(), titled('Written before it listened again'));
  await cardOf(page, 'Written before it listened again').waitFor({ timeout: 30_000 });
  await api.put('questionnaires', questionnaireId, titled('Where will you be?'));
  await cardOf(page, 'Where will you be?').waitFor();
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
});

it('a page that pushes hears nothing of its own push and does not pull for it', async () => {
  const { proxy, page, api } = await setSceneSignedIn(onTestFinished);
  await until('the page listens', () => proxy.passed.some(isStream));
  const before = proxy.passed.length;
  await answerShortly(page, 'Here');
  await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
  // Told on the same stream after the push: once this is there, a hint of the push would have been there before.
  const next = await api.put('questionnaires', randomUUID(), titled('Next'));
  await holds(page, next);
  expect(proxy.passed.slice(before).filter(isPull).filter(({ path }) => path.includes('/questionnaires'))).toHaveLength(1);
});

it('a page that nobody looks at holds no stream; looked at again, it listens again', async () => {
  const { proxy, page } = await setSceneSignedIn(onTestFinished);
  const streams = (): number => proxy.passed.filter(isStream).length;
  await until('the page listens', () => streams() === 1);
  await look(page, 'hidden');
  await look(page, 'visible');
  await until('the page listens again', () => streams() === 2);
  expect(streams()).toBe(2);
});

it('a refused stream is left alone until the page is looked at again', async () => {
  const { proxy, page, api } = await setSceneSignedIn(onTestFinished);
  await until('the page listens', () => proxy.passed.some(isStream));
  const refused = proxy.fault(isStream, { kind: 'answer', status: 429, contentType: 'application/problem+json', body: '{}' });
  await look(page, 'hidden');
  await look(page, 'visible');
  await until('it is refused', () => refused.struck.length > 0);
  refused.lift();
  const before = proxy.passed.filter(isStream).length;
  await answerShortly(page, 'Refused');
  await untilOnlyRow(page, 'the response is sent all the same', ({ synchronized }) => synchronized);
  expect([refused.struck.length, proxy.passed.filter(isStream).length]).toEqual([1, before]);

  await look(page, 'hidden');
  await look(page, 'visible');
  await until('the page listens again', () => proxy.passed.filter(isStream).length > before);
  await holds(page, await api.put('questionnaires', randomUUID(), titled('After the refusal')));
});

/** Waits until the record is on the device. */
async function holds(page: Page, serverId: string): Promise<void> {
  await until('the record arrives', () => page.evaluate((id) => Object.entries(localStorage).join().includes(id), serverId));
}

/** A headless browser shows every page at all times. */
async function look(page: Page, visibilityState: DocumentVisibilityState): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visibilityState);
}
