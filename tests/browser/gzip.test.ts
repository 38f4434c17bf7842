/**
 * Large answers go compressed, at once and from the queue, and arrive as they were.
 */
import { expect, it, onTestFinished } from 'vitest';
import { answerShortly, openList, untilOnlyRow } from '../harness/app.ts';
import { isPush } from '../harness/proxy.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

const LONG_NAME = 'Llanfair '.repeat(1_000).trim();
const answersOf = (record: Record<string, unknown> | undefined): unknown => record?.['answers'];

it('sent at once', async () => {
  const { proxy, page, api } = await setSceneSignedIn(onTestFinished);
  await answerShortly(page, LONG_NAME);
  await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
  expect(proxy.passed.filter(isPush).map(({ method, headers }) => [method, headers['content-encoding']])).toEqual([['PUT', 'gzip']]);
  expect((await api.all('responses')).map(answersOf)).toEqual([{ community: LONG_NAME }]);
});

it('queued by the worker, which can read it, and sent from there', async () => {
  const { proxy, page, api } = await setSceneSignedIn(onTestFinished);
  const cut = proxy.fault(isPush, { kind: 'cut request' });
  await answerShortly(page, LONG_NAME);
  await openList(page);
  await until('the worker has it', () => page.locator('li.row[data-state="queued"]').count());
  await page.goto('about:blank');
  cut.lift();
  const [record] = await until('the response arrives', async () => {
    const all = await api.all('responses');
    return all.length > 0 && all;
  });
  expect(answersOf(record)).toEqual({ community: LONG_NAME });
  expect(proxy.passed.filter(isPush).map(({ path, headers }) => [path, headers['content-encoding']])).toEqual([['/api/v1/sync', 'gzip']]);
});
