/**
 * One contender's work with N rows, on devices that are new each time.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { About } from './contract.ts';
import type { Bundle } from './bundle.ts';
import { startPeer, type Peer } from './peer.ts';
import { NOTHING, type Measured } from './results.ts';
import { CHANGED, makeRows } from './rows.ts';
import type { Traffic } from './traffic.ts';
import { Device, type Stage } from './stage.ts';
import type { Work } from './works.ts';

/** A contender, ready to be measured. */
export interface Entrant {
  readonly name: string;
  readonly about: About;
  /** Path of its `server.ts`. */
  readonly module: string;
  readonly bundle: Bundle;
}

const QUIET_MS = 300;
/** Of the memory a moment ago: less than that, and something was still let go. */
const SETTLED = 0.99;
/** How long a device is offline at least after rows were saved: by then what tries to send at once has given up, as it would have in the field. */
export const OFFLINE_MS = 2_000;

/** All timed works with `n` rows, each once; what does not get to the end counts as all lost. */
export async function tryAll(stage: Stage, entrant: Entrant, n: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const trial of [outAndBack, singleSaves, firstPull]) {
    if (trial === singleSaves && entrant.about.cannot?.['a-single'] !== undefined) continue;
    const notes = new Notes(entrant, n);
    const peer = await startPeer(entrant.module, entrant.bundle.folder);
    try {
      await trial(stage, peer, notes);
    } catch (error) {
      if (!stage.isOpen()) throw error;
      notes.fail(error);
    } finally {
      for (const page of stage.context.pages().slice(1)) await page.close();
      await peer.stop();
    }
    measured.push(...notes.all);
  }
  return measured;
}

class Notes {
  readonly all: Measured[] = [];
  readonly n: number;
  readonly #entrant: Entrant;
  #work: Work = 'a';

  constructor(entrant: Entrant, n: number) {
    this.#entrant = entrant;
    this.n = n;
  }

  get about(): About {
    return this.#entrant.about;
  }

  /** Measures one work, unless the contender cannot do it. */
  async of(work: Work, measure: () => Promise<Partial<Measured>>): Promise<void> {
    this.#work = work;
    if (this.#entrant.about.cannot?.[work] === undefined) this.add(work, await measure());
  }

  add(work: Work, values: Partial<Measured>): void {
    this.all.push({ ...NOTHING, work, n: this.n, contender: this.#entrant.name, ...values });
  }

  fail(error: unknown): void {
    console.error(`${this.#entrant.name}, (${this.#work}) with ${this.n}:`, error);
    this.add(this.#work, { lost: this.n });
  }
}

/** A day without a network and the evening with one: created, sent, changed here and there, started again. */
async function outAndBack(stage: Stage, peer: Peer, notes: Notes): Promise<void> {
  const { n } = notes;
  const [one, ...rows] = makeRows(n + 1, peer.questionnaireId);
  const references = rows.filter((_, index) => index % Math.floor(n / CHANGED) === 0).slice(0, CHANGED).map(({ id }) => id);
  if (one === undefined) throw new Error('There are no rows.');
  const device = await openDevice(stage, peer, notes);
  await device.offline();
  await notes.of('a', async () => ({ ms: await device.timed(['createAll', rows]), lost: n - (await device.list()) }));
  await pause(OFFLINE_MS);
  await notes.of('b', async () => ({ ...(await counted(peer, () => device.timedOnline(['sync']))), ...(await kept(peer, n)) }));
  await notes.of('b-pull', async () => ({ ...(await counted(peer, () => device.timed(['pull']))), ...(await kept(peer, n)) }));
  await notes.of('d', async () => ({ ...(await counted(peer, () => device.timed(['change', references], ['sync']))), ...(await kept(peer, n)) }));
  await notes.of('d-pull', async () => {
    await device.offline();
    await peer.change(references);
    return { ...(await counted(peer, () => device.timedOnline(['pull']))), ...(await kept(peer, n)) };
  });
  await notes.of('g', async () => ({ ...(await counted(peer, () => device.timed(['createEach', [one]], ['sync']))), ...(await kept(peer, n + 1)) }));
  await device.reload();
  await notes.of('e', async () => ({ ms: await device.timed(['open']) }));
  await notes.of('e-paint', async () => ({ ms: await device.painted() }));
  // What has no room in localStorage is in the list once the journal was read.
  notes.add('k', { bytes: await settledHeapBytes(device), lost: n + 1 - (await device.list()) });
}

async function singleSaves(stage: Stage, peer: Peer, notes: Notes): Promise<void> {
  const device = await openDevice(stage, peer, notes);
  await device.offline();
  const rows = makeRows(notes.n, peer.questionnaireId);
  await notes.of('a-single', async () => ({ ms: await device.timed(['createEach', rows]), lost: notes.n - (await device.list()) }));
}

async function firstPull(stage: Stage, peer: Peer, notes: Notes): Promise<void> {
  await peer.seed(makeRows(notes.n, peer.questionnaireId));
  const device = await Device.open(stage, peer, notes.about);
  await quiet(peer);
  await notes.of('c', async () => ({ ...(await counted(peer, () => device.timed(['open'], ['pull']))), lost: notes.n - (await device.list()) }));
}

/** Once nothing more is let go: a start may go on after the list is there, with what it read from the disk in its hands. */
async function settledHeapBytes(device: Device): Promise<number> {
  for (let before = await device.heapBytes(); ; ) {
    await pause(QUIET_MS);
    const now = await device.heapBytes();
    if (now >= before * SETTLED) return now;
    before = now;
  }
}

/** A device that has been started once with a network, before it holds anything. */
async function openDevice(stage: Stage, peer: Peer, notes: Notes): Promise<Device> {
  const device = await Device.open(stage, peer, notes.about);
  await device.timed(['open'], ['pull']);
  return device;
}

/** With what went over the network for it, also after the page had what it waited for: nothing of it is left when the next is measured. */
async function counted(peer: Peer, measure: () => Promise<number>): Promise<Pick<Measured, 'ms' | 'bytes' | 'requests'>> {
  const before = await peer.traffic();
  const ms = await measure();
  const after = await quiet(peer);
  return { ms, bytes: after.bytes - before.bytes, requests: after.requests - before.requests };
}

/** Waits until nothing has gone over the network for a while. */
async function quiet(peer: Peer): Promise<Traffic> {
  for (let before = await peer.traffic(); ; ) {
    await pause(QUIET_MS);
    const now = await peer.traffic();
    if (now.bytes === before.bytes) return now;
    before = now;
  }
}

async function kept(peer: Peer, n: number): Promise<Pick<Measured, 'lost' | 'doubled'>> {
  const { rows, distinct } = await peer.count();
  return { lost: n - distinct, doubled: rows - distinct };
}
