/**
 * The keys of programs, on the owner's screen.
 */
import type { Page } from 'playwright';
import { expect, it, onTestFinished } from 'vitest';
import { goOffline } from '../harness/network.ts';
import { setSceneSignedIn } from '../harness/scene.ts';

async function openKeys(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('link', { name: 'API keys' }).click();
  await page.getByRole('heading', { name: 'API keys', level: 1 }).waitFor();
}

it('by keyboard alone: a key is made for a role, shown once, copied, and tells when it was used; removed, it opens nothing', async () => {
  const { page, context, proxy } = await setSceneSignedIn(onTestFinished);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: proxy.url });
  const asProgram = async (key: string, path: string): Promise<number> => (await fetch(`${proxy.url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } })).status;
  await openKeys(page);
  const name = page.getByLabel('What it is for');
  await page.getByRole('button', { name: 'Make the key' }).press('Enter');
  await page.getByText('Say in a few words what the key is for.').waitFor();
  await expect.poll(() => name.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.keyboard.type('Nightly export');
  await page.keyboard.press('Enter');

  const shown = page.getByRole('textbox', { name: 'Key' });
  const key = await shown.inputValue();
  expect(key).toMatch(/^outpost_[\w-]{43}$/);
  // Nothing but what closes it and the key itself is before the button that copies.
  await expect.poll(() => page.evaluate(() => document.activeElement?.classList.contains('link-card'))).toBe(true);
  for (const _ of ['close', 'the key', 'copy']) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('The key is copied.').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  expect([await asProgram(key, '/responses'), await asProgram(key, '/members')]).toEqual([200, 403]);

  await page.reload();
  const card = page.locator('.card[data-id]', { hasText: 'Nightly export' });
  await card.getByText('Viewer · last used').waitFor();
  expect(await page.getByRole('textbox', { name: 'Key' }).count()).toBe(0);
  await card.getByRole('button', { name: /Remove.*Nightly export/ }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).press('Enter');
  await page.getByText('The key “Nightly export” is removed.').waitFor();
  await card.waitFor({ state: 'detached' });
  expect(await asProgram(key, '/responses')).toBe(401);
});

it('without a connection nothing is made, and the name stays to be tried again', async () => {
  const { page, context, proxy } = await setSceneSignedIn(onTestFinished);
  await openKeys(page);
  await page.getByLabel('What it is for').fill('Nightly export');
  const goOnline = await goOffline(context, proxy);
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByText('There is no connection to the server').first().waitFor();
  await goOnline();
  await page.getByRole('button', { name: 'Try again' }).click();
  expect(await page.getByLabel('What it is for').inputValue()).toBe('Nightly export');
  expect(await page.locator('.card[data-id]').count()).toBe(1);
});
