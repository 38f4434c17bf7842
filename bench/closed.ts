/**
 * (j): what was saved without a network, in a tab that is closed before there is one.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startPeer, type Peer } from './peer.ts';
import type { Measured } from './results.ts';
import { makeRows } from './rows.ts';
import { orLost, ownSite, settle } from './settle.ts';
import { Device, type Stage } from './stage.ts';
import { OFFLINE_MS, type Entrant } from './trials.ts';

const CLOSED_WITH = 100;
/** If nothing arrives for so long, nothing will before somebody opens the page. */
const GIVEN_UP_MS = 5_000;

/** `ms` is null if not all arrived before the page was opened again; lost is what did not arrive then, either. */
export async function tryClosedTab(stage: Stage, entrant: Entrant): Promise<Measured> {
  const behind = await startPeer(entrant.module, entrant.bundle.folder);
  try {
    return await orLost(stage, { contender: entrant.name, work: 'j', n: CLOSED_WITH }, () => tryOne(stage, entrant, ownSite(behind)));
  } finally {
    await behind.stop();
  }
}

async function tryOne(stage: Stage, { about }: Entrant, peer: Peer): Promise<Pick<Measured, 'ms' | 'lost' | 'doubled'>> {
  const rows = makeRows(CLOSED_WITH, peer.questionnaireId);
  const device = await Device.open(stage, peer, about);
  await device.timed(['open'], ['pull']);
  await device.offline();
  await device.timed(['createAll', rows]);
  await pause(OFFLINE_MS);
  await device.close();
  const startedMs = performance.now();
  await device.onlineWithoutPage();
  const arrivedMs = await arrival(peer);
  const next = await Device.open(stage, peer, { ...about, isUsedToErrors: true });
  await next.timed(['open']);
  const settled = await settle(next, peer, new Set(rows.map(({ id }) => id)));
  await next.close();
  return { ms: arrivedMs === null ? null : arrivedMs - startedMs, ...settled };
}

/** When the last row came; null once nothing more has come for a while. */
async function arrival(peer: Peer): Promise<number | null> {
  let last = { distinct: 0, atMs: performance.now() };
  while (performance.now() - last.atMs < GIVEN_UP_MS) {
    const { distinct } = await peer.count();
    if (distinct > last.distinct) last = { distinct, atMs: performance.now() };
    if (distinct === CLOSED_WITH) return last.atMs;
    await pause(20);
  }
  return null;
}
