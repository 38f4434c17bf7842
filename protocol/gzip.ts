/**
 * Larger request bodies go compressed: a day's responses are the same few names again and again, and the networks they
 * go over are slow.
 */
import { utf8Length } from './batch.ts';

/** In UTF-8 bytes; a smaller body is one packet either way. */
const GZIP_ABOVE_BYTES = 1_400;

/** A JSON body as it is sent, with the headers that say how to read it. */
export interface Packed {
  readonly body: string | ArrayBuffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Compresses the UTF-8 bytes of a text; null where the browser cannot. */
export type Gzip = ((text: string) => Promise<ArrayBuffer>) | null;

/**
 * Sends a JSON text, compressed if that is worth it. A server that takes no compressed bodies says 415 and gets it plain:
 * nobody's answers are refused for how they were packed.
 */
export async function sendPacked<Answer extends { readonly status: number }>(
  text: string,
  gzip: Gzip,
  send: (packed: Packed) => Promise<Answer | null>,
): Promise<Answer | null> {
  const headers = { 'Content-Type': 'application/json' };
  if (gzip !== null && utf8Length(text) > GZIP_ABOVE_BYTES) {
    const answer = await send({ body: await gzip(text), headers: { ...headers, 'Content-Encoding': 'gzip' } });
    if (answer?.status !== 415) return answer;
  }
  return send({ body: text, headers });
}
