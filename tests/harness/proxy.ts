/**
 * The network between browser and server, as bad as a test wants it. It passes everything on until a fault is set.
 */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Later } from './later.ts';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As text, also if it came compressed. */
  readonly body: string;
}

export type Fault =
  /** The connection is cut before the server hears of the request. */
  | { kind: 'cut request' }
  /** The server does what it is asked; when the promise is kept the connection is cut, and the answer never arrives. */
  | { kind: 'lose answer'; at: Promise<void> }
  /** The server does what it is asked; its answer arrives when the promise is kept. */
  | { kind: 'delay answer'; until: Promise<void> }
  /** The server is asked for this path instead; its answer arrives at once, or when the promise is kept. */
  | { kind: 'ask instead'; path: (path: string) => string; until?: Promise<void> }
  /** Something in between answers in the server's place. */
  | { kind: 'answer'; status: number; contentType: string; body: string };

export interface SetFault {
  /** The requests that it struck. */
  readonly struck: readonly Seen[];
  /** The requests whose answer the server has given, though the browser may not have it. */
  readonly answered: readonly Seen[];
  lift(): void;
}

export interface Proxy {
  /** The origin that the browser talks to; it outlives restarts of the server. */
  readonly url: string;
  /** Every request that the server was given. */
  readonly passed: readonly Seen[];
  /** The newest fault that matches a request strikes it. */
  fault(matches: (request: Seen) => boolean, fault: Fault): SetFault;
}

interface Trap {
  readonly matches: (request: Seen) => boolean;
  readonly fault: Fault;
  readonly struck: Seen[];
  readonly answered: Seen[];
}

export async function startProxy(later: Later, target: { port: number }): Promise<Proxy> {
  const traps: Trap[] = [];
  const passed: Seen[] = [];

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const seen: Seen = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body: readable(incoming, body).toString() };
    const trap = traps.findLast((candidate) => candidate.matches(seen));
    trap?.struck.push(seen);
    if (trap?.fault.kind === 'cut request') return void incoming.socket.destroy();
    if (trap?.fault.kind === 'answer') return void outgoing.writeHead(trap.fault.status, { 'content-type': trap.fault.contentType }).end(trap.fault.body);
    passed.push(seen);
    const path = trap?.fault.kind === 'ask instead' ? trap.fault.path(seen.path) : seen.path;
    const answer = await ask(target.port, { ...seen, path }, body);
    if (answer === null) return void incoming.socket.destroy();
    trap?.answered.push(seen);
    if (trap?.fault.kind === 'delay answer' || trap?.fault.kind === 'ask instead') await trap.fault.until;
    if (trap?.fault.kind === 'lose answer') {
      await trap.fault.at;
      answer.destroy();
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    // A server killed in the middle of an answer leaves the browser with the same broken connection.
    answer.on('error', () => outgoing.destroy()).pipe(outgoing);
    outgoing.once('close', () => answer.destroy());
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  later(async () => {
    server.closeAllConnections();
    server.close();
    await Promise.resolve();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    passed,
    fault(matches, fault) {
      const trap: Trap = { matches, fault, struck: [], answered: [] };
      traps.push(trap);
      return { struck: trap.struck, answered: trap.answered, lift: () => void traps.splice(traps.indexOf(trap), 1) };
    },
  };
}

function readable({ headers }: IncomingMessage, body: Buffer): Buffer {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** @returns null if there is no server to ask, or it went away without an answer */
function ask(port: number, { method, path, headers }: Seen, body: Buffer): Promise<IncomingMessage | null> {
  return new Promise((resolve) => {
    const request = forward({ port, host: '127.0.0.1', method, path, headers, agent: false });
    request.once('response', resolve).once('error', () => resolve(null)).end(body);
  });
}

/** Matches what carries responses to the server, whichever way it goes. */
export function isPush({ method, path, body }: Seen): boolean {
  return (method === 'PUT' && path.startsWith('/api/v1/responses/')) || (method === 'POST' && path === '/api/v1/sync' && /"Push":\s*\[\s*\{/.test(body));
}
