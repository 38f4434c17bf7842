/** How long to wait before the next try: doubling from 5 s to 5 min, with jitter so that a village does not wake at once. */

const FIRST_MS = 5_000;
const LONGEST_MS = 300_000;

/**
 * @param failures how many tries failed in a row, from 1
 * @param retryAfterMs what the server asked for, which is never undercut; null if it did not
 * @param chance from 0 to below 1: the wait is between half and the whole of the step
 */
export function backoffMs(failures: number, retryAfterMs: number | null, chance: number): number {
  const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.max(retryAfterMs ?? 0, Math.round(step * (0.5 + chance / 2)));
}
