/**
 * `npm run test:mutants`: puts a known fault into the page, the worker or their storage, one at a time, and shows that
 * the world finds it. Prints the fault, the seed and the length of the history after it was made short.
 */
import { parseArgs } from 'node:util';
import { described } from './history.ts';
import { MUTANTS } from './mutants.ts';
import { runWorld } from './world.ts';

const { values } = parseArgs({
  options: { histories: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' }, verbose: { type: 'boolean', default: false } },
});
const seed = Number(values.seed);
let missed = 0;
for (const { name, ...faults } of MUTANTS.filter((each) => each.name.includes(values.only))) {
  const { ran, broken } = await runWorld({ histories: Number(values.histories), seed, ...faults });
  if (broken === null) missed += 1;
  console.log(broken === null ? `NOT FOUND in ${ran} histories: ${name}` : `found: ${name} · seed ${seed}, history ${ran}, shortened to ${broken.history.moments.length} steps · ${broken.what[0] ?? ''}`);
  if (values.verbose && broken !== null) console.log([...broken.what, described(broken.history)].join('\n'));
}
console.log(missed === 0 ? 'Every seeded bug was found.' : `${missed} seeded bugs were not found.`);
process.exitCode = missed === 0 ? 0 : 1;
