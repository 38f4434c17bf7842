/**
 * Clients that push as fast as they are answered, each on a connection of its own, and the floor of the same rows.
 */
import * as v from 'valibot';
import { BASE_PATH } from '../../protocol/index.ts';
import type { Ledger } from './ledger.ts';
import type { MakeRows } from './rows.ts';
import type { Target } from './target.ts';
import { Connection } from './wire.ts';

export interface Work {
  readonly clients: number;
  /** Responses in a request; 1 goes as a PUT of its own. */
  readonly batch: number;
}

export interface Pushed {
  /** Acknowledged as new. */
  readonly rows: number;
  readonly seconds: number;
  /** Of each request, in milliseconds. */
  readonly tookMs: readonly number[];
  /** Of a processor, while it went on: 1 is all of one. */
  readonly serverCpu: number;
  readonly clientsCpu: number;
}

const One = v.object({ Status: v.literal('applied') });
const Many = v.object({ Results: v.array(One) });

export async function push(target: Target, { clients, batch }: Work, forMs: number): Promise<Pushed> {
  const tookMs: number[] = [];
  let rows = 0;
  const before = await target.usage();
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const endMs = startedMs + forMs;
  await Promise.all(
    target.keys.slice(0, clients).map(async (key) => {
      const client = new Client(target, key);
      for (let atMs = performance.now(); atMs < endMs; ) {
        const acknowledged = await client.push(batch);
        rows += acknowledged;
        const doneMs = performance.now();
        tookMs.push(doneMs - atMs);
        atMs = doneMs;
      }
      client.close();
    }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const after = await target.usage();
  return { rows, seconds, tookMs, serverCpu: (after.cpuSeconds - before.cpuSeconds) / seconds, clientsCpu: (user + system) / 1e6 / seconds };
}

/** One device, with its key. */
export class Client {
  readonly #connection: Connection;
  readonly #device = crypto.randomUUID();
  readonly #content: () => string;
  readonly #headers: string;

  constructor({ url, content }: Target, key: string) {
    this.#connection = new Connection(url);
    this.#content = content;
    this.#headers = `Authorization: Bearer ${key}\r\n`;
  }

  /** Stores so many new responses in one request. Throws unless all are acknowledged. @returns how many */
  async push(count: number): Promise<number> {
    if (count === 1) {
      const headers = `${this.#headers}Outpost-Device: ${this.#device}\r\nOutpost-Revision: 1\r\nOutpost-Base: 0\r\n`;
      v.parse(One, await this.#send('PUT', `/responses/${crypto.randomUUID()}`, headers, this.#content()));
      return 1;
    }
    const entries = Array.from({ length: count }, () => `{"Collection":"responses","Id":"${crypto.randomUUID()}","Revision":1,"Base":0,"Op":"put","Attributes":${this.#content()}}`);
    const { Results } = v.parse(Many, await this.#send('POST', '/sync', this.#headers, `{"Device":"${this.#device}","Push":[${entries.join(',')}]}`));
    if (Results.length !== count) throw new Error(`${count} were pushed, and ${Results.length} answered.`);
    return count;
  }

  get(path: string): Promise<unknown> {
    return this.#send('GET', path, this.#headers);
  }

  close(): void {
    this.#connection.close();
  }

  async #send(method: string, path: string, headers: string, body?: string): Promise<unknown> {
    const answer = await this.#connection.send(method, BASE_PATH + path, headers, body);
    if (answer.status !== 200) throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body);
  }
}

/** No more rows share a transaction of the server. */
const MOST_TOGETHER = 2_000;

/** As many in a transaction as the clients have under way: more the server could not put together either. */
export function togetherIn({ clients, batch }: Work): number {
  return Math.min(clients * batch, MOST_TOGETHER);
}

/** @returns rows a second; the making of the rows is not counted */
export async function insert(ledger: Ledger, makeRows: MakeRows, together: number, forMs: number): Promise<number> {
  let inserted = 0;
  let spentMs = 0;
  while (spentMs < forMs) {
    const chunk = makeRows(together);
    const startedMs = performance.now();
    await ledger.insert(chunk);
    spentMs += performance.now() - startedMs;
    inserted += chunk.length;
  }
  return (inserted / spentMs) * 1_000;
}
