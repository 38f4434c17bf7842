/**
 * The plain web server that the peers' own servers sit behind: it gives the page out and leaves the rest to them.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { text } from 'node:stream/consumers';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Answers a request for one of its paths. An error of its becomes a 500. */
export type Answerer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface WebServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Listens on a free port of the loopback.
 * @param apiPath what the paths that `answer` is asked for begin with; all others are files of the app
 */
export async function serve(appFolder: string, apiPath: string, answer: Answerer): Promise<WebServer> {
  const give = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname.startsWith(apiPath)) await answer(request, response);
    else await sendFile(appFolder, pathname === '/' ? '/index.html' : pathname, response);
  };
  const server = createServer((request, response) => {
    give(request, response).catch((error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** @returns the body of a request */
export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const body: unknown = JSON.parse(await text(request));
  return body;
}

export function sendJson(response: ServerResponse, json: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(json);
}

async function sendFile(folder: string, pathname: string, response: ServerResponse): Promise<void> {
  const path = normalize(join(folder, pathname));
  const body = path.startsWith(folder + sep) ? await readFile(path).catch(() => null) : null;
  if (body === null) return void response.writeHead(404).end();
  // What Vite has named after its content stays as it is.
  const cached = pathname.startsWith('/assets/') ? { 'cache-control': 'public, max-age=31536000, immutable' } : {};
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', ...cached }).end(body);
}
