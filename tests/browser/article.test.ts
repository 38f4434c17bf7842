/**
 * The way of the article that Outpost goes back to: any plain Backbone client works against this server unchanged.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright';
import { expect, it, onTestFinished } from 'vitest';
import { launch } from '../harness/browser.ts';
import type { Proxy } from '../harness/proxy.ts';
import { OWNER } from '../harness/server.ts';
import { setScene } from '../harness/scene.ts';

const require = createRequire(import.meta.url);
const FOLDER = join(import.meta.dirname, 'article');

/** By name under `/article/`: the page, and the libraries as npm brings them. */
const FILES: Readonly<Record<string, string>> = {
  'index.html': join(FOLDER, 'index.html'),
  'notes.js': join(FOLDER, 'notes.js'),
  'jquery.js': require.resolve('jquery'),
  'underscore.js': join(dirname(createRequire(require.resolve('backbone')).resolve('underscore')), 'underscore-umd.js'),
  'backbone.js': require.resolve('backbone'),
  'backbone.localStorage.js': require.resolve('backbone.localstorage'),
};

it('plain Backbone with a loop of serverSync: {ClientId, ServerId} swaps the id, on the screen, in localStorage and on the server', async () => {
  const { proxy, api, profile, questionnaireId } = await setScene(onTestFinished);
  await serveArticle(proxy);
  const context = await launch(onTestFinished, profile);
  const page = await context.newPage();
  await page.goto(`${proxy.url}/article/index.html`);
  await signInByHand(page);

  const clientIds: string[] = [randomUUID(), randomUUID()];
  const attributes = clientIds.map((id, index) => responseOf(id, questionnaireId, `Place ${index + 1}`));
  await page.evaluate(`${JSON.stringify(attributes)}.forEach((each) => article.responses.create(each))`);
  expect(await shownIds(page)).toEqual(clientIds);

  await page.evaluate('article.push()');
  const records = await api.all('responses');
  const serverIds = records.map(({ id }) => id);
  expect(records.map(({ answers }) => answers)).toEqual(expect.arrayContaining([{ community: 'Place 1' }, { community: 'Place 2' }]));
  expect((await shownIds(page)).toSorted()).toEqual(serverIds.toSorted());
  expect(await localIds(page)).toEqual(serverIds.toSorted());
  expect(serverIds.filter((id) => clientIds.includes(id))).toEqual([]);

  // Under their real ids they are updated, and plain `fetch` finds them.
  await page.evaluate(`article.responses.each((each) => each.save({ synchronized: false, answers: { community: 'Moved' } }))`);
  await page.evaluate('article.push()');
  expect((await api.all('responses')).map(({ answers, version }) => ({ answers, version }))).toEqual([
    { answers: { community: 'Moved' }, version: 2 },
    { answers: { community: 'Moved' }, version: 2 },
  ]);
  expect(await page.evaluate(`article.responses.fetch({ ajaxSync: true }).then(() => article.responses.length)`)).toBe(2);
});

async function serveArticle(proxy: Proxy): Promise<void> {
  for (const [name, file] of Object.entries(FILES)) {
    const contentType = name.endsWith('.html') ? 'text/html' : 'text/javascript';
    proxy.fault(({ path }) => path === `/article/${name}`, { kind: 'answer', status: 200, contentType, body: await readFile(file, 'utf8') });
  }
}

async function signInByHand(page: Page): Promise<void> {
  const status = await page.evaluate(async (body) => {
    const answer = await fetch('/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return answer.status;
  }, JSON.stringify({ Email: OWNER.email, Password: OWNER.password }));
  expect(status).toBe(200);
}

function responseOf(id: string, questionnaireId: string, community: string): Record<string, unknown> {
  return { id, questionnaireId, questionnaireVersion: 1, answers: { community }, startedAt: '2026-03-01T09:00:00+02:00', endedAt: '2026-03-01T09:05:00+02:00' };
}

function shownIds(page: Page): Promise<string[]> {
  return page.locator('#list li').allInnerTexts();
}

async function localIds(page: Page): Promise<string[]> {
  const keys = await page.evaluate(() => Object.keys(localStorage));
  return keys.filter((key) => key.startsWith('article-')).map((key) => key.slice('article-'.length)).toSorted();
}
