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
  const kept = request.clone();
  const response = await send(request);
  if (response !== null && isAnswer(response)) return response;
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

/** What is kept stays as the page sent it, to be read again; only what goes out is compressed. */
async function send(request: Request): Promise<Response | null> {
  if (request.method === 'DELETE') return fetchOrNull(request);
  return sendPacked(await request.clone().text(), gzip, ({ body, headers }) => {
    const all = new Headers(request.headers);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return fetchOrNull(new Request(request.url, { method: request.method, headers: all, body }));
  });
}

async function fetchOrNull(request: Request): Promise<Response | null> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    return null;
  }
}
