/**
 * What a person does with the app in one of these browsers.
 */
import * as v from 'valibot';
import { SHORT_QUESTIONNAIRE, type Input, type RowOnScreen } from '../harness/app.ts';
import type { DrivenBrowser } from '../harness/engines/driver.ts';
import { PATIENCE_MS, Tab } from '../harness/engines/tab.ts';
import { OWNER } from '../harness/server.ts';
import { until } from '../harness/until.ts';

/** Signs in and waits until the worker has the app and the questionnaires are there: from now on it needs no network. */
export async function signIn(browser: DrivenBrowser, url: string): Promise<Tab> {
  const tab = new Tab(await browser.open());
  await tab.driven.goto(`${url}/`);
  await tab.type('#email', OWNER.email);
  await tab.type('#password', OWNER.password);
  await tab.click('form button', 'Sign in');
  await tab.see('.card[data-id] a', 'Start');
  await until('the worker stands', async () => (await tab.run(workerStands)) === true, PATIENCE_MS);
  return tab;
}

/** Runs in the page. */
async function workerStands(): Promise<boolean> {
  const registration = await navigator.serviceWorker.ready;
  return registration.active?.state === 'activated' && navigator.serviceWorker.controller !== null;
}

/** Goes from the first screen into a questionnaire. */
export async function startQuestionnaire(tab: Tab, title: string): Promise<void> {
  await tab.click('.card[data-id] a', title);
  await tab.see('.form');
}

export async function fillIn(tab: Tab, answers: Readonly<Record<string, Input>>): Promise<void> {
  for (const [name, input] of Object.entries(answers)) {
    const question = `.question[data-name="${name}"]`;
    if (typeof input !== 'string') for (const choice of input.choose) await tab.click(`${question} label.choice:has(input[value="${choice}"])`);
    else if (/^\d{4}-/.test(input)) await tab.put(`${question} input`, input);
    else await tab.type(`${question} input`, input);
  }
}

/** Submits the open form. @returns the id that the response bears on the screen that follows */
export async function submit(tab: Tab): Promise<string> {
  await tab.click('.bottom-bar .button.primary');
  await tab.see('.submitted[data-id]');
  return (await tab.attribute('.submitted', 'data-id')) ?? '';
}

/** Fills in and submits the short questionnaire. @returns the id that the response bears then */
export async function answerShortly(tab: Tab, community: string): Promise<string> {
  await startQuestionnaire(tab, SHORT_QUESTIONNAIRE.title);
  await fillIn(tab, { community });
  return submit(tab);
}

const Rows = v.array(v.object({ id: v.string(), state: v.string() }));

export async function rowsOnScreen(tab: Tab): Promise<RowOnScreen[]> {
  return v.parse(Rows, await tab.run(readRows));
}

/** Runs in the page. */
function readRows(): RowOnScreen[] {
  return [...document.querySelectorAll('li.row')].map((row) => ({ id: row.getAttribute('data-id') ?? '', state: row.getAttribute('data-state') ?? '' }));
}

/** Says to the page what the browser says when a network appears. */
export async function sayOnline(tab: Tab): Promise<void> {
  await tab.run(() => void window.dispatchEvent(new Event('online')));
}
