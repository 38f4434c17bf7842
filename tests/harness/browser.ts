/**
 * A real Chromium with a profile of its own, either driven by Playwright over a pipe or started bare.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright';
import { startChild, type Child } from './child.ts';
import { temporaryFolder, type Later } from './later.ts';
import { until } from './until.ts';

/** What a browser keeps between two starts. */
export interface Profile {
  readonly userDataDir: string;
  /** `PWA.install` writes launchers into the home folder: never into the real one. */
  readonly home: string;
}

export interface LaunchOptions {
  readonly viewport?: { width: number; height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** A script to be run in the browser's place, which runs the real one with the same arguments. */
  readonly executablePath?: string;
  readonly args?: readonly string[];
}

/** The size of a phone; Outpost is made for it. */
export const PHONE = { width: 390, height: 844 } as const;

/**
 * Background Sync tries again after 300 s and 900 s, then never. Here it tries every 2 s for two minutes, so that a test
 * sees within seconds what a person sees within a quarter of an hour.
 */
const QUICK_BACKGROUND_SYNC = [
  '--force-fieldtrials=BackgroundSync/Enabled',
  '--force-fieldtrial-params=BackgroundSync.Enabled:initial_retry_delay_sec/2/retry_delay_factor/1/max_sync_attempts/60/min_recovery_time_sec/1',
];

const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
  '--disable-sync',
  '--bypass-app-banner-engagement-checks',
  ...QUICK_BACKGROUND_SYNC,
];

export async function newProfile(later: Later): Promise<Profile> {
  return { userDataDir: await temporaryFolder(later, 'profile'), home: await temporaryFolder(later, 'home') };
}

/** Starts the browser under Playwright's hand; the profile survives its end. */
export async function launch(later: Later, profile: Profile, options: LaunchOptions = {}): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profile.userDataDir, {
    executablePath: options.executablePath ?? executable(),
    args: [...ARGS, ...(options.args ?? [])],
    env: { ...process.env, HOME: profile.home },
    viewport: options.viewport ?? PHONE,
    colorScheme: options.colorScheme ?? 'light',
    locale: 'en-GB',
  });
  later(() => context.close());
  context.setDefaultTimeout(15_000);
  return context;
}

/** A browser that nothing holds on to: it can be killed as a whole, and runs on when nobody looks at it. */
export interface BareBrowser {
  /** Attaches Playwright. */
  attach(): Promise<{ browser: Browser; context: BrowserContext }>;
  readonly process: Child;
  /** Where its debugger listens. */
  readonly port: number;
}

export async function launchBare(later: Later, profile: Profile, url = 'about:blank', args: readonly string[] = []): Promise<BareBrowser> {
  const portFile = join(profile.userDataDir, 'DevToolsActivePort');
  // The file of an earlier run would name a port that is no longer there.
  await writeFile(portFile, '');
  const child = startChild(
    executable(),
    ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile.userDataDir}`, `--window-size=${PHONE.width},${PHONE.height}`, '--disable-gpu', ...ARGS, ...args, url],
    { ...process.env, HOME: profile.home },
  );
  later(() => child.end('SIGKILL'));
  const port = await until('Chromium names its debugging port', async () => Number((await readFile(portFile, 'utf8')).split('\n')[0]) || null);
  return {
    process: child,
    port,
    async attach() {
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      later(() => browser.close());
      const context = browser.contexts()[0];
      if (!context) throw new Error('Chromium has no default context');
      context.setDefaultTimeout(15_000);
      return { browser, context };
    },
  };
}

function executable(): string {
  const path = process.env['CHROMIUM_PATH'];
  if (!path) throw new Error('CHROMIUM_PATH is not set');
  return path;
}
