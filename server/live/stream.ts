/**
 * One open stream of hints. A reader that stands still costs a few kilobytes and no more: hints that it has not taken
 * wait as one for each collection, the newest.
 */
import { PassThrough, type Readable } from 'node:stream';
import { CHANGED_EVENT, type Changed, type Cursor } from '../../protocol/index.ts';
import type { Collection } from '../access.ts';

/** On each side of the stream; what is beyond it waits in `#waiting`. */
const BUFFER_BYTES = 4_096;

export class HintStream {
  readonly #out = new PassThrough({ highWaterMark: BUFFER_BYTES });
  readonly #waiting = new Map<Collection, Cursor>();

  /** @param retryMs when the browser shall open it anew after it broke */
  constructor(retryMs: number) {
    this.#out.on('drain', () => this.#flush());
    // With the first bytes the headers go out, and the browser knows that it is open.
    this.#out.write(`retry: ${retryMs}\n\n`);
  }

  /** The body of the answer. */
  get readable(): Readable {
    return this.#out;
  }

  /** The cursors to tell of, by collection. */
  hint(cursors: ReadonlyMap<Collection, Cursor>): void {
    for (const [collection, cursor] of cursors) this.#waiting.set(collection, cursor);
    this.#flush();
  }

  /** A comment line, so that nothing in between takes the connection for dead. */
  beat(): void {
    if (this.#mayWrite()) this.#out.write(':\n\n');
  }

  /** At once: to wait until a reader that stands still has taken the rest would keep the server from ending. */
  cut(): void {
    this.#out.destroy();
  }

  #flush(): void {
    for (const [Collection, Cursor] of this.#waiting) {
      if (!this.#mayWrite()) return;
      const changed: Changed = { Collection, Cursor };
      this.#out.write(`event: ${CHANGED_EVENT}\ndata: ${JSON.stringify(changed)}\n\n`);
      this.#waiting.delete(Collection);
    }
  }

  #mayWrite(): boolean {
    return this.#out.writable && !this.#out.writableNeedDrain;
  }
}
