/**
 * The first start.
 */
import { expect, it, onTestFinished } from 'vitest';
import { launch, newProfile } from '../harness/browser.ts';
import { startServer } from '../harness/server.ts';

it('the printed link makes the first owner, who finds the sample questionnaire; used again it makes nobody', async () => {
  const server = await startServer(onTestFinished, { hasOwner: false });
  const link = /http:\S+\/welcome#\S+/.exec(server.output())?.[0] ?? '';
  const context = await launch(onTestFinished, await newProfile(onTestFinished));
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel('Name').fill('Ann');
  await page.getByLabel('Email').fill('ann@example.org');
  await page.getByLabel('Password').fill('a long enough pass phrase');
  await page.locator('form button').click();
  await page.locator('.card[data-id]', { hasText: 'Drinking water' }).waitFor();

  const again = await fetch(`${server.url}/api/v1/welcome`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Token: link.split('#')[1], Name: 'Ben', Email: 'ben@example.org', Password: 'another long pass phrase' }),
  });
  expect(again.status).toBe(403);
});
