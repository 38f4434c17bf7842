/**
 * An owner's own questionnaire: uploaded, filled in, looked at.
 */
import { readFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { fillIn, startQuestionnaire, submit, untilOnlyRow } from '../harness/app.ts';
import { goOffline } from '../harness/network.ts';
import { setSceneSignedIn } from '../harness/scene.ts';

const WELLS = {
  title: 'Wells',
  languages: ['en'],
  published: true,
  questions: [
    { name: 'place', type: 'text', label: 'Which well?', required: true },
    { name: 'depth', type: 'decimal', label: 'How deep?', constraint: '. > 0', constraint_message: 'Deeper than nothing.' },
  ],
};

function file(content: unknown) {
  return { name: 'wells.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(content)) };
}

it('a questionnaire with a mistake is refused with its place; the mended one is filled in, and its answers arrive in table and CSV', async () => {
  const { page, api } = await setSceneSignedIn(onTestFinished);
  await page.getByRole('link', { name: 'Manage' }).click();
  const chooser = page.locator('input[type="file"]');
  await chooser.setInputFiles(file({ ...WELLS, questions: [...WELLS.questions, { name: 'dry', type: 'text', label: 'Dry?', relevant: '${depht} > 3' }] }));
  await page.locator('.file-errors li', { hasText: 'questions[2].relevant' }).waitFor();
  expect(await api.all('questionnaires')).toHaveLength(2);

  await chooser.setInputFiles(file(WELLS));
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.locator('.card[data-id]', { hasText: 'Wells' }).waitFor();
  await page.getByRole('link', { name: 'Fill in' }).click();
  await startQuestionnaire(page, 'Wells');
  await fillIn(page, { place: '=SUM(A1), "the old one"', depth: '12.5' });
  await submit(page);
  await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);

  await page.getByRole('link', { name: 'Manage' }).click();
  await page.locator('.card[data-id]', { hasText: 'Wells' }).getByRole('link', { name: 'Results' }).click();
  await page.locator('table tbody tr').first().waitFor();
  expect(await page.locator('table tbody tr').count()).toBe(1);
  expect(await page.locator('table tbody').innerText()).toContain('=SUM(A1), "the old one"');

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const csv = await readFile(await (await downloading).path(), 'utf8');
  expect(csv).toContain(`"'=SUM(A1), ""the old one"""`);
  expect(csv).toContain('12.5');
});

it('offline, an upload says what to do and loses nothing', async () => {
  const { page, context, proxy } = await setSceneSignedIn(onTestFinished);
  await page.getByRole('link', { name: 'Manage' }).click();
  await page.locator('input[type="file"]').setInputFiles(file(WELLS));
  const goOnline = await goOffline(context, proxy);
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.locator('.problem').waitFor();
  expect(await page.locator('.problem').innerText()).toContain('nothing was sent');
  await goOnline();
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.locator('.card[data-id]', { hasText: 'Wells' }).waitFor();
});
