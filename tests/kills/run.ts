/**
 * `npm run test:kills -- --kills N --clients N --seed S`
 */
import { parseArgs } from 'node:util';
import { killOnPostgres, killOnSqlite } from './kills.ts';

/** How soon a server that was killed must answer again. */
const MOST_START_MS = 2_000;

const { values } = parseArgs({ options: { kills: { type: 'string', default: '50' }, clients: { type: 'string', default: '64' }, seed: { type: 'string', default: '1' } } });
const options = { kills: Number(values.kills), clients: Number(values.clients), seed: Number(values.seed) };
for (const [store, kill] of [['SQLite', killOnSqlite], ['PostgreSQL', killOnPostgres]] as const) {
  const { records, edits, unheard, cutOff, startsMs, broken } = await kill(options);
  console.log(`${store}: ${startsMs.length} kills under ${options.clients} clients: ${records} records, ${edits} edits, ${broken.length} broken`);
  console.log(`  requests under way at a kill: ${spreadOf(cutOff)}; stored and not heard of: ${unheard}; answering again after ${spreadOf(startsMs)} ms`);
  for (const line of broken.slice(0, 20)) console.log(`  ${line}`);
  if (broken.length > 0 || records === 0 || Math.max(...startsMs) > MOST_START_MS) process.exitCode = 1;
}

function spreadOf(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  return [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((each) => Math.round(each ?? 0)).join(' / ');
}
