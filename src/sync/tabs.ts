/**
 * The tabs of one account in one workspace: what each has written the others hear, and only one at a time talks to the server.
 *
 * A BroadcastChannel alone carries it. The `storage` event would bring the same texts a second time, an exchanged id as
 * two unrelated events, and nothing at all of a row that a full localStorage did not take.
 */
import * as v from 'valibot';
import { decode, parseJson } from '../../protocol/index.ts';
import { decodeRow, encodeRow, type Row } from './core/row.ts';

/** A row that a tab has written, or has removed in this state. */
export interface Note {
  readonly kind: 'written' | 'removed';
  readonly collection: string;
  readonly row: Row;
}

const Message = v.array(v.object({ kind: v.union([v.literal('written'), v.literal('removed')]), collection: v.string(), row: v.unknown() }));

/** A tab of another version of the app may say what this one does not understand: it is left out, and read at the next start. */
function decodeNotes(data: unknown): Note[] {
  return (decode(Message, parseJson(String(data))) ?? []).flatMap(({ row, ...about }) => {
    const decoded = decodeRow(row);
    return decoded === null ? [] : [{ ...about, row: decoded }];
  });
}

export class Tabs {
  readonly #channel: BroadcastChannel;
  #gathered: Note[] = [];
  #stopped = false;

  /** @param onHeard is called once for all that another tab wrote in one turn of its event loop */
  constructor(keptAs: string, onHeard: (notes: readonly Note[]) => void) {
    this.#channel = new BroadcastChannel(`outpost.${keptAs}`);
    this.#channel.addEventListener('message', (event) => onHeard(decodeNotes(event.data)));
  }

  /** Tells the other tabs, together with whatever else is written in this turn of the event loop. */
  readonly tell = (note: Note): void => {
    this.#gathered.push(note);
    if (this.#gathered.length > 1) return;
    queueMicrotask(() => {
      // As a text: to copy that is cheaper than to copy objects, of which a pull brings a thousand.
      if (!this.#stopped) this.#channel.postMessage(JSON.stringify(this.#gathered.map(({ row, ...about }) => ({ ...about, row: encodeRow(row) }))));
      this.#gathered = [];
    });
  };

  stop(): void {
    this.#stopped = true;
    this.#channel.close();
  }
}

/**
 * Runs one tab's `run` at a time; the others wait their turn. A browser without locks does not wait: the server calls
 * what comes twice a duplicate.
 */
export function asOnlyTab<Result>(keptAs: string, run: () => Promise<Result>): Promise<Result> {
  return 'locks' in navigator ? navigator.locks.request(`outpost-send:${keptAs}`, run) : Promise.resolve().then(run);
}
