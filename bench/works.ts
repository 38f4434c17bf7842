/**
 * What is measured, in the order of the tables, and how fast it should be.
 */
import type { FloorName } from './floors.ts';

/** By time and traffic, with N rows. */
export const TIMED = {
  a: 'N created offline, saved in bulk, until durable',
  'a-single': 'N created offline, as N single saves begun at once, until durable',
  b: 'back online, until the client knows that all N are acknowledged',
  'b-pull': 'the pull after that, with nothing new on the server',
  c: 'first pull of N on a fresh device, until usable',
  d: '10 of N changed on the device, until acknowledged',
  'd-pull': '10 of N changed on the server, back online, until they are on the device',
  e: 'start with N stored, to the list in memory',
  'e-paint': 'the same, from the navigation to the frame that shows it',
  g: 'one row created online, until acknowledged',
} as const;

/** By size. */
export const SIZED = {
  f: 'JavaScript shipped, page and worker, gzip',
  k: 'memory of the page with N, after a garbage collection',
} as const;

/** By what is lost and doubled. */
export const HARD = {
  h: 'the browser killed while rows are saved',
  'h-send': 'the browser killed while rows are sent',
  'i-500': 'the server answers 500 for a while',
  'i-401': 'the server answers 401 for a while',
  'i-lost': 'the server stores the rows, and its answer is lost',
  'i-portal': 'a captive portal answers 200 with HTML for a while',
  j: 'saved offline, and the tab closed before there is a network',
} as const;

export const WORK_NAMES = ['a', 'a-single', 'b', 'b-pull', 'c', 'd', 'd-pull', 'e', 'e-paint', 'f', 'g', 'h', 'h-send', 'i-500', 'i-401', 'i-lost', 'i-portal', 'j', 'k'] as const;

export type Work = (typeof WORK_NAMES)[number];

/** How many times a floor's time Outpost may take. */
export interface Goal {
  readonly work: Work;
  readonly floor: FloorName;
  readonly atMost: number;
}

export const GOALS: readonly Goal[] = [
  { work: 'a', floor: 'IndexedDB, one transaction', atMost: 1.5 },
  { work: 'a-single', floor: 'IndexedDB, one transaction', atMost: 3 },
  { work: 'b', floor: 'fetch of all, stored in SQLite', atMost: 2 },
  { work: 'c', floor: 'fetch and localStorage', atMost: 2 },
  { work: 'e', floor: 'localStorage read and parse', atMost: 1.5 },
];

/** Of Outpost, for (d): milliseconds, and bytes over the network for each byte of a changed row. */
export const CHANGE_GOAL = { ms: 10, bytes: 1.5 } as const;

/** What should take Outpost no more times as long than there are times as many rows. All of 8,000 fit into localStorage, not of 10,000. */
export const GROWTH = { from: 1_000, to: [8_000, 10_000], works: ['a', 'a-single', 'b', 'c', 'd', 'e'] } as const satisfies { works: readonly Work[]; from: number; to: readonly number[] };
