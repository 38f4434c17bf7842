/**
 * What is measured, in the order of the tables, and how fast it should be.
 */
import type { FloorName } from './floors.ts';

export const WORKS = {
  a: 'N created offline, saved in bulk, until durable',
  'a-single': 'N created offline, as N single saves begun at once, until durable',
  b: 'back online, until the client knows that all N are acknowledged',
  'b-pull': 'the pull after that, with nothing new on the server',
  c: 'first pull of N on a fresh device, until usable',
  d: '10 of N changed on the device, until acknowledged',
  'd-pull': '10 of N changed on the server, back online, until they are on the device',
  e: 'start with N stored, to the list in memory',
  'e-paint': 'the same, from the navigation to the frame that shows it',
  f: 'JavaScript shipped, page and worker, gzip',
  g: 'one row created online, until acknowledged',
  j: '100 created offline, the tab closed, back online: until the server has them (–: not before somebody opens the page)',
  k: 'memory of the page with N, after a garbage collection',
} as const;

export type Work = keyof typeof WORKS;

export const WORK_NAMES = ['a', 'a-single', 'b', 'b-pull', 'c', 'd', 'd-pull', 'e', 'e-paint', 'f', 'g', 'j', 'k'] as const satisfies readonly Work[];

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
