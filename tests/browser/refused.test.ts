/**
 * An edit that the server refuses, of a response that it has.
 */
import { expect, it, onTestFinished } from 'vitest';
import { answerShortly, fillIn, openList, rowsOnScreen, storedRows, submit, untilOnlyRow, untilPulled } from '../harness/app.ts';
import { isPush, type Seen } from '../harness/proxy.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { gate, until } from '../harness/until.ts';

it('dropped: the response is there again as the server has it', async () => {
  const { page, api, id, drop } = await setSceneRefused();
  await drop();
  await until('it is there again', async () => (await rowsOnScreen(page))[0]?.state === 'sent');
  expect(await storedRows(page)).toMatchObject([{ id, synchronized: true, version: 1, answers: { community: 'As sent' } }]);
  expect(await api.all('responses')).toMatchObject([{ id, version: 1, answers: { community: 'As sent' } }]);
});

it('dropped without a network: it is there again when there is one', async () => {
  const { page, server, id, drop } = await setSceneRefused();
  await server.stop();
  await drop();
  await page.getByText('Nothing here yet').waitFor();
  await server.start();
  await page.reload();
  await until('it is there again', async () => (await rowsOnScreen(page))[0]?.state === 'sent');
  expect(await storedRows(page)).toMatchObject([{ id, synchronized: true, version: 1, answers: { community: 'As sent' } }]);
});

it('dropped while a pull is under way: it is there again, though that pull was past it', async () => {
  const { page, proxy, id, drop } = await setSceneRefused();
  const held = gate();
  const pull = proxy.fault(({ path }) => path.startsWith('/api/v1/responses?since='), { kind: 'delay answer', until: held.opened });
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await until('the pull is under way', () => pull.answered.length > 0);
  await drop();
  await page.getByText('Nothing here yet').waitFor();
  held.open();
  await until('it is there again', async () => (await rowsOnScreen(page))[0]?.state === 'sent');
  expect(await rowsOnScreen(page)).toEqual([{ id, state: 'sent' }]);
});

it('dropped between two pages of a pull: what that pull has asked for ahead counts no more', async () => {
  const { page, proxy, api, id, drop } = await setSceneRefused();
  const [{ id: _id, version: _version, ...attributes } = { id, version: 0 }] = await api.all('responses');
  const isPull = ({ path }: Seen): boolean => path.startsWith('/api/v1/responses?since=');
  // The page hears of each of these at once, and would have pulled them before all is set up.
  proxy.fault(isPull, { kind: 'cut request' });
  for (let more = 0; more < 3; more += 1) await api.put('responses', crypto.randomUUID(), attributes);
  const cursor = await page.evaluate(() => localStorage.getItem(Object.keys(localStorage).find((key) => key.endsWith('.responses.cursor')) ?? ''));
  const onePage = (path: string): string => `${path}&limit=1`;
  const held = gate();
  const next = proxy.fault(isPull, { kind: 'ask instead', path: onePage, until: held.opened });
  proxy.fault((request) => isPull(request) && new URLSearchParams(request.path.split('?')[1]).get('since') === cursor, { kind: 'ask instead', path: onePage });
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await until('the second page is under way', () => next.answered.length > 0);
  await drop();
  await until('it is gone', async () => !(await rowsOnScreen(page)).some((row) => row.id === id));
  held.open();
  await until('all are there', async () => (await rowsOnScreen(page)).length === 4);
  expect(await rowsOnScreen(page)).toContainEqual({ id, state: 'sent' });
});

/** The list of responses, with one that was sent and then changed into what the server refuses. */
async function setSceneRefused() {
  const scene = await setSceneSignedIn(onTestFinished);
  const { page, proxy, questionnaireId } = scene;
  await answerShortly(page, 'As sent');
  const { id } = await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
  await page.goto(`${proxy.url}/responses/${id}/edit`);
  // From here on no pull brings it by itself.
  await untilPulled(page);
  // Answers are no questionnaire, which the server says as it says everything that can never be stored.
  const refusal = proxy.fault(isPush, { kind: 'ask instead', path: () => `/api/v1/questionnaires/${questionnaireId}` });
  await fillIn(page, { community: 'Refused' });
  await submit(page);
  await page.locator('.submitted[data-state="rejected"]').waitFor();
  refusal.lift();
  await openList(page);
  const drop = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Drop my changes' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drop my changes' }).click();
  };
  return { ...scene, id, drop };
}
