/**
 * `npm run bench:server`: what the server takes on each store, beside what its database takes without it.
 *
 * `--quick`: one round, fewer rows to pull from, and nothing is written down. `--pulls`: nothing but the pulls; `--minutes 10`:
 * nothing but a steady load for so long, to see whether its memory grows. These two go to what was recorded of the rest.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { thisMachine } from '../machine.ts';
import { readRecorded } from '../recorded.ts';
import { asText } from '../tables.ts';
import { SMALL_HEAP, watchMemory } from './memory.ts';
import { serverPage } from './page.ts';
import { tryPull, type PullPlan } from './pulls.ts';
import { ServerResults } from './results.ts';
import { openScene, type Scene } from './scene.ts';
import { countTable, memoryTable, pullTable, pushTable, verdicts } from './tables.ts';
import { tryPushes, type PushPlan } from './trials.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, pulls: { type: 'boolean', default: false }, minutes: { type: 'string', default: '0' } } });
const ROOT = join(import.meta.dirname, '../..');
const LATEST = join(ROOT, 'bench/results/server-latest.json');

const PLANS: Readonly<Record<'full' | 'quick', PushPlan & PullPlan>> = {
  full: { rounds: 5, pushMs: 3_000, floorMs: 1_500, rows: 1_000_000, repeats: 1_000 },
  quick: { rounds: 1, pushMs: 2_000, floorMs: 1_000, rows: 100_000, repeats: 300 },
};
const PLAN = PLANS[values.quick ? 'quick' : 'full'];
const MINUTES = Number(values.minutes);

async function tell(results: ServerResults): Promise<void> {
  for (const table of [pushTable(results), countTable(results), pullTable(results), memoryTable(results)]) if (table.rows.length > 0) console.log(`\n${asText(table)}`);
  console.log(`\n${verdicts(results).join('\n')}`);
  if (values.quick) return;
  await writeFile(LATEST, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(ROOT, 'docs/benchmarks-server.md'), serverPage(results));
}

/** The last changes of many rows, on one store after the other. */
async function pullsOf({ benches }: Scene): Promise<ServerResults['pulls']> {
  const pulls: ServerResults['pulls'] = [];
  for (const bench of benches) pulls.push(await tryPull(bench, PLAN));
  return pulls;
}

const before = await readRecorded(LATEST, ServerResults);
const isPart = values.pulls || MINUTES > 0;
if (isPart && before === null) throw new Error('There is nothing to add it to: run `npm run bench:server` first.');
const scene = await openScene(MINUTES > 0 ? SMALL_HEAP : {});
try {
  if (isPart && before !== null) {
    // Memory of both at once: neither has much to do.
    const memory = MINUTES > 0 ? await Promise.all(scene.benches.map((bench) => watchMemory(bench, MINUTES))) : before.memory;
    await tell({ ...before, memory, pulls: values.pulls ? await pullsOf(scene) : before.pulls });
  } else {
    const { pushes, counts } = await tryPushes(scene.benches, PLAN);
    const pulls = await pullsOf(scene);
    const machine = thisMachine(['npm run bench:server', ...(values.quick ? ['-- --quick'] : [])].join(' '));
    await tell({ machine, postgres: scene.postgres, rounds: PLAN.rounds, pushes, counts, pulls, memory: before?.memory ?? [] });
    process.exitCode = counts.every(({ acknowledged, stored, different }) => acknowledged === stored && stored === different) ? 0 : 1;
  }
  console.log(`\nTook ${Math.round(performance.now() / 1_000)} s.`);
} finally {
  await scene.end();
}
