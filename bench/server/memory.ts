/**
 * Whether a server that is asked steadily holds more and more.
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { PullPage } from '../../protocol/index.ts';
import { Client } from './load.ts';
import type { MemoryRow, Sample } from './results.ts';
import type { Bench } from './scene.ts';

const CLIENTS = 16;
const BATCH = 10;
/** Between two rounds of a client. */
const PAUSE_MS = 100;
const LOOK_EVERY_MS = 5_000;

/**
 * As in a small container: V8 looks through all that it has every few seconds, where it would let a day's garbage lie otherwise. The
 * room for what is new it doubles whenever much of that is kept, to 64 MB at last, perhaps after ten minutes: less of it is all
 * taken in the first one.
 */
export const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=128 --max-semi-space-size=8' } as const;

/** Each client stores a response, then ten, then pulls what is new, again and again. */
export async function watchMemory({ store, target }: Bench, minutes: number): Promise<MemoryRow> {
  const startedMs = performance.now();
  const endMs = startedMs + minutes * 60_000;
  const samples: Sample[] = [];
  let rows = 0;
  let pulls = 0;
  const working = target.keys.slice(0, CLIENTS).map(async (key) => {
    const client = new Client(target, key);
    let cursor = '';
    while (performance.now() < endMs) {
      const one = await client.push(1);
      const many = await client.push(BATCH);
      const page = v.parse(PullPage, await client.get(`/responses?limit=200&since=${cursor}`));
      cursor = page.Cursor;
      rows += one + many;
      pulls += 1;
      await pause(PAUSE_MS);
    }
    client.close();
  });
  const looking = (async () => {
    while (performance.now() < endMs) {
      await pause(LOOK_EVERY_MS);
      const { rssBytes, heapBytes } = await target.usage();
      samples.push({ seconds: Math.round((performance.now() - startedMs) / 1_000), rssMb: rssBytes / 1e6, heapMb: heapBytes / 1e6 });
    }
  })();
  await Promise.all([...working, looking]);
  return { store, at: new Date().toISOString(), clients: CLIENTS, minutes, rows, pulls, samples };
}

/** So much of the time is left out: caches fill, and V8 takes what it needs. */
const WARM_UP = 0.5;
/** A growth that is more than the ups and downs of a garbage collector. */
const MOST_SHARE = 0.05;

export interface Growth {
  /** After the warm-up, and at the end. */
  readonly fromMb: number;
  readonly toMb: number;
  readonly mbAnHour: number;
  readonly isFlat: boolean;
}

/** The straight line that fits the samples after the warm-up best. */
export function growthOf(samples: readonly Sample[], pick: (sample: Sample) => number): Growth {
  const last = samples.at(-1)?.seconds ?? 0;
  const warm = samples.filter(({ seconds }) => seconds >= last * WARM_UP);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = { seconds: mean(warm.map(({ seconds }) => seconds)), mb: mean(warm.map(pick)) };
  const spread = warm.reduce((sum, { seconds }) => sum + (seconds - middle.seconds) ** 2, 0);
  const covered = warm.reduce((sum, sample) => sum + (sample.seconds - middle.seconds) * (pick(sample) - middle.mb), 0);
  const slope = spread === 0 ? 0 : covered / spread;
  const at = (seconds: number): number => middle.mb + slope * (seconds - middle.seconds);
  const fromMb = at(warm[0]?.seconds ?? 0);
  const toMb = at(last);
  return { fromMb, toMb, mbAnHour: slope * 3_600, isFlat: toMb - fromMb <= fromMb * MOST_SHARE };
}
