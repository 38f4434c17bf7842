/**
 * What a run leaves: the form of `results/server-latest.json`.
 */
import * as v from 'valibot';
import { Machine } from '../machine.ts';
import { Spread } from '../results.ts';

const Store = v.picklist(['sqlite', 'postgres']);
export type StoreKind = v.InferOutput<typeof Store>;

/** Responses that were pushed by so many clients at once, so many in a request. */
const PushRow = v.strictObject({
  store: Store,
  clients: v.number(),
  batch: v.number(),
  /** Rows in a transaction of the floor. */
  together: v.number(),
  /** Rows a second, of all rounds. */
  perSecond: Spread,
  floorPerSecond: Spread,
  /** The median of the rounds' own ratios of the server to the floor. */
  ofFloor: v.number(),
  /** Of a request; the median of the rounds. */
  p50Ms: v.number(),
  p99Ms: v.number(),
  /** Processors that the server's process and the clients' were busy with; the median of the rounds. */
  serverCpu: v.number(),
  clientsCpu: v.number(),
});
export type PushRow = v.InferOutput<typeof PushRow>;

/** What the database says at the end of all pushes. */
const CountRow = v.strictObject({ store: Store, acknowledged: v.number(), stored: v.number(), different: v.number() });
export type CountRow = v.InferOutput<typeof CountRow>;

/** The last changes of many rows; medians in milliseconds. */
const PullRow = v.strictObject({
  store: Store,
  rows: v.number(),
  changes: v.number(),
  /** On the disk, of a response of about 350 bytes with its indexes. */
  bytesPerRow: v.number(),
  /** The plain query by the index, through the driver. */
  queryMs: v.number(),
  /** An HTTP request of the least work: the server's health, for which it asks the database whether it answers. */
  httpMs: v.number(),
  /** The HTTP request of a pull. */
  pullMs: v.number(),
});
export type PullRow = v.InferOutput<typeof PullRow>;

const Sample = v.strictObject({ seconds: v.number(), rssMb: v.number(), heapMb: v.number() });
/** What the server's process held, so long after the load began. */
export type Sample = v.InferOutput<typeof Sample>;

const MemoryRow = v.strictObject({ store: Store, at: v.string(), clients: v.number(), minutes: v.number(), rows: v.number(), pulls: v.number(), samples: v.array(Sample) });
export type MemoryRow = v.InferOutput<typeof MemoryRow>;

export const ServerResults = v.strictObject({
  machine: Machine,
  /** The version of PostgreSQL. */
  postgres: v.string(),
  rounds: v.number(),
  pushes: v.array(PushRow),
  counts: v.array(CountRow),
  pulls: v.array(PullRow),
  /** Of the last run that looked at it, which may be an earlier one. */
  memory: v.array(MemoryRow),
});
export type ServerResults = v.InferOutput<typeof ServerResults>;
