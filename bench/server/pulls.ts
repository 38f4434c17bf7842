/**
 * The last few changes of a great many rows: by a pull, and by the query that no pull can do without.
 */
import { BASE_PATH, PullPage } from '../../protocol/index.ts';
import * as v from 'valibot';
import { writeCursor } from '../../server/store/cursor.ts';
import { Client } from './load.ts';
import { rowsOf } from './rows.ts';
import type { PullRow } from './results.ts';
import type { Bench } from './scene.ts';
import { quantile } from './trials.ts';
import { Connection } from './wire.ts';

const CHANGES = 10;
/** As many as a page may have, and one more, as the server asks. */
const LIMIT = 1_001;
const FILL_TOGETHER = 10_000;
const WARM_UP = 100;

export interface PullPlan {
  readonly rows: number;
  readonly repeats: number;
}

export async function tryPull({ store, target }: Bench, { rows, repeats }: PullPlan): Promise<PullRow> {
  const { ledger, place, url } = target;
  await fill(target, rows);
  const { epoch, seq } = await ledger.standing(place);
  const since = writeCursor({ epoch, scope: { kind: 'workspace' }, seq: seq - CHANGES, floor: 0 });
  const client = new Client(target, target.keys[0] ?? '');
  const nobody = new Connection(url);
  const took = { query: new Array<number>(), http: new Array<number>(), pull: new Array<number>() };
  for (let repeat = -WARM_UP; repeat < repeats; repeat += 1) {
    const queryMs = await timed(() => ledger.changesAfter(place, seq - CHANGES, LIMIT), (found) => found === CHANGES);
    const httpMs = await timed(() => nobody.send('GET', `${BASE_PATH}/health`, ''), ({ status }) => status === 200);
    const pullMs = await timed(() => client.get(`/responses?since=${since}`), (page) => v.parse(PullPage, page).Changes.length === CHANGES);
    if (repeat < 0) continue;
    took.query.push(queryMs);
    took.http.push(httpMs);
    took.pull.push(pullMs);
  }
  client.close();
  nobody.close();
  return { store, rows, changes: CHANGES, bytesPerRow: Math.round((await ledger.bytes()) / rows), queryMs: quantile(took.query, 0.5), httpMs: quantile(took.http, 0.5), pullMs: quantile(took.pull, 0.5) };
}

async function fill({ ledger, place }: Bench['target'], rows: number): Promise<void> {
  const { stored } = await ledger.count();
  const makeRows = rowsOf(place, (await ledger.standing(place)).seq);
  for (let left = rows - stored; left > 0; left -= FILL_TOGETHER) await ledger.insert(makeRows(Math.min(left, FILL_TOGETHER)));
  await ledger.settle();
}

/** The second of two: the first wakes whoever has slept since the last of its kind, which takes longer than the work. */
async function timed<T>(work: () => Promise<T>, isRight: (result: T) => boolean): Promise<number> {
  await work();
  const startedMs = performance.now();
  const result = await work();
  const tookMs = performance.now() - startedMs;
  if (!isRight(result)) throw new Error('The answer is not the one that is measured.');
  return tookMs;
}
