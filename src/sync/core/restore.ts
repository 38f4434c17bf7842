/**
 * The start of a page: localStorage may have lost up to its last minute in a crash, the journal has not.
 */
import { sameJson } from '../../../protocol/index.ts';
import { isGone, isLater, keyOf, type Row } from './row.ts';

/** How long a synchronized row stays in the journal: far longer than the browser takes to write localStorage to disk. */
export const JOURNAL_KEEPS_SETTLED_MS = 600_000;

export interface Restored {
  /** Rows that localStorage lacks or has older; those that are gone it is to lose. */
  readonly toStore: readonly Row[];
  /** Rows that the journal lacks or has older, and should not. */
  readonly toJournal: readonly Row[];
  /** Rows whose journal entries have done their work. */
  readonly toForget: readonly Row[];
}

export function restore(stored: readonly Row[], journal: readonly Row[], now: Date): Restored {
  const journalled = new Map(journal.map((row) => [keyOf(row), row]));
  const storedKeys = new Set<string>();
  const toStore: Row[] = [];
  const toJournal: Row[] = [];
  const toForget: Row[] = [];
  for (const row of stored) {
    const key = keyOf(row);
    storedKeys.add(key);
    const other = journalled.get(key);
    // Of two tabs' edits at one moment, both of the same Revision, the journal has the one that was called saved.
    if (other !== undefined && (isLater(other, row) || (!isLater(row, other) && !sameJson(row.attributes, other.attributes)))) {
      toStore.push(other);
      continue;
    }
    if (row.state !== 'sent' && (other === undefined || isLater(row, other))) toJournal.push(row);
    if (row.state === 'sent' && other !== undefined && isOld(row, now)) toForget.push(row);
  }
  for (const [key, row] of journalled) {
    if (!storedKeys.has(key)) (isGone(row) && isOld(row, now) ? toForget : toStore).push(row);
  }
  return { toStore, toJournal, toForget };
}

/** Whether a synchronized row has been so for as long as the journal guards it. */
export function isOld(row: Row, now: Date): boolean {
  return now.getTime() - Date.parse(row.since) > JOURNAL_KEEPS_SETTLED_MS;
}

/** Of several rows under one key, left by a crash in the middle of an id's change, the one that counts. */
export function latestByKey(rows: readonly Row[]): Map<string, Row> {
  const latest = new Map<string, Row>();
  for (const row of rows) {
    const other = latest.get(keyOf(row));
    if (other === undefined || isLater(row, other)) latest.set(keyOf(row), row);
  }
  return latest;
}
