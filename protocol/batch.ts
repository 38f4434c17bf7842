/**
 * How much goes into one `POST /sync`.
 */
import { MAX_ENTRIES, MAX_REQUEST_BYTES } from './http.ts';
import type { PushEntry } from './push.ts';

export interface BatchLimits {
  readonly maxEntries: number;
  /** UTF-8 bytes of all entries as JSON. */
  readonly maxBytes: number;
}

/** What one request may carry, with room for what stands around its entries. */
export const BATCH_LIMITS: BatchLimits = { maxEntries: MAX_ENTRIES, maxBytes: MAX_REQUEST_BYTES - 10_000 };

/** The first items, as many as one request may carry. A single one beyond the limit goes alone: the server says so. */
export function takeBatch<Item>(items: Iterable<Item>, entryOf: (item: Item) => PushEntry, limits: BatchLimits): Item[] {
  const batch: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += utf8Length(JSON.stringify(entryOf(item))) + 1;
    if (batch.length > 0 && (batch.length >= limits.maxEntries || bytes > limits.maxBytes)) break;
    batch.push(item);
  }
  return batch;
}

/** Bytes of a string in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    // The two halves of a character beyond 0xffff take four bytes together.
    if (code >= 0x80) bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}
