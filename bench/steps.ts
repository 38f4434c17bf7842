/**
 * Where the time of one push goes: Outpost's (d) and (g), step by step, as the browser itself tells of the request.
 */
import * as v from 'valibot';
import { startPeer } from './peer.ts';
import { spreadOf } from './results.ts';
import { CHANGED, makeRows } from './rows.ts';
import { type Call, Device, type Stage } from './stage.ts';
import type { Table } from './tables.ts';
import type { Entrant } from './trials.ts';

const N = 1_000;
const REPEATS = 20;

/** Milliseconds from the beginning. */
const Moments = v.object({
  /** The journal's transaction is on the disk. */
  saved: v.number(),
  /** The page asks for the request. */
  asked: v.number(),
  /** The worker hears of it. */
  heard: v.number(),
  /** The first byte of the answer is in the page. */
  answered: v.number(),
  /** The page knows that nothing waits. */
  known: v.number(),
});
type Moments = v.InferOutput<typeof Moments>;

const STEPS: readonly (readonly [string, (moments: Moments) => number])[] = [
  ['until the journal’s transaction is on the disk', ({ saved }) => saved],
  ['from there until the page asks', ({ saved, asked }) => asked - saved],
  ['until the worker hears it', ({ asked, heard }) => heard - asked],
  ['worker, network, server and back', ({ heard, answered }) => answered - heard],
  ['until the page has it in its models', ({ answered, known }) => known - answered],
  ['all', ({ known }) => known],
];

/** Medians of the steps of ten changes and of one new row, among a thousand. */
export async function tryPushSteps(stage: Stage, entrant: Entrant): Promise<Table> {
  const peer = await startPeer(entrant.module, entrant.bundle.folder);
  try {
    const [spare, rows] = [makeRows(N + REPEATS, peer.questionnaireId).slice(N), makeRows(N, peer.questionnaireId)];
    const references = rows.filter((_, index) => index % (N / CHANGED) === 0).map(({ id }) => id);
    const device = await Device.open(stage, peer, entrant.about);
    await device.timed(['open'], ['pull'], ['createAll', rows], ['sync']);
    const ten: Moments[] = [];
    const one: Moments[] = [];
    for (const row of spare) {
      ten.push(v.parse(Moments, await device.page.evaluate(measurePush, ['change', references] satisfies Call)));
      one.push(v.parse(Moments, await device.page.evaluate(measurePush, ['createEach', [row]] satisfies Call)));
    }
    const cells = ([name, of]: (typeof STEPS)[number]): string[] => [name, ...[ten, one].map((all) => spreadOf(all.map(of))?.median.toFixed(1) ?? '–')];
    return { head: [`milliseconds, medians of ${REPEATS}`, '(d) ten changes', '(g) one row'], rows: STEPS.map(cells) };
  } finally {
    await peer.stop();
  }
}

/** In the page. */
async function measurePush(call: Call): Promise<unknown> {
  const { contender } = window;
  if (contender === undefined) throw new Error('There is no contender on this page.');
  const told = new Promise<PerformanceResourceTiming>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!(entry instanceof PerformanceResourceTiming) || !/\/api\/v1\/(sync|responses)/.test(entry.name)) continue;
        observer.disconnect();
        resolve(entry);
      }
    });
    observer.observe({ type: 'resource' });
  });
  const startedMs = performance.now();
  const since = (ms: number): number => ms - startedMs;
  const [name, ...args] = call;
  await Reflect.apply(contender[name], contender, args);
  const saved = since(performance.now());
  await contender.sync();
  const known = since(performance.now());
  const request = await told;
  return { saved, asked: since(request.startTime), heard: since(request.workerStart), answered: since(request.responseStart), known };
}
