/**
 * One response changed here without a network, and on the server meanwhile.
 */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fillIn, openList, startQuestionnaire, submit, untilOnlyRow } from '../harness/app.ts';
import { goOffline } from '../harness/network.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

const WELL = {
  title: 'One well',
  languages: ['en'],
  published: true,
  questions: [
    { name: 'depth', type: 'text', label: 'How deep?' },
    { name: 'colour', type: 'text', label: 'What colour?' },
  ],
};

/** A response that was sent, then changed there and, without a network, here. */
async function changedOnBothSides(there: Record<string, string>, here: Record<string, string>) {
  const scene = await setSceneSignedIn(onTestFinished);
  const { page, api, context, proxy } = scene;
  await api.put('questionnaires', randomUUID(), WELL);
  await page.reload();
  await startQuestionnaire(page, WELL.title);
  await fillIn(page, { depth: '3 m', colour: 'clear' });
  await submit(page);
  const { id } = await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
  await page.goto(`${proxy.url}/responses/${id}/edit`);
  await fillIn(page, here);
  const goOnline = await goOffline(context, proxy);
  const [record] = await api.all('responses');
  const { id: _, version: __, ...attributes } = record ?? { id: '', version: 0 };
  await api.put('responses', id, { ...attributes, answers: { depth: '3 m', colour: 'clear', ...there }, endedAt: '2026-05-02T10:00:00Z' });
  await submitEdit(page);
  await page.locator('.submitted[data-state="queued"]').waitFor();
  await goOnline();
  return { ...scene, id };
}

async function submitEdit(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save changes' }).click();
}

describe('changed here and on the server', () => {
  it('different answers: both changes end up on the server and on the screen', async () => {
    const { page, api, id } = await changedOnBothSides({ colour: 'brown' }, { depth: '9 m' });
    const row = await untilOnlyRow(page, 'both are together', ({ synchronized }) => synchronized);
    expect(row).toMatchObject({ id, answers: { depth: '9 m', colour: 'brown' } });
    expect(await api.all('responses')).toMatchObject([{ id, version: 3, answers: { depth: '9 m', colour: 'brown' } }]);
  });

  it('the same answer: both are kept until a person decides, and the choice reaches the server', async () => {
    const { page, api } = await changedOnBothSides({ depth: '5 m' }, { depth: '9 m' });
    await page.locator('.submitted[data-state="conflict"]').waitFor();
    expect(await api.all('responses')).toMatchObject([{ version: 2, answers: { depth: '5 m' } }]);
    await openList(page);
    await page.reload();
    await page.locator('li.row[data-state="conflict"]').getByRole('button', { name: 'Keep mine' }).click();
    await untilOnlyRow(page, 'mine is sent', ({ synchronized }) => synchronized);
    await until('mine is on the server', async () => (await api.all('responses'))[0]?.version === 3);
    expect(await api.all('responses')).toMatchObject([{ answers: { depth: '9 m', colour: 'clear' } }]);
  });
});
