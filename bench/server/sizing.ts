/**
 * What a great many devices would need, worked out from what was measured. A calculation, and no measurement.
 */
import { type Table, number } from '../tables.ts';
import type { ServerResults } from './results.ts';

/** What is assumed of people, and of how full machines may be. */
const ASSUMED = {
  devices: 10_000_000,
  responsesADay: 4,
  /** Each asks for what is new. */
  opensADay: 6,
  /** Of a day, in its busiest hour. */
  busiestHour: 0.15,
  /** The busiest minute is so many times the busiest hour's average. */
  burst: 3,
  /** Of all devices, with the app on the screen at the busiest moment. */
  open: 0.05,
  /** Of memory, for an open stream of hints: what 5,000 took in `npm run bench:abuse`. */
  streamBytes: 30_000,
  streamsAProcess: 20_000,
  /** How busy a processor may be at the busiest moment. */
  busy: 0.5,
  /** How often each stream asks again who holds it. */
  heartbeatSeconds: 25,
  /** On one primary, so that it can be copied in a night. */
  shardBytes: 2e12,
  /** The primary and two standbys, of which either may be lost. */
  copies: 3,
} as const;

/** On PostgreSQL. @returns null if that was not measured */
export function sizingTable({ pushes, pulls }: Pick<ServerResults, 'pushes' | 'pulls'>): Table | null {
  const push = pushes.filter(({ store, batch }) => store === 'postgres' && batch === 1).toSorted((a, b) => b.clients - a.clients)[0];
  const pull = pulls.find(({ store }) => store === 'postgres');
  if (push === undefined || pull === undefined) return null;
  const { devices, responsesADay, opensADay, busiestHour, burst, open, streamBytes, streamsAProcess, busy, heartbeatSeconds, shardBytes, copies } = ASSUMED;

  const peakOf = (aDay: number): number => ((aDay * busiestHour) / 3_600) * burst;
  const responses = devices * responsesADay;
  const pushPeak = peakOf(responses);
  const pullPeak = peakOf(devices * opensADay);
  const cpuSeconds = push.serverCpu / push.perSecond.median;
  const processors = ((pushPeak + pullPeak) * cpuSeconds) / busy;
  const streams = devices * open;
  const processes = Math.max(Math.ceil(processors), Math.ceil(streams / streamsAProcess));
  const yearBytes = responses * pull.bytesPerRow * 365;
  const shards = Math.ceil(yearBytes / shardBytes);
  const whole = (value: number): string => number(Math.round(value));
  const terabytes = (bytes: number): string => `${(bytes / 1e12).toFixed(1)} TB`;
  return {
    head: ['what', 'how', 'calculated'],
    rows: [
      ['responses a day', `${whole(devices)} devices × ${responsesADay}`, whole(responses)],
      ['pushes a second, busiest minute', `each alone; ${percent(busiestHour)} of a day in an hour, × ${burst}`, whole(pushPeak)],
      ['pulls a second, busiest minute', `${opensADay} a day and device, likewise`, whole(pullPeak)],
      ['processors for both', `${(cpuSeconds * 1e6).toFixed(0)} µs of the server for each, measured with ${push.clients} clients, a pull taken for a push; ${percent(busy)} busy`, processors.toFixed(1)],
      ['open streams of hints', `${percent(open)} of the devices`, whole(streams)],
      ['memory for them', `${whole(streamBytes / 1_000)} kB each, measured by bench:abuse`, `${whole((streams * streamBytes) / 1e9)} GB`],
      ['questions who holds them', `each every ${heartbeatSeconds} s, up to 20 in a query`, `${whole(streams / heartbeatSeconds)} a second, ${whole(streams / heartbeatSeconds / 20)} queries`],
      ['server processes', `the more of one for each processor and one for ${whole(streamsAProcess)} streams`, whole(processes)],
      ['storage of a year', `${whole(pull.bytesPerRow)} bytes a response with its indexes, measured with ${whole(pull.rows)}`, `${terabytes(yearBytes)}, in ${copies} copies ${terabytes(yearBytes * copies)}`],
      ['shards for a year', `${terabytes(shardBytes)} on one primary`, whole(shards)],
      ['writes a second and shard, busiest minute', `measured on one process and one PostgreSQL: ${whole(push.perSecond.median)} one by one, its floor ${whole(push.floorPerSecond.median)}`, whole(pushPeak / shards)],
    ],
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
