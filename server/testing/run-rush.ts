/**
 * `npm run test:stores -- --seconds N`
 */
import { parseArgs } from 'node:util';
import { failOver } from './failover.ts';
import { rush } from './rush.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, writers: { type: 'string', default: '16' } } });
const seconds = Number(values.seconds);
let endsAtMs: number | null = null;
const { records, edits, pages, broken } = await rush({
  writers: Number(values.writers),
  goesOn: () => {
    endsAtMs ??= performance.now() + seconds * 1_000;
    return performance.now() < endsAtMs;
  },
});
console.log(`${seconds} s, ${values.writers} writers, two servers: ${records} records, ${edits} edits, ${pages} pages pulled, ${broken.length} broken`);
for (const line of broken.slice(0, 20)) console.log(line);
const { acknowledged, lost, doubled, pauseMs } = await failOver(Number(values.writers), 50);
console.log(`The primary lost, its standby promoted: ${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled; nothing was acknowledged for ${pauseMs} ms`);
process.exitCode = broken.length === 0 && records > 0 && lost === 0 && doubled === 0 ? 0 : 1;
