/**
 * One contender's server as the run sees it: a process of its own, so that a contender's work in Node takes nothing from
 * what drives the browser, and each starts as a fresh process.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Row, StartServer } from './contract.ts';
import type { Traffic } from './traffic.ts';

const Rows = v.custom<readonly Row[]>(Array.isArray);
const References = v.array(v.string());

/** What a server's process is told. */
export const Order = v.variant('kind', [
  v.object({ kind: v.literal('seed'), rows: Rows }),
  v.object({ kind: v.literal('change'), references: References }),
  v.object({ kind: v.literal('references') }),
  v.object({ kind: v.literal('traffic') }),
  v.object({ kind: v.literal('cut'), isCut: v.boolean() }),
  v.object({ kind: v.literal('in driver'), rows: Rows, isBulk: v.boolean() }),
]);
export type Order = v.InferOutput<typeof Order>;

/** What it says; `id` is the order's, 0 is said once it listens. */
export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** What a `server.ts` exports; `inDriver` the floors alone. Milliseconds. */
export const ServerModule = v.object({
  startServer: v.custom<StartServer>((value) => typeof value === 'function'),
  inDriver: v.optional(v.custom<(folder: string, rows: readonly Row[], isBulk: boolean) => number>((value) => typeof value === 'function')),
});

const Said = v.object({ id: v.number(), value: v.optional(v.unknown()), error: v.optional(v.string()) });
const Started = v.object({ url: v.string(), questionnaireId: v.optional(v.string()) });
const Counted = v.object({ requests: v.number(), bytes: v.number() });

export interface Peer {
  readonly url: string;
  readonly questionnaireId: string;
  seed(rows: readonly Row[]): Promise<void>;
  change(references: readonly string[]): Promise<void>;
  /** The `reference` of every row that is stored, as often as it is stored. */
  references(): Promise<readonly string[]>;
  /** How many rows are stored, and how many different ones. */
  count(): Promise<{ rows: number; distinct: number }>;
  traffic(): Promise<Traffic>;
  /** No network on the server's side: every connection breaks. */
  cut(isCut: boolean): Promise<void>;
  /** The floors' server alone: inserts straight through the driver, in milliseconds. */
  inDriver(rows: readonly Row[], isBulk: boolean): Promise<number>;
  stop(): Promise<void>;
}

/** @param module path of a `server.ts` */
export async function startPeer(module: string, appFolder: string): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'outpost-bench-'));
  const child = fork(join(import.meta.dirname, 'serve.ts'), [module, folder, appFolder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let orders = 0;
  const answerTo = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
    });
  child.on('message', (message) => {
    const { id, value, error } = v.parse(Said, message);
    if (error === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`The server of ${module} has ended with ${code}.`));
      resolve();
    });
  });
  const tell = (order: Order): Promise<unknown> => {
    orders += 1;
    const answer = answerTo(orders);
    child.send({ id: orders, order });
    return answer;
  };
  const references = async (): Promise<string[]> => v.parse(References, await tell({ kind: 'references' }));
  const { url, questionnaireId = 'none' } = v.parse(Started, await answerTo(0));
  return {
    url,
    questionnaireId,
    seed: async (rows) => void (await tell({ kind: 'seed', rows })),
    change: async (references) => void (await tell({ kind: 'change', references: [...references] })),
    references,
    async count() {
      const all = await references();
      return { rows: all.length, distinct: new Set(all).size };
    },
    traffic: async () => v.parse(Counted, await tell({ kind: 'traffic' })),
    cut: async (isCut) => void (await tell({ kind: 'cut', isCut })),
    inDriver: async (rows, isBulk) => v.parse(v.number(), await tell({ kind: 'in driver', rows, isBulk })),
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
