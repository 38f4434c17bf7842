/**
 * The example: an ordinary Backbone app with jQuery, made to work offline by a few lines.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Page } from 'playwright';
import { expect, it, onTestFinished } from 'vitest';
import { build } from 'vite';
import { launch } from '../harness/browser.ts';
import { temporaryFolder } from '../harness/later.ts';
import { goOffline } from '../harness/network.ts';
import type { Proxy } from '../harness/proxy.ts';
import { OWNER } from '../harness/server.ts';
import { setScene } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

it('before: an ordinary app, which works as long as there is a network', async () => {
  const { proxy, api, profile } = await setScene(onTestFinished);
  await serveExample(proxy, 'before');
  const context = await launch(onTestFinished, profile);
  const page = await context.newPage();
  await page.goto(proxy.url);
  await signIn(page);
  await addVisit(page, 'Upper well');
  const [sent] = await until('the visit is sent', async () => (await api.all('responses')).length === 1 && api.all('responses'));
  await page.reload();
  expect(await idOf(page, 'Upper well')).toBe(sent?.id);
});

it('after: made offline, reloaded, still there; back online it bears its ServerId; and jQuery still sends', async () => {
  const { proxy, api, profile } = await setScene(onTestFinished);
  await serveExample(proxy, 'after');
  const context = await launch(onTestFinished, profile);
  const page = await context.newPage();
  await page.goto(proxy.url);
  await signIn(page);
  await untilOfflineReady(page);

  await addVisit(page, 'Upper well');
  const [sent] = await until('the visit is sent', async () => (await api.all('responses')).length === 1 && api.all('responses'));
  await page.locator(`#visits li[data-id="${sent?.id}"]`, { hasText: 'Upper well' }).waitFor();
  const put = proxy.passed.find(({ method }) => method === 'PUT');
  expect(put?.headers['x-requested-with']).toBe('XMLHttpRequest');

  const goOnline = await goOffline(context, proxy);
  await addVisit(page, 'Lower well');
  const clientId = await idOf(page, 'Lower well');
  await page.reload();
  expect(await idOf(page, 'Lower well')).toBe(clientId);
  expect(await idOf(page, 'Upper well')).toBe(sent?.id);

  await goOnline();
  await page.locator(`#visits li:not([data-id="${clientId}"])`, { hasText: 'Lower well' }).waitFor();
  const records = await api.all('responses');
  expect(records.find(({ id }) => id !== sent?.id)).toMatchObject({ id: await idOf(page, 'Lower well'), answers: { community: 'Lower well' } });
  expect(records).toHaveLength(2);
  expect(await page.locator('#visits li').count()).toBe(2);
});

/** Builds the example and puts it in the place of the app. */
async function serveExample(proxy: Proxy, name: 'before' | 'after'): Promise<void> {
  const outDir = await temporaryFolder(onTestFinished, 'example');
  await build({ root: join(EXAMPLES, name), logLevel: 'error', build: { outDir } });
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(outDir, file).split(sep).join('/')}`;
    const fault = { kind: 'answer', status: 200, contentType: file.endsWith('.html') ? 'text/html' : 'text/javascript', body: await readFile(file, 'utf8') } as const;
    proxy.fault((request) => request.path.replace(/\?.*/, '') === path || (path === '/index.html' && request.path === '/'), fault);
  }
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel('Password').fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('#visits').waitFor();
}

/** From now on it needs no network: the worker has the example. */
async function untilOfflineReady(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const registration = await navigator.serviceWorker.ready;
    return registration.active?.state === 'activated' && navigator.serviceWorker.controller !== null;
  });
}

async function addVisit(page: Page, community: string): Promise<void> {
  await page.getByLabel('Community').fill(community);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#visits li', { hasText: community }).waitFor();
}

async function idOf(page: Page, community: string): Promise<string | null> {
  return page.locator('#visits li', { hasText: community }).getAttribute('data-id');
}
