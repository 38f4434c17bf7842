/**
 * The worker's own requests.
 */
import { parseJson, type HttpAnswer } from '../protocol/index.ts';

/** Longer than a slow phone network takes for a batch, shorter than a person waits for a word. */
export const TIMEOUT_MS = 30_000;

/** An answer read to its end, or null: no network, time ran out, or the connection broke while the answer was read. */
export async function fetchAnswer(request: Request): Promise<HttpAnswer | null> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), body: parseJson(text) };
  } catch {
    return null;
  }
}
