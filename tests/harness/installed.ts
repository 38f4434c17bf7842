/**
 * The app as an installed one, through the browser's own installer.
 */
import type { BrowserContext, CDPSession, Page } from 'playwright';
import { until } from './until.ts';

/** What a person does with the install button and the browser's question behind it. */
export async function install(page: Page, url: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('PWA.install', { manifestId: `${url}/`, installUrlOrBundleUrl: `${url}/` });
  await session.detach();
}

/** Opens the installed app as from the home screen. @returns its window */
export async function launchInstalled(context: BrowserContext, url: string): Promise<Page> {
  await onBlankPage(context, (session) => session.send('PWA.launch', { manifestId: `${url}/` }));
  return until('the installed app opens', () => context.pages().find((page) => page.url().startsWith(url)));
}

/** The count on the app's icon. */
export function badgeCount(context: BrowserContext, url: string): Promise<number> {
  return onBlankPage(context, async (session) => (await session.send('PWA.getOsAppState', { manifestId: `${url}/` })).badgeCount);
}

/** Closes every page of the app; the browser itself stays, as it does on a phone. */
export async function closeAllPages(context: BrowserContext): Promise<void> {
  const blank = await context.newPage();
  for (const page of context.pages()) if (page !== blank) await page.close();
}

/** Some commands are answered in a page's session only, and must not disturb a page of the app. */
async function onBlankPage<T>(context: BrowserContext, act: (session: CDPSession) => Promise<T>): Promise<T> {
  const page = context.pages().find((candidate) => candidate.url() === 'about:blank') ?? (await context.newPage());
  const session = await context.newCDPSession(page);
  const result = await act(session);
  await session.detach();
  return result;
}
