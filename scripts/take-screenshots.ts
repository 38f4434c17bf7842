/**
 * Takes the pictures of the manifest, real screens of the built app on the real server: `node scripts/take-screenshots.ts`
 * after a build. Run it when the look changes; the pictures are kept in the repository.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { findBrowser } from './browser.mjs';

const FOLDER = 'public/screenshots';
const OWNER = { email: 'ana@example.org', password: 'a few words in a row' };

/** Answers to type or choose on the first screens, by the name of the question. */
const TYPED: Readonly<Record<string, string>> = { visit_date: '2026-03-14', community: 'Ahero', household_size: '5', children_under_five: '1' };

async function startServer(dataDir: string): Promise<{ readonly server: ChildProcess; readonly address: string }> {
  const env = { ...process.env, PORT: '0', DATA_DIR: dataDir, OUTPOST_OWNER_EMAIL: OWNER.email, OUTPOST_OWNER_PASSWORD: OWNER.password };
  const server = spawn(process.execPath, ['server/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of server.stdout) {
    said += String(chunk);
    const address = /http:\S+/.exec(said)?.[0];
    if (address !== undefined) return { server, address };
  }
  throw new Error(`The server ended without saying where it is: ${said}`);
}

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.fill('#email', OWNER.email);
  await page.fill('#password', OWNER.password);
  await page.click('button.primary');
  await page.waitForSelector('.cards .button');
}

async function answer(page: Page): Promise<void> {
  await page.click('.cards .button.primary');
  await page.waitForSelector('.question');
  for (const [name, text] of Object.entries(TYPED)) await page.fill(`[data-name="${name}"] input`, text);
  await page.locator('.question:not([hidden]) input[type="radio"]').first().check();
  await page.waitForSelector('.save-time');
}

/** Chooses the first answer of every question that the app still asks for, until it takes the response. */
async function submit(page: Page): Promise<void> {
  await page.click('.bottom-bar .primary');
  while ((await page.locator('.problem-list').count()) > 0) {
    const name = await page.locator('.question:not([hidden]):has(.problem > p)').first().getAttribute('data-name');
    const input = page.locator(`[data-name="${name}"] input`).first();
    if (await input.evaluate((element) => element.matches('[type="radio"], [type="checkbox"]'))) await input.check();
    else await input.fill('1');
    await page.click('.bottom-bar .primary');
  }
  await page.waitForSelector('.submitted');
}

async function takeAll(context: BrowserContext, address: string, prefix: string): Promise<void> {
  const page = await context.newPage();
  const take = async (name: string): Promise<void> => {
    await page.screenshot({ path: `${FOLDER}/${prefix}-${name}.png`, animations: 'disabled' });
  };
  await signIn(page, address);
  await take('home');
  await answer(page);
  await page.locator('[data-name="household_size"] input').evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await take('fill');
  await submit(page);
  await page.waitForSelector('.submitted[data-state="sent"]');
  await page.click(`a[href="/"]`);
  await answer(page);
  await page.click('.fill-top .icon-button');
  await context.setOffline(true);
  await page.click('.cards .button:not(.primary)');
  await page.waitForSelector('.question');
  for (const [name, text] of Object.entries(TYPED)) await page.fill(`[data-name="${name}"] input`, text);
  await submit(page);
  await take('saved');
  await page.click('.tab[href="/responses"]');
  await page.waitForSelector('.row');
  await take('responses');
  await page.close();
}

await mkdir(FOLDER, { recursive: true });
const dataDir = await mkdtemp(join(tmpdir(), 'outpost-'));
const { server, address } = await startServer(dataDir);
const browser = await chromium.launch({ executablePath: await findBrowser(), args: ['--no-sandbox', '--disable-quic'] });
try {
  const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
  const desktop = { viewport: { width: 1280, height: 800 } };
  await takeAll(await browser.newContext(phone), address, 'phone');
  await takeAll(await browser.newContext(desktop), address, 'desktop');
} finally {
  await browser.close();
  server.kill();
  await once(server, 'exit');
  await rm(dataDir, { recursive: true });
}
