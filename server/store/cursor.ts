/**
 * A cursor as the store means it, and as the opaque string that clients keep.
 */
import * as v from 'valibot';
import { Cursor, decode, parseJson } from '../../protocol/index.ts';
import type { Scope } from '../access.ts';

/** A place in a workspace's order of commits. */
export interface Place {
  /** Which history it is a place in; another workspace or another database has another. */
  readonly epoch: string;
  /** Whose records were looked at: a cursor of a narrower view would skip what the wider one shows. */
  readonly scope: Scope;
  /** Everything up to this sequence number has been given out. */
  readonly seq: number;
  /** Tombstones up to this sequence number need not be known: when the reader started from nothing they were gone already. */
  readonly floor: number;
}

const Encoded = v.tuple([v.string(), v.nullable(v.string()), v.pipe(v.number(), v.safeInteger()), v.pipe(v.number(), v.safeInteger())]);

export function writeCursor({ epoch, scope, seq, floor }: Place): Cursor {
  const account = scope.kind === 'account' ? scope.account : null;
  return v.parse(Cursor, Buffer.from(JSON.stringify([epoch, account, seq, floor])).toString('base64url'));
}

/** Null for a string that is no cursor of this server, or one of another history or view: the reader starts over. */
export function readCursor(text: string, epoch: string, scope: Scope): Place | null {
  const decoded = decode(Encoded, parseJson(Buffer.from(text, 'base64url').toString()));
  if (decoded === null) return null;
  const [ofEpoch, account, seq, floor] = decoded;
  const sameScope = account === (scope.kind === 'account' ? scope.account : null);
  return ofEpoch === epoch && sameScope ? { epoch, scope, seq, floor } : null;
}

/** The number that a cursor names, of whichever history; null for what is no cursor. */
export function seqNamedBy(text: string): number | null {
  return decode(Encoded, parseJson(Buffer.from(text, 'base64url').toString()))?.[2] ?? null;
}
