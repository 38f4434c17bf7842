/**
 * `npm run test:soak -- --histories N --seed S`
 */
import { parseArgs } from 'node:util';
import { report, runWorld } from './world.ts';

const { values } = parseArgs({ options: { histories: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);
const verdict = await runWorld({ histories: Number(values.histories), seed });
console.log(report(verdict, seed));
process.exitCode = verdict.broken === null ? 0 : 1;
