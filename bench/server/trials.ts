/**
 * The floor and the server in turn, round after round, so that both meet the same moods of the machine.
 */
import { spreadOf } from '../results.ts';
import { type Pushed, type Work, insert, push, togetherIn } from './load.ts';
import type { CountRow, PushRow } from './results.ts';
import type { Bench } from './scene.ts';

const BATCH = 100;
const CLIENTS = [1, 16, 64];
const WORKS: readonly Work[] = [1, BATCH].flatMap((batch) => CLIENTS.map((clients) => ({ clients, batch })));

/** One round of one work on one store. */
interface Trial {
  readonly bench: Bench;
  readonly work: Work;
  readonly pushed: Pushed;
  readonly floorPerSecond: number;
}

export interface PushPlan {
  readonly rounds: number;
  readonly pushMs: number;
  readonly floorMs: number;
}

export async function tryPushes(benches: readonly Bench[], { rounds, pushMs, floorMs }: PushPlan): Promise<{ readonly pushes: PushRow[]; readonly counts: CountRow[] }> {
  const trials: Trial[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const work of WORKS) {
      for (const bench of benches) {
        // Half of the floor before and half after: what changes meanwhile changes both.
        const before = await insert(bench.floor, bench.makeRows, togetherIn(work), floorMs / 2);
        const pushed = await push(bench.target, work, pushMs);
        const after = await insert(bench.floor, bench.makeRows, togetherIn(work), floorMs / 2);
        trials.push({ bench, work, pushed, floorPerSecond: (before + after) / 2 });
      }
    }
    console.log(`Round ${round} of ${rounds} is done.`);
  }
  const pushes = benches.flatMap((bench) => WORKS.map((work) => summed(trials.filter((trial) => trial.bench === bench && trial.work === work))));
  const counts = benches.map(async (bench): Promise<CountRow> => {
    const acknowledged = trials.filter((trial) => trial.bench === bench).reduce((sum, { pushed }) => sum + pushed.rows, 0);
    return { store: bench.store, acknowledged, ...(await bench.target.ledger.count()) };
  });
  return { pushes, counts: await Promise.all(counts) };
}

function summed(trials: readonly Trial[]): PushRow {
  const [first] = trials;
  if (first === undefined) throw new Error('There was no round.');
  const { bench, work } = first;
  const of = (pick: (trial: Trial) => number) => spreadOf(trials.map(pick)) ?? { min: 0, median: 0, max: 0 };
  const perSecond = ({ pushed }: Trial): number => pushed.rows / pushed.seconds;
  return {
    store: bench.store,
    ...work,
    together: togetherIn(work),
    perSecond: of(perSecond),
    floorPerSecond: of(({ floorPerSecond }) => floorPerSecond),
    ofFloor: of((trial) => perSecond(trial) / trial.floorPerSecond).median,
    p50Ms: of(({ pushed }) => quantile(pushed.tookMs, 0.5)).median,
    p99Ms: of(({ pushed }) => quantile(pushed.tookMs, 0.99)).median,
    serverCpu: of(({ pushed }) => pushed.serverCpu).median,
    clientsCpu: of(({ pushed }) => pushed.clientsCpu).median,
  };
}

/** The least value that so large a share of all does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
