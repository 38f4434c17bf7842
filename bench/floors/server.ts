/**
 * The least that a server can do: it takes all rows as one JSON text and stores them in one durable transaction.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import * as v from 'valibot';
import type { Row, StartServer } from '../contract.ts';
import { remarkAfter } from '../rows.ts';

const Stored = v.object({ id: v.string(), body: v.string() });
const Body = v.pipe(v.string(), v.parseJson(), v.array(v.looseObject({ id: v.string() })));

type Store = ReturnType<typeof openStore>;

function openStore(file: string) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, body TEXT NOT NULL)');
  const insert = database.prepare<[string, string]>('INSERT OR REPLACE INTO rows VALUES (?, ?)');
  const all = database.prepare('SELECT id, body FROM rows');
  const put = (row: { readonly id: string }): void => void insert.run(row.id, JSON.stringify(row));
  return {
    put,
    putAll: database.transaction((rows: readonly { readonly id: string }[]) => rows.forEach(put)),
    all: () => v.parse(v.array(Stored), all.all()),
  };
}

/** Milliseconds for inserts straight through the driver, in one transaction or in one for each. */
export function inDriver(folder: string, rows: readonly Row[], isBulk: boolean): number {
  const store = openStore(join(folder, `driver-${isBulk}.sqlite`));
  const startedMs = performance.now();
  if (isBulk) store.putAll(rows);
  else rows.forEach(store.put);
  return performance.now() - startedMs;
}

export const startServer: StartServer = async (folder, appFolder) => {
  const store = openStore(join(folder, 'rows.sqlite'));
  const server = createServer((request, response) => {
    answer(store, appFolder, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    seed: async (rows) => store.putAll(rows),
    references: async () => store.all().map(({ id }) => id),
    async change(references) {
      const wanted = new Set(references);
      const Edited = v.pipe(v.string(), v.parseJson(), v.looseObject({ id: v.string(), answers: v.looseObject({ remark: v.string() }) }));
      const rows = store.all().filter(({ id }) => wanted.has(id)).map(({ body }) => v.parse(Edited, body));
      store.putAll(rows.map((row) => ({ ...row, answers: { ...row.answers, remark: remarkAfter(row.answers.remark) } })));
    },
    async stop() {
      server.close();
    },
  };
};

async function answer(store: Store, appFolder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/rows' && request.method === 'POST') {
    const rows = v.parse(Body, await text(request));
    store.putAll(rows);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  } else if (request.url === '/rows') {
    const bodies = store.all().map(({ body }) => body);
    response.writeHead(200, { 'content-type': 'application/json' }).end(`[${bodies.join(',')}]`);
  } else if (request.url === '/page.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(await readFile(join(appFolder, 'page.js')));
  } else {
    response.writeHead(200, { 'content-type': 'text/html' }).end(await readFile(join(appFolder, 'index.html')));
  }
}
