/**
 * (h): a few devices in daily use with everybody on each, whose browsers are killed as a whole at moments by chance.
 *
 * On a device everybody is in the same browser, each as a site of its own, and struck at the same moment. What was called saved before
 * the kill must be on the server, once, after the browser was started again and had its time to send.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { launchBare, newProfile, type Profile } from '../tests/harness/browser.ts';
import { chanceOf } from '../tests/harness/chance.ts';
import type { Later } from '../tests/harness/later.ts';
import { until } from '../tests/harness/until.ts';
import { startPeer, type Peer } from './peer.ts';
import { NOTHING, type Measured } from './results.ts';
import { makeRows } from './rows.ts';
import { ownSite, settle } from './settle.ts';
import { Device, stageOn, type Stage } from './stage.ts';
import type { Entrant } from './trials.ts';

const WHILE = ['h', 'h-send'] as const;

/** While what, and how long after its beginning. */
interface Kill {
  readonly work: (typeof WHILE)[number];
  readonly afterMs: number;
}

/** At the same time, each with kills of its own: most of the time goes by while those who have lost something look for it. */
const DEVICES = 3;
/** Gives the same moments in each run. */
const SEED = 20;
/** While saving: so many rows at once, and again after so long, until the kill. */
const PACE = { rows: 200, atOnce: 5, everyMs: 50 } as const;
/** While sending: so many rows wait to be sent. */
const WAITING = 60;
const SAVED_WITHIN_MS = 15_000;
/** All pages are in front for themselves, as they would be on a device of their own. */
const ARGS = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'];

interface Competitor {
  readonly entrant: Entrant;
  readonly peer: Peer;
  /** What it has called saved since the last start. */
  saved: Set<string>;
  readonly sums: Record<Kill['work'], { saved: number; lost: number; doubled: number }>;
}

/** Everybody's page in one browser. */
type Devices = ReadonlyMap<Competitor, Device>;

interface Tried {
  readonly kills: number;
  readonly measured: readonly Measured[];
}

/**
 * Half of the kills while rows are saved without a network, half while they are sent.
 * @param deadlineMs of `performance.now()`: one of each is tried on each device in any case, and no more after it
 */
export async function tryKills(entrants: readonly Entrant[], count: number, deadlineMs: number): Promise<Tried> {
  const all = kills(count);
  const devices = Array.from({ length: DEVICES }, (_, device) => all.filter((_kill, index) => index % DEVICES === device));
  const tried = await Promise.all(devices.map((next) => tryOnDevice(entrants, next, deadlineMs)));
  const measured = new Map<string, Measured>();
  for (const each of tried.flatMap((device) => device.measured)) {
    const { n, lost, doubled } = measured.get(`${each.contender} ${each.work}`) ?? { n: 0, lost: 0, doubled: 0 };
    measured.set(`${each.contender} ${each.work}`, { ...each, n: n + each.n, lost: lost + each.lost, doubled: doubled + each.doubled });
  }
  return { kills: tried.reduce((sum, device) => sum + device.kills, 0), measured: [...measured.values()] };
}

async function tryOnDevice(entrants: readonly Entrant[], next: readonly Kill[], deadlineMs: number): Promise<Tried> {
  const undo: (() => Promise<void>)[] = [];
  const later: Later = (each) => void undo.push(each);
  try {
    const profile = await newProfile(later);
    const competitors = await Promise.all(entrants.map((entrant) => enter(entrant, later)));
    // Without a kill, so that sessions and workers of the first visit are on the disk, as they are on a device in use.
    await live(profile, competitors, async (_, close) => close());
    const done: Kill[] = [];
    const lifeGoesOn = async (devices: Devices): Promise<boolean> => {
      const last = done.at(-1);
      if (last !== undefined) await recover(devices, last);
      const kill = done.length < WHILE.length || performance.now() < deadlineMs ? next[done.length] : undefined;
      if (kill === undefined) return false;
      await strike(devices, kill, done.length);
      done.push(kill);
      return true;
    };
    while (await live(profile, competitors, lifeGoesOn));
    const measured = competitors.flatMap(({ entrant, sums }) =>
      WHILE.map((work): Measured => ({ ...NOTHING, work, n: sums[work].saved, contender: entrant.name, lost: sums[work].lost, doubled: sums[work].doubled })),
    );
    return { kills: done.length, measured };
  } finally {
    for (const each of undo.toReversed()) await each();
  }
}

function kills(count: number): Kill[] {
  const chance = chanceOf(SEED);
  return Array.from({ length: count }, (_, index): Kill => {
    if (index % 2 === 0) return { work: 'h', afterMs: 100 + chance() * 1_400 };
    // Most is over within a moment for some, and goes on for long with others: each tenfold is struck as often.
    return { work: 'h-send', afterMs: 3 * 300 ** chance() };
  });
}

async function enter(entrant: Entrant, later: Later): Promise<Competitor> {
  const peer = await startPeer(entrant.module, entrant.bundle.folder);
  later(() => peer.stop());
  return { entrant, peer: ownSite(peer), saved: new Set(), sums: { h: { saved: 0, lost: 0, doubled: 0 }, 'h-send': { saved: 0, lost: 0, doubled: 0 } } };
}

/** Starts the browser, with the network well, and everybody's page in it; kills it when `use` is done, unless that has closed it. */
async function live<T>(profile: Profile, competitors: readonly Competitor[], use: (devices: Devices, close: () => Promise<void>) => Promise<T>): Promise<T> {
  const undo: (() => Promise<void>)[] = [];
  const browser = await launchBare((each) => void undo.push(each), profile, 'about:blank', ARGS);
  try {
    const { browser: driven, context } = await browser.attach();
    const stage = await stageOn(context, () => driven.close());
    const opened = await Promise.all(competitors.map((competitor) => open(stage, competitor)));
    return await use(new Map(opened.filter((each) => each !== null)), async () => {
      await (await driven.newBrowserCDPSession()).send('Browser.close');
      await until('the browser has ended', () => browser.process.hasEnded());
    });
  } finally {
    await browser.process.end('SIGKILL');
    for (const each of undo.toReversed()) await each();
  }
}

/** Null for a page that does not come up. */
async function open(stage: Stage, competitor: Competitor): Promise<[Competitor, Device] | null> {
  const { entrant, peer } = competitor;
  await peer.cut(false);
  try {
    const device = await Device.open(stage, peer, { syncTag: entrant.about.syncTag, isUsedToErrors: true });
    await device.timed(['open']);
    return [competitor, device];
  } catch (error) {
    console.error(`${entrant.name} did not start after it was killed:`, error);
    return null;
  }
}

/** Resolves at the moment of the kill. */
async function strike(devices: Devices, { work, afterMs }: Kill, index: number): Promise<void> {
  for (const { peer, saved } of devices.keys()) {
    saved.clear();
    await peer.cut(true);
  }
  const all = [...devices].map(([{ peer, saved }, device], order) => ({
    device,
    saved,
    rows: makeRows(work === 'h' ? PACE.rows : WAITING, peer.questionnaireId, 1_000 * (index + 1) + order),
  }));
  await Promise.all(
    all.map(async ({ device, saved, rows }) => {
      await device.page.exposeFunction('reportSaved', (reference: string) => void saved.add(reference));
      await device.offline();
      await device.startSaving(rows, PACE.atOnce, PACE.everyMs);
    }),
  );
  if (work === 'h-send') {
    const deadlineMs = performance.now() + SAVED_WITHIN_MS;
    await Promise.all(all.map(({ saved, rows }) => until('all is saved, or as much as will be', () => saved.size === rows.length || performance.now() > deadlineMs, 2 * SAVED_WITHIN_MS)));
    // The kill takes what these wait for.
    for (const { device } of all) void device.online().then(() => device.syncs(SAVED_WITHIN_MS)).catch(() => undefined);
  }
  await pause(afterMs);
}

/** What the last kill has done. */
async function recover(devices: Devices, { work }: Kill): Promise<void> {
  await Promise.all(
    [...devices].map(async ([{ entrant, peer, saved, sums }, device]) => {
      const { lost, doubled } = await settle(device, peer, saved);
      if (entrant.name === 'outpost' && lost + doubled > 0) console.error(`(${work}) Outpost has lost ${lost} and doubled ${doubled}.`);
      sums[work].saved += saved.size;
      sums[work].lost += lost;
      sums[work].doubled += doubled;
    }),
  );
}
