/**
 * The engine on a page of its own, bundled as an app would bundle it, beside the real server.
 */
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { build } from 'vite';
import * as v from 'valibot';
import { BASE_PATH, Session } from '../../protocol/index.ts';
import type { EngineOptions } from '../browser/engine/page.ts';
import type { Proxy } from './proxy.ts';
import { OWNER } from './server.ts';

const FOLDER = join(import.meta.dirname, '../browser/engine');
const PATH = '/engine/index.html';

/** Serves the page and its worker by way of the proxy. */
export async function serveEngine(proxy: Proxy): Promise<void> {
  const script = await bundle('page.ts');
  const html = `<!doctype html><title>Engine</title><script>${script.replaceAll('</script', '<\\/script')}</script>`;
  proxy.fault(({ path }) => path === PATH, { kind: 'answer', status: 200, contentType: 'text/html', body: html });
  const worker = await bundle('worker.ts');
  proxy.fault(({ path }) => path === '/engine/worker.js', { kind: 'answer', status: 200, contentType: 'text/javascript', body: worker });
}

/** Signs a browser in. @returns the account's id */
export async function signInEngine(proxy: Proxy, context: BrowserContext): Promise<string> {
  const page = await context.newPage();
  await page.goto(`${proxy.url}${PATH}`);
  const session = await page.evaluate(async ([url, credentials]) => {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: credentials });
    return answer.text();
  }, [`${BASE_PATH}/session`, JSON.stringify({ Email: OWNER.email, Password: OWNER.password })] as const);
  await page.close();
  return v.parse(v.pipe(v.string(), v.parseJson(), Session), session).Account.Id;
}

/** A new tab with the engine running in it. */
export async function openEngine(context: BrowserContext, proxy: Proxy, account: string, options: EngineOptions = {}): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${proxy.url}${PATH}`);
  await page.evaluate(([id, wanted]) => window.start(id, wanted), [account, options] as const);
  return page;
}

/** The same with questionnaires, which the responses name. Where the tab has the engine already, it is loaded anew. */
export async function openWithQuestionnaires(page: Page, proxy: Proxy, account: string): Promise<Page> {
  await page.goto(`${proxy.url}${PATH}`);
  await page.evaluate((id) => window.startWithQuestionnaires(id), account);
  return page;
}

/** Fills localStorage with something of another app, up to so many UTF-16 units. */
export async function fillStorage(page: Page, leftUnits = 0): Promise<void> {
  await page.evaluate((left) => {
    localStorage.setItem('left', 'x'.repeat(left));
    let text = 'x'.repeat(1_048_576);
    for (let part = 0; text.length > 0; part += 1) {
      try {
        localStorage.setItem(`filler ${part}`, text);
      } catch {
        text = text.slice(0, text.length / 2);
      }
    }
    localStorage.removeItem('left');
  }, leftUnits);
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, lib: { entry: join(FOLDER, entry), formats: ['iife'], name: 'built' } },
  });
  const outputs = Array.isArray(built) ? built : [built];
  for (const result of outputs) {
    if (!('output' in result)) continue;
    for (const part of result.output) if (part.type === 'chunk') return part.code;
  }
  throw new Error('The page of the engine was not built.');
}
