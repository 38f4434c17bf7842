/**
 * What a run leaves: the form of `results/latest.json`.
 */
import * as v from 'valibot';
import type { MeasuredFloor } from './floors.ts';
import { Machine } from './machine.ts';
import { WORK_NAMES, type Work } from './works.ts';

export const Spread = v.object({ min: v.number(), median: v.number(), max: v.number() });
/** Of several rounds. */
export type Spread = v.InferOutput<typeof Spread>;

const ResultRow = v.strictObject({
  /** As in `WORKS`. */
  work: v.picklist(WORK_NAMES),
  /** How many rows; 0 where it has no say. Of (h): those that were called saved in all trials. */
  n: v.number(),
  contender: v.string(),
  /** Null where no time is measured. */
  ms: v.nullable(Spread),
  /** The median; of what went over the network, shipped JavaScript or memory. Null where none is measured. */
  bytes: v.nullable(v.number()),
  /** The median of HTTP requests. */
  requests: v.nullable(v.number()),
  /** The most of any round: rows that the server or the page lacks; all of them of a round that did not get to the end. */
  lost: v.number(),
  /** The most of any round: rows that the server has twice. */
  doubled: v.number(),
});
export type ResultRow = v.InferOutput<typeof ResultRow>;

const FloorRow = v.strictObject({ name: v.string(), n: v.number(), ms: Spread });
export type FloorRow = v.InferOutput<typeof FloorRow>;

export const Results = v.strictObject({
  /** `kills`: how many trials there were of (h). */
  machine: v.object({ ...Machine.entries, browser: v.string(), kills: v.number() }),
  rows: v.array(ResultRow),
  floors: v.array(FloorRow),
});
export type Results = v.InferOutput<typeof Results>;

/** One measurement of one round. */
export interface Measured {
  readonly work: Work;
  readonly n: number;
  readonly contender: string;
  readonly ms: number | null;
  readonly bytes: number | null;
  readonly requests: number | null;
  readonly lost: number;
  readonly doubled: number;
}

/** What is not said of a measurement. */
export const NOTHING = { ms: null, bytes: null, requests: null, lost: 0, doubled: 0 } as const;

/** The measurements of all rounds as one row for each work, size and contender, in the order of the first of each. */
export function summed(all: readonly Measured[]): ResultRow[] {
  const groups = Map.groupBy(all, ({ work, n, contender }) => `${work} ${n} ${contender}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const numbers = (pick: (measured: Measured) => number | null): number[] => group.map(pick).filter((value) => value !== null);
    const most = (pick: (measured: Measured) => number): number => Math.max(...group.map(pick));
    const { work, n, contender } = first;
    return {
      work,
      n,
      contender,
      ms: spreadOf(numbers(({ ms }) => ms)),
      bytes: spreadOf(numbers(({ bytes }) => bytes))?.median ?? null,
      requests: spreadOf(numbers(({ requests }) => requests))?.median ?? null,
      lost: most(({ lost }) => lost),
      doubled: most(({ doubled }) => doubled),
    };
  });
}

export function summedFloors(all: readonly MeasuredFloor[]): FloorRow[] {
  const groups = Map.groupBy(all, ({ name, n }) => `${name} ${n}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const ms = spreadOf(group.map((floor) => floor.ms));
    return first === undefined || ms === null ? [] : [{ name: first.name, n: first.n, ms }];
  });
}

/** Null of no values. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || min === undefined || max === undefined) return null;
  return { min, median: (low + high) / 2, max };
}
