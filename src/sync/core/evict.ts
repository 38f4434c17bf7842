/**
 * Which rows leave a full localStorage: the oldest of those that the server has, and that nothing here waits for.
 */
import type { Candidate } from './plan.ts';
import { isOld } from './restore.ts';
import type { Row } from './row.ts';

/** Freed beyond what a write needs, so that the next ones need not look for room again: about 1 % of the quota. */
const SPARE_UNITS = 50_000;

/**
 * Whether a row can be had from the server again. One that was sent from here stays until the browser has surely written
 * the acknowledgement to disk: a crash would bring back an older state of it, to be sent again.
 */
export function isEvictable(row: Row, now: Date): boolean {
  return row.state === 'sent' && row.version > 0 && !row.deleted && row.problem === null && (row.revision === 0 || isOld(row, now));
}

/**
 * - `evict`: these go, then the write is tried again;
 * - `left out`: the row that has arrived is not newer than the oldest that could make room for it, so it stays on the server;
 * - `full`: nothing can go.
 */
export type Eviction =
  | { readonly kind: 'evict'; readonly rows: readonly Candidate[] }
  | { readonly kind: 'left out'; readonly oldestMs: number }
  | { readonly kind: 'full' };

/**
 * @param rows of the collections that allow it
 * @param unitsOf what localStorage would gain without this row, in UTF-16 units; 0 for one that must stay or is not there
 * @param units what the write needs
 * @param arrived the row to be written, if the server has it: only older ones make room for it, so that what was evicted
 *   and comes again never drives out what is newer, and the newest that fit stay; null for everything else
 */
export function planEviction(rows: Iterable<Candidate>, unitsOf: (candidate: Candidate) => number, units: number, arrived: Row | null, now: Date): Eviction {
  const evictable = [...rows].filter(({ row }) => isEvictable(row, now)).map((candidate) => ({ candidate, sinceMs: sinceMs(candidate.row) }));
  const chosen: Candidate[] = [];
  let freed = 0;
  for (const { candidate, sinceMs: oldestMs } of evictable.toSorted((a, b) => a.sinceMs - b.sinceMs)) {
    if (freed >= units + SPARE_UNITS) break;
    const gain = unitsOf(candidate);
    if (gain === 0) continue;
    if (arrived !== null && sinceMs(arrived) <= oldestMs) {
      if (chosen.length === 0) return { kind: 'left out', oldestMs };
      break;
    }
    chosen.push(candidate);
    freed += gain;
  }
  return chosen.length > 0 ? { kind: 'evict', rows: chosen } : { kind: 'full' };
}

/** Since when the server has it, in milliseconds since 1970. */
export function sinceMs({ since }: Row): number {
  return Date.parse(since);
}
