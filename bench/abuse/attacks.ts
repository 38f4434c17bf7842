/**
 * What somebody may do to a server who means it no good, or does not know better.
 */
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { type Socket, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { BASE_PATH } from '../../protocol/index.ts';
import { until } from '../../tests/harness/until.ts';
import type { Target } from './target.ts';

export interface Attack {
  readonly name: string;
  /** Resolves with what came of it, after it has let go of everything. */
  readonly run: (target: Target) => Promise<Tally>;
}

/** How often each thing came of it: a status, or what else. */
export type Tally = ReadonlyMap<string, number>;

class Counts extends Map<string, number> {
  add(name: string | number): void {
    this.set(String(name), (this.get(String(name)) ?? 0) + 1);
  }
}

/** How long those go on that send all the time. */
const SENDING_MS = 8_000;
/** How long those hold what they have: past the time that headers may take, and past a heartbeat of the streams. */
const HOLDING_MS = 30_000;

const MEGABYTE = Buffer.alloc(1_000_000, ' ');

export const ATTACKS: readonly Attack[] = [
  { name: '100 MB bodies, 8 at a time, by an account', run: (target) => inLoops(8, (counts) => sendLong(target, 100, counts)) },
  { name: '5 MB of brackets, 4 at a time, by an account', run: (target) => inLoops(4, (counts) => sendBody(target, '['.repeat(4_900_000), counts)) },
  { name: '10,000-deep JSON, 16 at a time, by an account', run: (target) => inLoops(16, (counts) => sendBody(target, `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, counts)) },
  { name: '5 MB of values, 4 at a time, by an account', run: (target) => inLoops(4, (counts) => sendBody(target, `{"Push":[${'[],'.repeat(1_500_000)}1]}`, counts)) },
  { name: '1,000 connections that never finish their headers', run: (target) => dribble(target, 1_000) },
  { name: '5,000 streams of hints of 100 accounts', run: (target) => listen(target, target.keys.slice(0, 100), 50) },
  { name: '5,000 streams of hints of one account', run: (target) => listen(target, target.keys.slice(0, 1), 5_000) },
];

async function inLoops(loops: number, once: (counts: Counts) => Promise<void>): Promise<Tally> {
  const counts = new Counts();
  const endMs = performance.now() + SENDING_MS;
  await Promise.all(
    Array.from({ length: loops }, async () => {
      while (performance.now() < endMs) await once(counts);
    }),
  );
  return counts;
}

function headersOf({ keys }: Target): OutgoingHttpHeaders {
  return { authorization: `Bearer ${keys[1] ?? ''}`, 'content-type': 'application/json' };
}

function sendBody(target: Target, body: string, counts: Counts): Promise<void> {
  return send(target, { ...headersOf(target), 'content-length': Buffer.byteLength(body) }, (sent) => sent.end(body), counts);
}

/** Without a length, so that the server has to find out by itself. */
function sendLong(target: Target, megabytes: number, counts: Counts): Promise<void> {
  return send(
    target,
    headersOf(target),
    (sent) => {
      let left = megabytes;
      const more = (): void => {
        while (left > 0 && !sent.destroyed) {
          left -= 1;
          if (!sent.write(MEGABYTE)) return void sent.once('drain', more);
        }
        sent.end();
      };
      more();
    },
    counts,
  );
}

function send({ port }: Target, headers: OutgoingHttpHeaders, write: (sent: ReturnType<typeof request>) => void, counts: Counts): Promise<void> {
  return new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', agent: false, method: 'POST', path: `${BASE_PATH}/sync`, headers });
    sent.once('response', (answer) => {
      counts.add(answer.statusCode ?? 0);
      sent.destroy();
      resolve();
    });
    sent.once('error', () => {
      counts.add('cut off');
      resolve();
    });
    write(sent);
  });
}

async function dribble({ port }: Target, connections: number): Promise<Tally> {
  const counts = new Counts();
  const sockets = new Set<Socket>();
  const endMs = performance.now() + HOLDING_MS;
  for (let n = 0; n < connections; n += 1) {
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('data', (answer) => counts.add(/^HTTP\/1\.1 (\d+)/.exec(String(answer))?.[1] ?? 'data'));
    socket.once('error', () => counts.add('cut off')).once('close', () => sockets.delete(socket));
    socket.write('GET / HTTP/1.1\r\nX-Slow: ');
    if (n % 50 === 49) await pause(10);
  }
  while (sockets.size > 0 && performance.now() < endMs) {
    for (const socket of sockets) socket.write('x');
    await pause(500);
  }
  counts.set('still open', sockets.size);
  for (const socket of sockets) socket.destroy();
  return counts;
}

async function listen({ port }: Target, keys: readonly string[], each: number): Promise<Tally> {
  const counts = new Counts();
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  let opened = 0;
  for (const key of keys) {
    for (let n = 0; n < each; n += 1) {
      const sent = request({ port, host: '127.0.0.1', agent, path: `${BASE_PATH}/events`, headers: { authorization: `Bearer ${key}` } }, (answer) => {
        counts.add(answer.statusCode ?? 0);
        answer.on('error', () => {}).resume();
      });
      sent.once('error', () => counts.add('refused')).end();
      opened += 1;
      // As fast as a script does it, and not faster than this process can follow.
      if (opened % 25 === 0) await pause(5);
    }
  }
  await until('every stream has an answer', () => [...counts.values()].reduce((sum, times) => sum + times, 0) === opened, 60_000);
  await pause(HOLDING_MS);
  agent.destroy();
  return counts;
}
