/**
 * `npm run bench:abuse`: what each attack costs the server's memory, and somebody honest beside it their time.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ATTACKS, type Attack } from './attacks.ts';
import { type Target, beHonest, startTarget } from './target.ts';

/** An attack's connections, and what is on its way in them, may cost so much and no more. */
const MOST_MEGABYTES = 400;
const LOOK_EVERY_MS = 50;
const CALM_MS = 5_000;

type Row = Readonly<Record<string, string | number>>;

const target = await startTarget(100);
const rows: Row[] = [];
try {
  const calm = await measure(target, { name: 'nothing', run: () => pause(CALM_MS, new Map()) });
  rows.push(calm);
  for (const attack of ATTACKS) rows.push(await measure(target, attack));
} finally {
  await target.end();
}
console.table(rows);
const beyond = rows.filter((row) => Number(row['MB more']) > MOST_MEGABYTES);
console.log(beyond.length === 0 ? `No attack took more than ${MOST_MEGABYTES} MB.` : `Beyond ${MOST_MEGABYTES} MB: ${beyond.map((row) => row['attack']).join('; ')}`);
process.exitCode = beyond.length === 0 ? 0 : 1;

async function measure(target: Target, { name, run }: Attack): Promise<Row> {
  const before = target.memory();
  let peak = before;
  const looking = setInterval(() => (peak = Math.max(peak, target.memory())), LOOK_EVERY_MS);
  const attacking = run(target);
  const [tally, took] = await Promise.all([attacking, beHonest(target, attacking)]);
  clearInterval(looking);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(1));
  return {
    attack: name,
    'came of it': [...tally].map(([what, times]) => `${what} × ${times}`).join(', '),
    'MB before': toMegabytes(before),
    'MB more': toMegabytes(peak - before),
    'honest p50 ms': at(0.5),
    'p99 ms': at(0.99),
    'most ms': at(1),
  };
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}
