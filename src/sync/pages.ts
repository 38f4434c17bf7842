/**
 * A pull of one collection, page by page: the next is asked for while one is taken in, and the cursor moves on behind
 * what is kept.
 */
import type { Cursor } from '../../protocol/index.ts';
import type { LocalCollection } from './local-collection.ts';
import type { Transport, Unanswered } from './transport.ts';

interface Watch {
  /** Nothing more is asked for or applied once it is false. */
  readonly isRunning: () => boolean;
  /** The server has given a page. */
  readonly onAnswer: () => void;
}

/** @returns `all` when every page is durable; otherwise why there are no more */
export async function pullPages(collection: LocalCollection, transport: Transport, { isRunning, onAnswer }: Watch): Promise<'all' | 'stopped' | Unanswered> {
  /** Ids of a collection that is pulled anew; null for one that goes on from its cursor. */
  let all: Set<string> | null = null;
  // What was written here comes back only as a Version, as long as that finds what it stands for.
  let brief = true;
  const ask = (since: Cursor | null) => ({ since, page: transport.pull(collection.name, since, collection.options.own, brief) });
  let asked: ReturnType<typeof ask> | null = null;
  for (;;) {
    if (!isRunning()) return 'stopped';
    const from = collection.cursor;
    if (asked?.since !== from) asked = ask(from);
    const outcome = await asked.page;
    if (outcome.kind !== 'answer') return outcome;
    onAnswer();
    const { Changes, Own = [], Cursor, More, Reset } = outcome.value;
    if (!collection.has(Own)) {
      brief = false;
      asked = null;
      continue;
    }
    // The next page is on its way while this one is taken in.
    if (More) asked = ask(Cursor);
    if (Reset) all = new Set();
    for (const change of [...Own, ...Changes]) if (!('Deleted' in change)) all?.add(change.Id);
    await collection.pulled(Changes);
    if (all !== null && !More) await collection.forgetAllBut(all);
    // Not before the journal has it too: it would bring back a row that was removed, and its tombstone never came again.
    collection.moveTo(Cursor, from);
    if (!More) return 'all';
  }
}
