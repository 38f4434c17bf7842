/**
 * Every screen of the app with something on it, and what axe finds there.
 */
import axe from 'axe-core';
import type { Page } from 'playwright';
import * as v from 'valibot';
import { SHORT_QUESTIONNAIRE, answerShortly, fillIn, openList, startQuestionnaire, untilOnlyRow } from './app.ts';

export interface ScreenToSee {
  readonly name: string;
  readonly path: string;
  /** What a person does there before the screen is as meant. */
  readonly arrange?: (page: Page) => Promise<void>;
}

/** The screens of somebody who is not signed in. */
export const GATE_SCREENS: readonly ScreenToSee[] = [
  { name: 'sign in', path: '/' },
  { name: 'sign in, refused', path: '/', arrange: (page) => page.getByRole('button', { name: 'Sign in' }).click() },
  { name: 'welcome', path: '/welcome#a-token' },
  { name: 'invitation that is gone', path: `/join#${'x'.repeat(43)}`, arrange: (page) => page.getByText('no longer valid').waitFor() },
  { name: 'new password, link not whole', path: '/new-password#part', arrange: (page) => page.getByText('not complete').waitFor() },
  { name: 'public link that is closed', path: `/form#${'x'.repeat(43)}`, arrange: (page) => page.getByText('does not work, or').waitFor() },
];

/** Fills in one response and begins another. @returns the screens of the person signed in on the page */
export async function furnish(page: Page, url: string, questionnaireId: string): Promise<readonly ScreenToSee[]> {
  await page.goto(`${url}/`);
  await answerShortly(page, 'Kigali');
  const { id } = await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
  await page.goto(`${url}/`);
  await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
  await fillIn(page, { community: 'Hu' });
  await page.getByText('Saved on this device').waitFor();
  await page.goto(`${url}/`);
  const sample = (await page.locator('.card[data-id]', { hasText: 'Drinking water' }).getAttribute('data-id')) ?? '';
  return [
    { name: 'home', path: '/' },
    { name: 'account', path: '/', arrange: (at) => at.getByRole('button', { name: 'Account' }).click() },
    { name: 'fill', path: `/fill/${sample}` },
    { name: 'fill, incomplete', path: `/fill/${sample}`, arrange: submitEmpty },
    { name: 'edit', path: `/responses/${id}/edit` },
    { name: 'submitted', path: `/responses/${id}/submitted` },
    { name: 'my responses', path: '/responses' },
    { name: 'response', path: `/responses/${id}` },
    { name: 'delete a draft', path: '/responses', arrange: askToDelete },
    { name: 'manage', path: '/manage' },
    { name: 'results', path: `/manage/${questionnaireId}/results`, arrange: (at) => at.getByRole('table').waitFor() },
    { name: 'public links', path: `/manage/${questionnaireId}/links`, arrange: (at) => at.getByRole('button', { name: 'Make a public link' }).waitFor() },
    { name: 'public link', path: `/manage/${questionnaireId}/links`, arrange: (at) => makeLink(at, 'Make a public link') },
    { name: 'people', path: '/people', arrange: (at) => at.getByText('(you)').waitFor() },
    { name: 'invitation', path: '/people', arrange: (at) => makeLink(at, 'Make an invitation') },
    { name: 'API keys', path: '/people/keys', arrange: (at) => at.getByRole('button', { name: 'Make the key' }).waitFor() },
    { name: 'API keys, nameless', path: '/people/keys', arrange: (at) => at.getByRole('button', { name: 'Make the key' }).click() },
    { name: 'API key, shown once', path: '/people/keys', arrange: makeKey },
    { name: 'remove an API key', path: '/people/keys', arrange: (at) => at.getByRole('button', { name: /Remove/ }).first().click() },
    { name: 'join as who is signed in', path: `/join#${await tokenOf(page, url)}`, arrange: (at) => at.getByRole('button', { name: 'Join as' }).waitFor() },
    { name: 'what was done', path: '/people/log', arrange: (at) => at.locator('.log li').first().waitFor() },
    { name: 'devices', path: '/devices', arrange: (at) => at.getByText('(this device)').waitFor() },
    { name: 'report a problem', path: '/report', arrange: (at) => at.getByText('Show all of it').click() },
    { name: 'sign in again', path: '/sign-in' },
    { name: 'no such page', path: '/nowhere' },
  ];
}

/** The screens that say in which of several workspaces a person is. */
export const WORKSPACE_SCREENS: readonly ScreenToSee[] = [
  { name: 'home in one of several workspaces', path: '/' },
  { name: 'account in several workspaces', path: '/', arrange: openAccount },
  { name: 'going to another workspace with something unsent', path: '/', arrange: askToMove },
];

async function openAccount(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('dialog').waitFor();
}

async function askToMove(page: Page): Promise<void> {
  await openAccount(page);
  await page.getByRole('dialog').locator('button.place').click();
  await page.getByRole('heading', { name: 'Go to' }).waitFor();
}

async function makeKey(page: Page): Promise<void> {
  await page.getByLabel('What it is for').fill('Nightly export');
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByRole('textbox', { name: 'Key' }).waitFor();
}

/** Tokens of links that lead somewhere. */
export interface Links {
  readonly invitation: string;
  readonly form: string;
}

export async function makeLinks(owner: Page, url: string, questionnaireId: string): Promise<Links> {
  const invitation = await tokenOf(owner, url);
  await owner.goto(`${url}/manage/${questionnaireId}/links`);
  await makeLink(owner, 'Make a public link');
  return { invitation, form: await shownToken(owner) };
}

/** The screens of somebody who has no account and came by a link. */
export function linkScreens({ invitation, form }: Links): readonly ScreenToSee[] {
  return [
    { name: 'join', path: `/join#${invitation}`, arrange: (page) => page.getByLabel('Your name').waitFor() },
    { name: 'public form', path: `/form#${form}`, arrange: (page) => page.locator('.question').first().waitFor() },
    { name: 'public form, arrived', path: `/form#${form}`, arrange: fillAndSubmit },
  ];
}

async function fillAndSubmit(page: Page): Promise<void> {
  await fillIn(page, { community: 'Huye' });
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('Your answers have arrived.').waitFor();
}

async function makeLink(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  await page.getByRole('img', { name: 'Code to scan' }).waitFor();
}

/** The token of a new invitation. */
async function tokenOf(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/people`);
  await makeLink(page, 'Make an invitation');
  return shownToken(page);
}

async function shownToken(page: Page): Promise<string> {
  return (await page.getByRole('textbox', { name: 'Link' }).inputValue()).split('#')[1] ?? '';
}

async function submitEmpty(page: Page): Promise<void> {
  await page.locator('.bottom-bar .button.primary').click();
  await page.locator('.problem-list').waitFor();
}

async function askToDelete(page: Page): Promise<void> {
  await openList(page);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').waitFor();
}

const Findings = v.object({
  violations: v.array(v.object({ id: v.string(), help: v.string(), nodes: v.array(v.object({ html: v.string() })) })),
});

/** @returns one line for each finding, none if axe has nothing to say */
export async function axeFindings(page: Page, url: string, screen: ScreenToSee, colorScheme: 'light' | 'dark'): Promise<string[]> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  // From one path to the same one with another fragment no page would be loaded.
  await page.goto('about:blank');
  await page.goto(`${url}${screen.path}`);
  await page.locator('h1').first().waitFor();
  await screen.arrange?.(page);
  // Given to the debugger and not to the page, whose rules about scripts stay as they are.
  await page.evaluate(axe.source);
  const { violations } = v.parse(Findings, await page.evaluate('axe.run(document, { resultTypes: ["violations"] })'));
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${screen.name}, ${colorScheme}: ${id}: ${help}: ${html}`));
}
