/**
 * The browser in which everybody is measured: one Chromium, a profile on the disk, a page at a time.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type CDPSession, type Page } from 'playwright';
import type { Contender, Row } from './contract.ts';
import type { Peer } from './peer.ts';

/** So long may one measured thing take; what takes longer has failed. */
const TIMEOUT_MS = 120_000;

/** So long may a page take to load and its worker to come. */
const START_TIMEOUT_MS = 30_000;

const ARGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--disable-sync'];

export interface Stage {
  readonly context: BrowserContext;
  /** Of the browser. */
  readonly version: string;
  /** False once the browser is gone: whoever ended it wants no more measured. */
  isOpen(): boolean;
  /** Fires Background Sync in the worker of that origin, as the browser does when a network comes, which it always has here. */
  fireSync(origin: string, tag: string): Promise<void>;
  close(): Promise<void>;
}

/** A browser of its own with a profile on the disk. */
export async function openStage(): Promise<Stage> {
  const profile = await mkdtemp(join(tmpdir(), 'outpost-bench-profile-'));
  const executablePath = process.env['CHROMIUM_PATH'];
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ARGS,
    env: { ...process.env, HOME: profile },
  });
  return stageOn(context, async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
}

/** @param close ends that browser */
export async function stageOn(context: BrowserContext, close: () => Promise<void>): Promise<Stage> {
  context.setDefaultTimeout(TIMEOUT_MS);
  let isOpen = true;
  context.once('close', () => {
    isOpen = false;
  });
  const [blank] = context.pages();
  if (blank === undefined) throw new Error('The browser has opened no page.');
  const session = await context.newCDPSession(blank);
  const registrations = new Map<string, string>();
  session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: updated }) => {
    for (const { scopeURL, registrationId } of updated) registrations.set(scopeURL, registrationId);
  });
  await session.send('ServiceWorker.enable');
  return {
    context,
    isOpen: () => isOpen,
    version: (await session.send('Browser.getVersion')).product.replace(/^.*\//, ''),
    async fireSync(origin, tag) {
      const registrationId = registrations.get(origin);
      if (registrationId === undefined) throw new Error(`There is no worker at ${origin}.`);
      await session.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId, tag, lastChance: false });
    },
    close,
  };
}

/** A method of a contender with what it is called with, or none for what an app needs not ask for. */
export type Call = { [Name in keyof Contender]: readonly [Name, ...Parameters<Contender[Name]>] }[keyof Contender];

export interface DeviceOptions {
  /** Of the contender's Background Sync, if it has one. */
  readonly syncTag?: string | undefined;
  /** Whether errors that nobody in the page has caught are no news. */
  readonly isUsedToErrors?: boolean;
}

/** One page of a contender. */
export class Device {
  readonly page: Page;
  readonly #stage: Stage;
  readonly #peer: Peer;
  readonly #session: CDPSession;
  readonly #syncTag: string | undefined;

  private constructor(page: Page, stage: Stage, peer: Peer, session: CDPSession, syncTag: string | undefined) {
    this.page = page;
    this.#stage = stage;
    this.#peer = peer;
    this.#session = session;
    this.#syncTag = syncTag;
  }

  static async open(stage: Stage, peer: Peer, { syncTag, isUsedToErrors = false }: DeviceOptions = {}): Promise<Device> {
    const { context } = stage;
    const page = await context.newPage();
    if (!isUsedToErrors) page.on('pageerror', (error) => console.error(`${peer.url}: ${error.stack ?? error.message}`));
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await page.addInitScript(installClock);
    const device = new Device(page, stage, peer, session, syncTag);
    await device.#load();
    return device;
  }

  /** The same page from the start, with what the device holds. */
  async reload(): Promise<void> {
    await this.#load();
  }

  async #load(): Promise<void> {
    await this.page.goto(this.#peer.url);
    await this.page.waitForFunction(() => window.contender !== undefined || 'measureFloor' in window, undefined, { timeout: START_TIMEOUT_MS });
    // The browser reads a page's localStorage from another process at its first use.
    await this.page.evaluate(() => localStorage.length);
  }

  /** Calls that one after another. @returns the milliseconds they took in the page */
  timed(...calls: readonly Call[]): Promise<number> {
    return within(
      this.page.evaluate((all) => window.benchClock.timed(all), calls),
      calls,
    );
  }

  /** Goes online and calls that, as a page does that listens to `online`. @returns the milliseconds from that event */
  async timedOnline(...calls: readonly Call[]): Promise<number> {
    await this.page.evaluate((all) => window.benchClock.startWhenOnline(all), calls);
    await this.online();
    return within(
      this.page.evaluate(() => window.benchClock.sinceOnline),
      calls,
    );
  }

  /** Tries to sync again and again, for so long at most. @returns whether the page knows that the server has all */
  async syncs(withinMs: number): Promise<boolean> {
    return this.page.evaluate((bound) => window.benchClock.syncs(bound), withinMs);
  }

  /** Begins to save these rows one by one, some of them in each turn, and says of each when it is durable to `reportSaved`. */
  async startSaving(rows: readonly Row[], atOnce: number, everyMs: number): Promise<void> {
    await this.page.evaluate(([all, some, pauseMs]) => window.benchClock.startSaving(all, some, pauseMs), [rows, atOnce, everyMs] as const);
  }

  /** Cuts the page, and its worker too, which has a network of its own. */
  async offline(): Promise<void> {
    await this.#peer.cut(true);
    await this.#emulate(true);
  }

  /** The server can be reached before the page hears that there is a network. */
  async online(): Promise<void> {
    await this.#peer.cut(false);
    await this.#emulate(false);
    await this.fireSync();
  }

  /** The same for a device whose page was closed: what is left is the worker. */
  async onlineWithoutPage(): Promise<void> {
    await this.#peer.cut(false);
    await this.fireSync();
  }

  /** What the browser does when it is online, sooner or later: nothing for who has no Background Sync. */
  async fireSync(): Promise<void> {
    if (this.#syncTag !== undefined) await this.#stage.fireSync(this.#peer.url, this.#syncTag);
  }

  async #emulate(offline: boolean): Promise<void> {
    await this.#session.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  }

  list(): Promise<number> {
    return this.page.evaluate(() => window.contender?.list() ?? 0);
  }

  /** From the navigation to the frame that shows how many rows there are, in milliseconds. */
  async painted(): Promise<number> {
    return this.page.evaluate(async () => {
      const list = document.querySelector('#list');
      if (list !== null) list.textContent = String(await window.contender?.list());
      await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => setTimeout(resolve));
      return performance.now();
    });
  }

  /** What the page's JavaScript holds after everything else was collected, in bytes. */
  async heapBytes(): Promise<number> {
    await this.#session.send('HeapProfiler.enable');
    await this.#session.send('HeapProfiler.collectGarbage');
    await this.#session.send('HeapProfiler.disable');
    return (await this.#session.send('Runtime.getHeapUsage')).usedSize;
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}

/** Measures in the page, so that what lies between page and run is in no figure. */
interface Clock {
  /** Calls one after another. @returns the milliseconds they took */
  timed(calls: readonly Call[]): Promise<number>;
  startWhenOnline(calls: readonly Call[]): void;
  /** What `startWhenOnline` has measured, from the event `online` on. */
  sinceOnline: Promise<number>;
  syncs(withinMs: number): Promise<boolean>;
  startSaving(rows: readonly Row[], atOnce: number, everyMs: number): void;
}

declare global {
  interface Window {
    benchClock: Clock;
    /** What drives the browser hears it, where it has asked for that. */
    reportSaved?(reference: string): void;
  }
}

/** Runs in every page before its own scripts. */
function installClock(): void {
  const timed = async (calls: readonly Call[]): Promise<number> => {
    const { contender } = window;
    if (contender === undefined) throw new Error('There is no contender on this page.');
    const startedMs = performance.now();
    for (const [name, ...args] of calls) await Reflect.apply(contender[name], contender, args);
    return performance.now() - startedMs;
  };
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const syncUntil = async (deadlineMs: number): Promise<boolean> => {
    for (;;) {
      const isDone = await timed([['sync']]).then(() => true, () => false);
      if (isDone || performance.now() > deadlineMs) return isDone;
      await pause(500);
    }
  };
  window.benchClock = {
    timed,
    syncs: (withinMs) => Promise.race([syncUntil(performance.now() + withinMs), pause(withinMs).then(() => false)]),
    startSaving(rows, atOnce, everyMs) {
      for (const row of rows.slice(0, atOnce)) void timed([['createEach', [row]]]).then(() => window.reportSaved?.(row.id));
      if (rows.length > atOnce) setTimeout(() => window.benchClock.startSaving(rows.slice(atOnce), atOnce, everyMs), everyMs);
    },
    startWhenOnline(calls) {
      window.benchClock.sinceOnline = new Promise((resolve, reject) => {
        // Before the page's own listeners, whose work counts.
        window.addEventListener('online', () => void timed(calls).then(resolve, reject), { once: true, capture: true });
      });
    },
    sinceOnline: Promise.resolve(0),
  };
}

async function within(measured: Promise<number>, calls: readonly Call[]): Promise<number> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${calls.map(([name]) => name).join(', ')}: not within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([measured, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
