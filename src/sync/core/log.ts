/**
 * The journal as a log: each transaction appends what it writes, many rows in one record, since a request costs the
 * browser far more than the text in it. Of the entries of one name the last counts.
 */
import * as v from 'valibot';

/** What is stored under a name: a text, empty for what was removed. An entry without a name: nothing before it counts. */
export type Entry = readonly [name: string, text: string];

/** One thing in the store. */
export interface Logged {
  readonly account: string;
  /** Counts the account's records, in the order in which they were written; given once. */
  readonly seq: number;
  readonly entries: readonly Entry[];
}

/** The version of the schema says what is in the store; what is in the texts, their readers find out. */
export const Log = v.custom<readonly Logged[]>(Array.isArray);

/** How many rows go in one record: short responses stay below 64 KiB then, from which on Chromium keeps a value in a file of its own. */
export const MAX_ENTRIES_IN_RECORD = 50;

/** Brings `texts` from before these entries to after them. @returns the UTF-16 units of what they have replaced */
export function follow(texts: Map<string, string>, entries: readonly Entry[]): number {
  let replaced = 0;
  for (const [name, text] of entries) {
    if (!name) texts.clear();
    replaced += texts.get(name)?.length ?? 0;
    if (text) texts.set(name, text);
    else texts.delete(name);
  }
  return replaced;
}
