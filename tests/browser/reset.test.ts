/**
 * A server that lost its records, as one restored from an older backup has.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SHORT_QUESTIONNAIRE, answerShortly, openList, rowsOnScreen, untilOnlyRow } from '../harness/app.ts';
import { setSceneSignedIn } from '../harness/scene.ts';

it('what came from the server goes with it, what was made here stays', async () => {
  const { page, server, proxy } = await setSceneSignedIn(onTestFinished);
  await answerShortly(page, 'The last copy');
  const { id } = await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
  await page.goto(`${proxy.url}/`);
  await page.locator('.card[data-id]', { hasText: SHORT_QUESTIONNAIRE.title }).waitFor();

  await server.stop();
  for (const ending of ['', '-wal', '-shm']) await rm(join(server.dataDir, `outpost.sqlite${ending}`), { force: true });
  await server.start();
  await page.reload();
  await page.locator('.card[data-id]', { hasText: SHORT_QUESTIONNAIRE.title }).waitFor({ state: 'detached' });
  await openList(page);
  expect(await rowsOnScreen(page)).toEqual([{ id, state: 'sent' }]);
});
