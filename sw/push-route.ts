/**
 * The way of a page's push: to the network, and into the queue where there is none.
 */
import { BASE_PATH, HEADER, PROTOCOL_VERSION, sendPacked } from '../protocol/index.ts';
import { gzip } from './gzip.ts';
import { TIMEOUT_MS } from './network.ts';
import type { PushQueue } from './push-queue.ts';
import { readPush } from './requests.ts';

/** Pushes that name the account they belong to; the worker leaves every other request alone. */
export function isPush(url: URL, request: Request): boolean {
  return url.origin === location.origin && url.pathname.startsWith(`${BASE_PATH}/`) && request.headers.has(HEADER.account);
}

export async function push(request: Request, queue: PushQueue): Promise<Response> {
  const { method, headers } = request;
  const text = await request.text();
  const response = await send(request, text);
  if (response !== null && isAnswer(response)) return response;
  // What is kept is as the page sent it, to be read again; only what goes out is compressed.
  const kept = new Request(request.url, { method, headers, body: text || null });
  const edits = await readPush(kept);
  if (edits === null) return response ?? Response.error();
  await queue.add(kept, edits);
  return new Response('{}', {
    status: 202,
    headers: { 'Content-Type': 'application/json', [HEADER.protocol]: PROTOCOL_VERSION, [HEADER.queued]: '1' },
  });
}

/** An answer of this server that is about the push; a captive portal's page and "not now" are none. */
function isAnswer({ status, headers }: Response): boolean {
  return headers.has(HEADER.protocol) && status !== 408 && status !== 429 && status < 500;
}

async function send({ url, method, headers }: Request, text: string): Promise<Response | null> {
  if (text === '') return fetchOrNull(url, { method, headers });
  return sendPacked(text, gzip, (packed) => {
    const all = new Headers(headers);
    for (const [name, value] of Object.entries(packed.headers)) all.set(name, value);
    return fetchOrNull(url, { method, headers: all, body: packed.body });
  });
}

async function fetchOrNull(url: string, init: RequestInit): Promise<Response | null> {
  try {
    return await fetch(new Request(url, init), { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    return null;
  }
}
