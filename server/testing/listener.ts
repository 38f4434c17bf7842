/**
 * A program that listens to `GET /events` over a real socket.
 */
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { Changed } from '../../protocol/index.ts';

/** One thing that came: a hint, or a comment line. */
export type Heard = { readonly kind: 'hint'; readonly collection: string; readonly cursor: string } | { readonly kind: 'beat' };

export class EventListener {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';

  private constructor(body: ReadableStream<string>) {
    this.#reader = body.getReader();
  }

  /** Opens a stream and reads where the collections stand, which comes first. */
  static async open(url: string, headers: Readonly<Record<string, string>>, query = ''): Promise<{ readonly listener: EventListener; readonly first: readonly Heard[] }> {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const answer = await fetch(`${url}/api/v1/events${query}`, { headers, signal: abort.signal });
    if (answer.status !== 200 || answer.body === null) throw new Error(`The stream was answered with ${answer.status}: ${await answer.text()}`);
    const listener = new EventListener(answer.body.pipeThrough(new TextDecoderStream()));
    return { listener, first: [await listener.next(), await listener.next()] };
  }

  /** The next hint or comment; throws when the stream ends. */
  async next(): Promise<Heard> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (block === ':') return { kind: 'beat' };
        const data = /^event: changed\ndata: (.*)$/.exec(block)?.[1];
        if (data === undefined) continue;
        const { Collection, Cursor } = v.parse(v.pipe(v.string(), v.parseJson(), Changed), data);
        return { kind: 'hint', collection: Collection, cursor: Cursor };
      }
      const { done, value } = await this.#reader.read();
      if (done) throw new Error('The stream has ended.');
      this.#text += value;
    }
  }
}
