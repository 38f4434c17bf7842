/**
 * How far each collection was pulled. In localStorage beside the rows, so that a crash rolls both back together: a cursor
 * that ran ahead of lost rows would never bring them again.
 */
import { Cursor, decode } from '../../protocol/index.ts';

export function readCursor(storeName: string): Cursor | null {
  return decode(Cursor, localStorage.getItem(`${storeName}.cursor`));
}

/** Write it after the rows that it covers. A full storage leaves the old one: the same changes come again, and change nothing. */
export function writeCursor(storeName: string, cursor: Cursor): void {
  try {
    localStorage.setItem(`${storeName}.cursor`, cursor);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
  }
}

/** The next pull starts at the beginning. Rows that are here already are left as they are. */
export function forgetCursor(storeName: string): void {
  localStorage.removeItem(`${storeName}.cursor`);
}
