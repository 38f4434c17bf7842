/**
 * How people come and go: an invitation, a removal, a public link, a forgotten password.
 */
import type { BrowserContext, Page } from 'playwright';
import { expect, it, onTestFinished } from 'vitest';
import { SHORT_QUESTIONNAIRE, answerShortly, fillIn, openList, rowsOnScreen, storedRows, untilOnlyRow } from '../harness/app.ts';
import { launch, newProfile } from '../harness/browser.ts';
import { goOffline } from '../harness/network.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

const BEN = { name: 'Ben', email: 'ben@example.org', password: 'a pass phrase of Ben' };

async function newPhone(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await launch(onTestFinished, await newProfile(onTestFinished));
  return { context, page: context.pages()[0] ?? (await context.newPage()) };
}

/** Makes an invitation on the owner's screen. @returns its link, which the code carries as well */
async function invite(page: Page, role: string): Promise<string> {
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByLabel('Role', { exact: true }).selectOption({ label: role });
  await page.getByRole('button', { name: 'Make an invitation' }).click();
  return takeLink(page);
}

async function publicLink(owner: Page, questionnaireId: string, limit: string): Promise<string> {
  await owner.getByRole('link', { name: 'Manage' }).click();
  await owner.locator(`.card[data-id="${questionnaireId}"]`).getByRole('link', { name: /Public links/ }).click();
  await owner.getByLabel('May be filled in').selectOption({ label: limit });
  await owner.getByRole('button', { name: 'Make a public link' }).click();
  return takeLink(owner);
}

async function takeLink(page: Page): Promise<string> {
  await page.getByRole('img', { name: 'Code to scan' }).waitFor();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.locator('.link-card').getByRole('button', { name: 'Close' }).click();
  return link;
}

/** From another page of the same address no page would be loaded. */
async function open(page: Page, link: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(link);
}

async function join(page: Page, link: string): Promise<void> {
  await open(page, link);
  await page.getByLabel('Your name').fill(BEN.name);
  await page.getByLabel('Email').fill(BEN.email);
  await page.getByLabel('Password').fill(BEN.password);
  await page.getByRole('button', { name: 'Join' }).click();
}

async function untilReady(page: Page): Promise<void> {
  await page.locator('.card[data-id] a').first().waitFor();
  await untilWorkerIsThere(page);
}

async function untilWorkerIsThere(page: Page): Promise<void> {
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated' && navigator.serviceWorker.controller !== null);
}

it('a collector comes by a link, fills in without a network and is removed meanwhile: told so, nothing lost; invited again, it is sent', async () => {
  const { api, proxy, page: owner } = await setSceneSignedIn(onTestFinished);
  const { context, page: phone } = await newPhone();
  await join(phone, await invite(owner, 'Collector'));
  await untilReady(phone);
  expect(await phone.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Fill in', 'My responses']);

  const goOnline = await goOffline(context, proxy, ({ path }) => /^\/api\/v1\/(responses|sync)/.test(path));
  await answerShortly(phone, 'Kigali');
  await phone.getByText('Saved on this device, not sent yet').waitFor();
  await owner.reload();
  await owner.getByRole('button', { name: /Remove.*Ben/ }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await owner.getByText('Ben was removed.').waitFor();

  await goOnline();
  await phone.getByText('You no longer belong to this workspace').waitFor({ timeout: 30_000 });
  await openList(phone);
  expect((await rowsOnScreen(phone)).map(({ state }) => state)).toEqual(['needs-sign-in']);
  expect(await storedRows(phone)).toMatchObject([{ synchronized: false, answers: { community: 'Kigali' } }]);
  expect(await api.all('responses')).toEqual([]);

  await join(phone, await invite(owner, 'Collector'));
  await untilOnlyRow(phone, 'the response is sent', ({ synchronized }) => synchronized);
  expect(await api.all('responses')).toMatchObject([{ answers: { community: 'Kigali' } }]);
});

it('somebody without an account fills in by a public link without a network, closes the page and comes back: it arrives once', async () => {
  const { api, proxy, page: owner, questionnaireId } = await setSceneSignedIn(onTestFinished);
  const link = await publicLink(owner, questionnaireId, 'Once on each device');
  const { context, page: guest } = await newPhone();
  await open(guest, link);
  await guest.getByRole('heading', { name: SHORT_QUESTIONNAIRE.title }).waitFor();
  await untilWorkerIsThere(guest);
  const goOnline = await goOffline(context, proxy);
  await fillIn(guest, { community: 'Huye' });
  await guest.getByRole('button', { name: 'Submit' }).click();
  await guest.getByText('Saved on this device, not sent yet').waitFor();
  await open(guest, link);
  await guest.getByText('Saved on this device, not sent yet').waitFor();
  await goOnline();
  await guest.getByText('Your answers have arrived.').waitFor();
  expect(await api.all('responses')).toMatchObject([{ answers: { community: 'Huye' } }]);

  await open(guest, link);
  await fillIn(guest, { community: 'Huye again' });
  await guest.getByRole('button', { name: 'Submit' }).click();
  await guest.getByText('filled in on this device already').waitFor();
  expect(await api.all('responses')).toHaveLength(1);
});

it('by a public link, and the network comes back while an attempt is failing: the next one does not wait', async () => {
  const { api, page: owner, questionnaireId } = await setSceneSignedIn(onTestFinished);
  const link = await publicLink(owner, questionnaireId, 'As often as people like');
  const { page: guest } = await newPhone();
  // A connection that is cut would be tried again by the browser itself.
  await guest.addInitScript(() => {
    const real = window.fetch.bind(window);
    let isFirst = true;
    window.fetch = (input, init) => {
      if (init?.method !== 'PUT' || !isFirst) return real(input, init);
      isFirst = false;
      document.documentElement.dataset['attempt'] = 'under way';
      return new Promise((_, reject) => window.addEventListener('fails', () => reject(new TypeError('Failed to fetch'))));
    };
  });
  await open(guest, link);
  await fillIn(guest, { community: 'Huye' });
  await guest.getByRole('button', { name: 'Submit' }).click();
  // The button is disabled some time before the request is made; an attempt cannot fail before.
  await guest.locator('html[data-attempt]').waitFor();
  await guest.evaluate(() => {
    for (const name of ['online', 'fails']) window.dispatchEvent(new Event(name));
  });
  await guest.getByText('Your answers have arrived.').waitFor();
  expect(await api.all('responses')).toMatchObject([{ answers: { community: 'Huye' } }]);
});

it('a viewer finds results and nothing to fill in; a new password by a link signs out everywhere else', async () => {
  const { page: owner, proxy } = await setSceneSignedIn(onTestFinished);
  const { page: viewer } = await newPhone();
  await join(viewer, await invite(owner, 'Viewer'));
  await untilReady(viewer);
  expect(await viewer.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Results']);
  await viewer.getByRole('link', { name: /Results.*Where/ }).click();
  await viewer.getByText('No responses yet').waitFor();

  await owner.reload();
  await owner.getByRole('button', { name: /New password.*Ben/ }).click();
  const link = await takeLink(owner);
  const { page: elsewhere } = await newPhone();
  await open(elsewhere, link);
  await elsewhere.getByLabel('New password').fill('a newer pass phrase');
  await elsewhere.getByRole('button', { name: 'Set the password' }).click();
  await untilReady(elsewhere);
  await until('the first phone is signed out', () => viewer.evaluate(async () => (await fetch('/api/v1/session')).status === 401));

  await elsewhere.goto(`${proxy.url}/devices`);
  await elsewhere.getByText('(this device)').waitFor();
  expect(await elsewhere.locator('.cards > .card').count()).toBe(1);
});
