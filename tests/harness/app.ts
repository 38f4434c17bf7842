/**
 * What a person does with the app, and what can be seen of it.
 */
import type { Page } from 'playwright';
import * as v from 'valibot';
import { OWNER } from './server.ts';
import { until } from './until.ts';

/** What a person puts into one question: text, the choice of a `select_one`, or the choices of a `select_multiple`. */
export type Input = string | { readonly choose: readonly string[] };

const choose = (...names: string[]): Input => ({ choose: names });

/** Answers to the sample questionnaire, by the order of its questions; skip logic opens some of them. */
export const SAMPLE_ANSWERS: Readonly<Record<string, Input>> = {
  visit_date: '2024-05-01',
  community: 'Kigali',
  household_size: '5',
  children_under_five: '2',
  water_source: choose('public_tap'),
  water_location: choose('elsewhere'),
  collection_minutes: '30',
  collector: choose('girl'),
  trips_last_week: '20',
  water_insufficient: choose('yes'),
  insufficient_reasons: choose('not_running', 'not_reachable'),
  stored_litres: '12.5',
  treats_water: choose('yes'),
  treatment: choose('boil', 'filter'),
  toilet_type: choose('none'),
  handwashing_place: choose('none'),
  remarks: 'The tap is closed on Sundays.',
};

/** A questionnaire of one question, for the tests that are about the way and not about the form. */
export const SHORT_QUESTIONNAIRE = {
  title: 'Where are you?',
  languages: ['en'],
  published: true,
  questions: [{ name: 'community', type: 'text', label: 'Where are you?', required: true }],
} as const;

/** Signs in and waits until the worker has the app and the questionnaires are there: from now on it needs no network. */
export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/`);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel('Password').fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.card[data-id] a', { hasText: 'Start' }).first().waitFor();
  await page.waitForFunction(async () => {
    const registration = await navigator.serviceWorker.ready;
    return registration.active?.state === 'activated' && navigator.serviceWorker.controller !== null;
  });
}

/** Goes from the first screen into a questionnaire, as a person does. */
export async function startQuestionnaire(page: Page, title: string): Promise<void> {
  try {
    await page.locator('.card[data-id]', { hasText: title }).getByRole('link').first().click();
    await page.locator('.form').waitFor();
  } catch (cause) {
    // What a person would see there says more than that something is missing.
    throw new Error(`“${title}” could not be opened at ${page.url()}; the screen says: ${await page.locator('body').innerText()}`, { cause });
  }
}

export async function fillIn(page: Page, answers: Readonly<Record<string, Input>>): Promise<void> {
  for (const [name, input] of Object.entries(answers)) {
    const question = page.locator(`.question[data-name="${name}"]`);
    if (typeof input === 'string') await question.locator('input').fill(input);
    else for (const choice of input.choose) await question.locator('label.choice').filter({ has: page.locator(`input[value="${choice}"]`) }).click();
  }
}

/** Submits the open form and waits for the screen that says what became of it. @returns the id that the response bears there */
export async function submit(page: Page): Promise<string> {
  await page.locator('.bottom-bar .button.primary').click();
  const submitted = page.locator('.submitted[data-id]');
  await submitted.waitFor();
  return (await submitted.getAttribute('data-id')) ?? '';
}

/** Fills in and submits the short questionnaire. @returns the id that the response bears then */
export async function answerShortly(page: Page, community: string): Promise<string> {
  await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
  await fillIn(page, { community });
  return submit(page);
}

export interface RowOnScreen {
  readonly id: string;
  readonly state: string;
}

/** Goes to the list of responses without loading the page anew. */
export async function openList(page: Page): Promise<void> {
  await page.locator('a[href="/responses"]').first().click();
  await page.locator('li.row').first().waitFor();
}

export async function rowsOnScreen(page: Page): Promise<RowOnScreen[]> {
  return page.locator('li.row').evaluateAll((rows) => rows.map((row) => ({ id: row.getAttribute('data-id') ?? '', state: row.getAttribute('data-state') ?? '' })));
}

const StoredRow = v.looseObject({ id: v.string(), synchronized: v.boolean(), answers: v.record(v.string(), v.unknown()) });
export type StoredRow = v.InferOutput<typeof StoredRow> & { readonly key: string };

/** The rows of the responses in localStorage, of whichever account. */
export async function storedRows(page: Page): Promise<StoredRow[]> {
  const entries = await page.evaluate(() => Object.entries(localStorage).filter(([key]) => /^outpost\.[^.]+\.responses-/.test(key)));
  return entries.map(([key, text]) => ({ ...v.parse(v.pipe(v.string(), v.parseJson(), StoredRow), text), key }));
}

/** Waits until the only row in localStorage is as wanted. */
export function untilOnlyRow(page: Page, wanted: string, matches: (row: StoredRow) => boolean): Promise<StoredRow> {
  return until(wanted, async () => {
    const rows = await storedRows(page);
    return rows.length === 1 ? rows.find(matches) : null;
  });
}

/** Waits until the cursor of the responses is at the end of what the server has. */
export async function untilPulled(page: Page): Promise<void> {
  await until('all is pulled', () => page.evaluate(pulledAll));
}

/** Runs in the page. */
async function pulledAll(): Promise<boolean> {
  const answer = await fetch('/api/v1/responses?since=&own=1');
  const cursor = Object.entries(localStorage).find(([key]) => key.endsWith('.responses.cursor'));
  return (await answer.text()).includes(`"Cursor":${JSON.stringify(cursor?.[1])}`);
}
