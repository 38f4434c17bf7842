/**
 * Several tabs of one device hold the same row: which of its states counts, and what becomes of an edit that was made
 * while another tab made one.
 *
 * The journal's transactions come one after another, whichever tab they belong to. So it is there that a Revision is
 * given for good: an edit that stands on an older state than the journal holds gets a Revision above it, and goes on top
 * of it field by field. Within one device the last save of a field wins.
 */
import { rebased, sameJson } from '../../../protocol/index.ts';
import { isGone, isLater, move, sideOf, type Row } from './row.ts';
import { isAnswered } from './states.ts';

/** Whether another tab's state of a row replaces this one: it is later, or of the same edit and already answered, or has a later side of the server in a conflict. */
export function overtakes(other: Row, mine: Row): boolean {
  if (isLater(other, mine)) return true;
  if (isLater(mine, other)) return false;
  return isAnswered(other.state) && (!isAnswered(mine.state) || sideOf(other) > sideOf(mine));
}

/**
 * What the journal is to hold after a write.
 * @param stored what it holds now: perhaps another tab's
 * @param basis the row that a local edit was made on; null if `row` holds no new edit
 * @returns `row` itself if nobody came in between, `stored` itself if it counts, else a new row made of both
 */
export function settleWrite(stored: Row | null, row: Row, basis: Row | null): Row {
  if (stored === null) return row;
  if (basis === null) return overtakes(stored, row) ? withServerId(stored, row) : withServerId(row, stored);
  if (stored.revision <= basis.revision) return withServerId(row, stored);
  if (stored.revision >= row.revision && stored.deleted === row.deleted && sameJson(stored.attributes, row.attributes)) return withServerId(stored, row);
  const revision = Math.max(stored.revision, row.revision) + 1;
  // A draft that is thrown away here while another tab saves it, perhaps to send it: it stays, and this tab has it again.
  if (isGone(row)) return { ...stored, revision };
  // What was touched since the base is known of each tab's edits, and not of both together: it goes out whole.
  const whole = { ...row, revision, changed: null };
  if (isGone(stored)) return withServerId(whole, stored);
  // What is finished in one tab is so in all: it may be on its way.
  const finished = stored.state === 'draft' ? whole : move(whole, 'saved', row.since);
  return withServerId({ ...finished, attributes: rebased(stored.attributes, basis.attributes, row.attributes) }, stored);
}

/** A row with the ServerId that the other may know; the Version is left, since the edit has not seen what it stands for. */
function withServerId(row: Row, other: Row): Row {
  return row.id === row.clientId && other.id !== row.id ? { ...row, id: other.id } : row;
}
