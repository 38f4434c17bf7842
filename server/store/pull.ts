/**
 * One page of a pull: from the rows in commit order to changes and the cursor behind them. Pure.
 */
import { type Change, MAX_PULL_BYTES, type OwnChange, type PullPage } from '../../protocol/index.ts';
import type { Scope } from '../access.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { Sequence } from './plan.ts';
import { type ChangeRow, readAttributes, readChange } from './rows.ts';
import type { PullQuery } from './store.ts';

/** Where a page begins. */
export interface Start {
  readonly seq: number;
  readonly floor: number;
  /** The reader's cursor counts no more. */
  readonly reset: boolean;
}

/**
 * A reader that starts from nothing has no need of tombstones that were forgotten before (`floor`); one that has been
 * away for longer than they are kept would miss deletions, and starts over.
 * @param sequence the workspace's counter, read at the same moment as the rows
 */
export function startOf(since: string | null, scope: Scope, { epoch, seq, purged }: Sequence): Start {
  const fresh = { seq: 0, floor: purged };
  if (since === null) return { ...fresh, reset: false };
  const place = readCursor(since, epoch, scope);
  if (place === null || place.seq > seq || Math.max(place.seq, place.floor) < purged) return { ...fresh, reset: true };
  return { seq: place.seq, floor: place.floor, reset: false };
}

/** @param rows those above the start, in order; one more than the limit, or all that there are */
export function pageOf(query: Pick<PullQuery, 'limit' | 'brief'>, scope: Scope, sequence: Sequence, start: Start, rows: Iterable<unknown>): PullPage {
  const changes: Change[] = [];
  const own: OwnChange[] = [];
  let seq = start.seq;
  let bytes = 0;
  let more = false;
  for (const raw of rows) {
    const row = readChange(raw);
    const isBrief = query.brief === true && row.is_own === 1;
    bytes += isBrief ? 0 : Buffer.byteLength(row.attributes ?? '');
    // A record larger than a page is a page of its own.
    if (changes.length + own.length === query.limit || (changes.length > 0 && bytes > MAX_PULL_BYTES)) {
      more = true;
      break;
    }
    if (isBrief) own.push({ Id: row.server_id, Version: row.version });
    else changes.push(toChange(row));
    seq = row.seq;
  }
  const place = { epoch: sequence.epoch, scope, seq: more ? seq : sequence.seq, floor: start.floor };
  return { Changes: changes, ...(query.brief === true ? { Own: own } : {}), Cursor: writeCursor(place), More: more, Reset: start.reset };
}

/** One row in the form of the wire. */
export function toChange(row: ChangeRow): Change {
  const At = new Date(row.changed_at).toISOString();
  const sent = row.revision === null || row.revision === undefined ? {} : { Revision: row.revision };
  const about = { Id: row.server_id, ClientId: row.client_id, Version: row.version, ...sent, At };
  return row.attributes === null ? { ...about, Deleted: true } : { ...about, Attributes: readAttributes(row.attributes) };
}
