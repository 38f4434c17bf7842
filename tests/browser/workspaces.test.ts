/**
 * One person in two workspaces on one device: what is made in one is kept with it and sent to it, whatever is open meanwhile.
 */
import { randomUUID } from 'node:crypto';
import type { BrowserContext, Page } from 'playwright';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { type Api, apiOf, changeMember } from '../harness/api.ts';
import { SHORT_QUESTIONNAIRE, answerShortly, openList, rowsOnScreen, storedRows } from '../harness/app.ts';
import { inStore } from '../harness/indexed-db.ts';
import { MEMBER, NEIGHBOURS_WORKSPACE, addNeighbour, joinNeighbour } from '../harness/member.ts';
import { type Proxy, isPush } from '../harness/proxy.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { OWNER, type TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const OWN = 'owner’s workspace';
const THEIRS = NEIGHBOURS_WORKSPACE;

let page: Page;
let context: BrowserContext;
let proxy: Proxy;
let server: TestServer;
/** The owner's workspace and Ben's, as others see them. */
let own: Api;
let theirs: Api;

/** The owner, invited to Ben's workspace while signed in. */
beforeEach(async () => {
  ({ page, context, proxy, server, api: own } = await setSceneSignedIn(onTestFinished));
  await addNeighbour(server);
  theirs = await apiOf(server.url, MEMBER);
  await theirs.put('questionnaires', randomUUID(), SHORT_QUESTIONNAIRE);
  await joinNeighbour(page, proxy.url, server);
  await untilIn(THEIRS);
});

async function untilIn(workspace: string): Promise<void> {
  await page.locator('.brand', { hasText: workspace }).waitFor();
  await page.locator('.card[data-id]', { hasText: SHORT_QUESTIONNAIRE.title }).waitFor();
}

/** Chooses another workspace on the account screen. @param isAsked whether something waits in this one, so that the app asks first */
async function goTo(workspace: string, isAsked: boolean): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('dialog').locator('button.place').click();
  if (isAsked) await page.getByRole('button', { name: `Go to ${workspace}` }).click();
  await untilIn(workspace);
}

/** What the server has, in both. */
async function communities(): Promise<{ own: unknown[]; theirs: unknown[] }> {
  const of = async (api: Api): Promise<unknown[]> => (await api.all('responses')).map(({ answers }) => answers);
  return { own: await of(own), theirs: await of(theirs) };
}

async function openHome(): Promise<void> {
  await page.goto(`${proxy.url}/`);
}

it('joined while signed in, the app opens there; each workspace has its own questionnaires, responses and screens, and a reload changes nothing', async () => {
  expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Fill in', 'My responses']);
  await answerShortly(page, 'Huye');
  await page.locator('.submitted[data-state="sent"]').waitFor();
  await openHome();
  await goTo(OWN, false);
  expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Fill in', 'My responses', 'Manage', 'People']);
  await answerShortly(page, 'Kigali');
  await page.locator('.submitted[data-state="sent"]').waitFor();
  expect(await communities()).toEqual({ own: [{ community: 'Kigali' }], theirs: [{ community: 'Huye' }] });
  await openHome();
  await untilIn(OWN);
  expect(await members()).toEqual(['owner (you)']);

  await changeMember(server.url, MEMBER, OWNER.email, 'owner');
  await openHome();
  await goTo(THEIRS, false);
  // The role is learnt on the way; the screens go by it from the next start on.
  await until('the new role is known', async () => {
    await openHome();
    await untilIn(THEIRS);
    return (await page.locator('a[href="/people"]').count()) > 0;
  });
  expect(await members()).toEqual(['Ben', 'owner (you)']);
});

async function members(): Promise<string[]> {
  await page.locator('a[href="/people"]').click();
  await page.getByText('(you)').waitFor();
  return page.locator('.people .card-title').allInnerTexts();
}

it('the network is gone and the person goes to the other workspace: the worker sends what it has to where it was made, and it is sent when they come back', async () => {
  const cut = proxy.fault(isPush, { kind: 'cut request' });
  await answerShortly(page, 'Huye');
  await page.locator('.submitted[data-state="queued"]').waitFor();
  await openHome();
  await goTo(OWN, true);
  await page.locator('a[href="/responses"]').first().click();
  await page.getByText('Nothing here yet').waitFor();
  await page.getByText('Nothing waiting').waitFor();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('dialog').getByText('1 not sent when it was last open').waitFor();
  cut.lift();
  await page.reload();
  await until('the worker has sent it', async () => (await theirs.all('responses')).length > 0);
  await openHome();
  await goTo(THEIRS, false);
  await openList(page);
  await until('the row knows', async () => (await rowsOnScreen(page))[0]?.state === 'sent');
  expect(await communities()).toEqual({ own: [], theirs: [{ community: 'Huye' }] });
});

it('no session, so no worker has it, and the person signs in from the other workspace: it waits in its own and goes nowhere else', async () => {
  await context.clearCookies();
  await answerShortly(page, 'Huye');
  await page.locator('.submitted[data-state="needs-sign-in"]').waitFor();
  await openHome();
  await goTo(OWN, true);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Password').fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await untilIn(OWN);
  await answerShortly(page, 'Kigali');
  await page.locator('.submitted[data-state="sent"]').waitFor();
  expect(await communities()).toEqual({ own: [{ community: 'Kigali' }], theirs: [] });
  expect(new Map((await storedRows(page)).map(({ synchronized, answers }) => [answers['community'], synchronized]))).toEqual(new Map([['Huye', false], ['Kigali', true]]));
  await openHome();
  await goTo(THEIRS, false);
  await until('it is sent', async () => (await theirs.all('responses')).length > 0);
  expect(await communities()).toEqual({ own: [{ community: 'Kigali' }], theirs: [{ community: 'Huye' }] });
});

it('another tab goes to the other workspace: this one goes on, and what it sends is its own', async () => {
  const other = await context.newPage();
  await other.goto(`${proxy.url}/`);
  await other.getByRole('button', { name: 'Account' }).click();
  await other.getByRole('dialog').locator('button.place').click();
  await other.locator('.brand', { hasText: OWN }).waitFor();
  await page.bringToFront();
  await answerShortly(page, 'Huye');
  await page.locator('.submitted[data-state="sent"]').waitFor();
  expect(await communities()).toEqual({ own: [], theirs: [{ community: 'Huye' }] });
});

it('removed from one with something unsent there: the other goes on, it can be gone back to, says so, and is sent once invited again', async () => {
  const cut = proxy.fault(isPush, { kind: 'cut request' });
  await answerShortly(page, 'Huye');
  await page.locator('.submitted[data-state="queued"]').waitFor();
  await changeMember(server.url, MEMBER, OWNER.email, null);
  cut.lift();
  await page.goto(`${proxy.url}/sign-in`);
  await page.getByLabel('Password').fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('You no longer belong to this workspace').waitFor();
  await openHome();
  await page.getByText('You no longer belong to this workspace').waitFor();
  await goTo(OWN, true);
  await answerShortly(page, 'Kigali');
  await page.locator('.submitted[data-state="sent"]').waitFor();
  expect(await communities()).toEqual({ own: [{ community: 'Kigali' }], theirs: [] });

  await openHome();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('dialog').getByText('You no longer belong to it').waitFor();
  await page.keyboard.press('Escape');
  await goTo(THEIRS, false);
  await page.getByText('You no longer belong to this workspace').waitFor();
  await openList(page);
  expect((await rowsOnScreen(page)).map(({ state }) => state)).toEqual(['needs-sign-in']);

  await joinNeighbour(page, proxy.url, server);
  await until('it is sent', async () => (await theirs.all('responses')).length > 0);
  expect(await communities()).toEqual({ own: [{ community: 'Kigali' }], theirs: [{ community: 'Huye' }] });
});

it('the device was used with an earlier version of the app, which knew of no workspaces: what is unsent is there, and goes to its workspace', async () => {
  await goTo(OWN, false);
  const cut = proxy.fault(isPush, { kind: 'cut request' });
  await answerShortly(page, 'Kigali');
  await page.locator('.submitted[data-state="queued"]').waitFor();
  const [row] = await storedRows(page);
  expect(row?.key).toMatch(/^outpost\.[^./]+\.responses-/);
  await page.evaluate(async () => localStorage.setItem('outpost.session', await (await fetch('/api/v1/session')).text()));
  await inStore(page, { database: 'outpost-session', store: 'session', act: 'clear' });
  cut.lift();
  await openHome();
  await untilIn(OWN);
  await openList(page);
  await until('it is sent', async () => (await rowsOnScreen(page))[0]?.state === 'sent');
  expect(await communities()).toEqual({ own: [{ community: 'Kigali' }], theirs: [] });
});
