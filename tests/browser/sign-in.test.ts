/**
 * Sessions that end, and several people on one device.
 */
import type { Page } from 'playwright';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerShortly, openList, rowsOnScreen, signIn, storedRows, untilOnlyRow } from '../harness/app.ts';
import { launchBare } from '../harness/browser.ts';
import { inStore } from '../harness/indexed-db.ts';
import { closeAllPages } from '../harness/installed.ts';
import { MEMBER, addMember } from '../harness/member.ts';
import { isPush } from '../harness/proxy.ts';
import { setScene, setSceneSignedIn } from '../harness/scene.ts';
import { OWNER } from '../harness/server.ts';
import { until } from '../harness/until.ts';

async function signInAs(page: Page, person: { readonly email: string; readonly password: string }): Promise<void> {
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe('the session has ended', () => {
  it('a push is answered 401: nothing is lost, and after signing in again it goes on by itself', async () => {
    const { page, context, api } = await setSceneSignedIn(onTestFinished);
    await context.clearCookies();
    await answerShortly(page, 'Without a session');
    await page.locator('.submitted[data-state="needs-sign-in"]').waitFor();
    expect(await storedRows(page)).toMatchObject([{ synchronized: false }]);
    expect(await api.all('responses')).toEqual([]);

    await page.getByRole('link', { name: 'Sign in' }).first().click();
    await signInAs(page, OWNER);
    await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
    expect(await api.all('responses')).toMatchObject([{ answers: { community: 'Without a session' } }]);
  });

  it('the worker is answered 401 with no page open: the queue keeps it, and it is sent after signing in', async () => {
    const { page, context, api, proxy } = await setSceneSignedIn(onTestFinished);
    const cut = proxy.fault(isPush, { kind: 'cut request' });
    await answerShortly(page, 'Queued');
    await page.locator('.submitted[data-state="queued"]').waitFor();
    await closeAllPages(context);
    await context.clearCookies();
    const before = proxy.passed.length;
    cut.lift();
    await until('the worker has tried', () => proxy.passed.slice(before).some(isPush));
    expect(await api.all('responses')).toEqual([]);

    const again = await context.newPage();
    await again.goto(`${proxy.url}/responses`);
    await until('the row says what it needs', async () => (await rowsOnScreen(again))[0]?.state === 'needs-sign-in');
    await again.goto(`${proxy.url}/sign-in`);
    await signInAs(again, OWNER);
    await untilOnlyRow(again, 'the response is sent', ({ synchronized }) => synchronized);
    expect(await api.all('responses')).toHaveLength(1);
  });
});

describe('browser killed', () => {
  it('right after signing in and filling in, and no network then: the app opens as that person, with the response', async () => {
    const { profile, proxy, server } = await setScene(onTestFinished);
    const cut = proxy.fault(isPush, { kind: 'cut request' });
    const first = await launchBare(onTestFinished, profile);
    const page = await (await first.attach()).context.newPage();
    await signIn(page, proxy.url);
    await answerShortly(page, 'Just in time');
    await first.process.end('SIGKILL');
    await server.stop();
    cut.lift();

    const second = await launchBare(onTestFinished, profile);
    const again = await (await second.attach()).context.newPage();
    await again.goto(`${proxy.url}/`);
    await openList(again);
    expect(await rowsOnScreen(again)).toHaveLength(1);
    await again.locator('li.row a').first().click();
    await again.getByText('Just in time').waitFor();
    await again.getByRole('button', { name: 'Account' }).click();
    await again.getByText(OWNER.email).waitFor();
  });

  it('right after signing out without a network: nobody is signed in, and the server hears of it later', async () => {
    const { context, profile, proxy, server } = await setSceneSignedIn(onTestFinished);
    // An orderly end, so that the browser has everything on the disk that a crash would go back to.
    await context.close();
    await server.stop();
    const first = await launchBare(onTestFinished, profile);
    const page = await (await first.attach()).context.newPage();
    await page.goto(`${proxy.url}/`);
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByLabel('Email').waitFor();
    await first.process.end('SIGKILL');
    const before = proxy.passed.length;
    await server.start();

    const second = await launchBare(onTestFinished, profile);
    const again = await (await second.attach()).context.newPage();
    await again.goto(`${proxy.url}/`);
    await again.getByLabel('Email').waitFor();
    await until('the server has heard of it', () => proxy.passed.slice(before).some(({ method, path }) => method === 'DELETE' && path === '/api/v1/session'));
    expect(await again.getByRole('button', { name: 'Account' }).count()).toBe(0);
  });
});

it('somebody else signs in on the same device: neither sees nor sends what is not theirs, and it waits for its own person', async () => {
  const { page, api, proxy, server } = await setSceneSignedIn(onTestFinished);
  await addMember(server);
  const cut = proxy.fault(isPush, { kind: 'cut request' });
  await answerShortly(page, 'The owner’s');
  await page.locator('.submitted[data-state="queued"]').waitFor();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await page.getByRole('button', { name: 'Sign out and keep them here' }).click();
  await page.getByLabel('Email').waitFor();

  await signInAs(page, MEMBER);
  await page.locator('a[href="/responses"]').first().click();
  await page.getByText('Nothing here yet').waitFor();
  expect(await rowsOnScreen(page)).toEqual([]);
  const before = proxy.passed.length;
  cut.lift();
  await page.reload();
  await until('the worker has tried', () => proxy.passed.slice(before).some(isPush));
  await page.waitForLoadState('networkidle');
  expect(await api.all('responses')).toEqual([]);

  await page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE' }));
  await inStore(page, { database: 'outpost-session', store: 'session', act: 'clear' });
  await page.goto(`${proxy.url}/`);
  await signInAs(page, OWNER);
  await page.locator('.card[data-id]').first().waitFor();
  await openList(page);
  await until('the response is sent', async () => (await rowsOnScreen(page))[0]?.state === 'sent');
  expect(await api.all('responses')).toMatchObject([{ answers: { community: 'The owner’s' } }]);
});
