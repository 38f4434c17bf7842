/**
 * A small REST server that keeps what TanStack DB's offline transactions send in SQLite.
 */
import Database from 'better-sqlite3';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Row, StartServer } from '../../contract.ts';
import { remarkAfter } from '../../rows.ts';
import { bodyOf, sendJson, serve } from '../http.ts';
import { Batch, RESPONSES_PATH, Response } from './wire.ts';

/** Who has written what the harness puts there. */
const ANOTHER_DEVICE = 'another';

const Stored = v.object({ sequence: v.number(), response: v.string() });

export const startServer: StartServer = async (folder, appFolder) => {
  const database = new Database(join(folder, 'responses.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    CREATE TABLE responses (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL UNIQUE, writer TEXT NOT NULL, response TEXT NOT NULL) STRICT;
    CREATE TABLE transactions (idempotency_key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID`);
  const insert = database.prepare<[string, string, string]>(`
    INSERT INTO responses VALUES (?, (SELECT coalesce(max(sequence), 0) + 1 FROM responses), ?, ?)
    ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, writer = excluded.writer, response = excluded.response`);
  const selectOne = database.prepare<[string]>('SELECT sequence, response FROM responses WHERE id = ?');
  const selectSince = database.prepare<[number, string]>('SELECT sequence, response FROM responses WHERE sequence > ? AND writer <> ? ORDER BY sequence');
  const remember = database.prepare<[string]>('INSERT INTO transactions VALUES (?) ON CONFLICT DO NOTHING');

  const storeAll = database.transaction((device: string, rows: readonly Row[]) => {
    for (const row of rows) insert.run(row.id, device, JSON.stringify(row));
  });

  /** A transaction that comes again is answered as it was the first time, and writes nothing. */
  const storeOnce = database.transaction((key: string, device: string, rows: readonly Row[]) => {
    if (remember.run(key).changes > 0) storeAll(device, rows);
  });

  function give(since: number, device: string, response: ServerResponse): void {
    const rows = selectSince.all(since, device).map((row) => v.parse(Stored, row));
    sendJson(response, `{"responses":[${rows.map(({ response }) => response).join(',')}],"sequence":${rows.at(-1)?.sequence ?? since}}`);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname !== RESPONSES_PATH) return void response.writeHead(404).end();
    const device = searchParams.get('device') ?? '';
    if (request.method === 'GET') return give(Number(searchParams.get('since')), device, response);
    const batch = v.parse(Batch, await bodyOf(request));
    storeOnce(String(request.headers['idempotency-key']), device, batch);
    sendJson(response, `{"taken":${batch.length}}`);
  }

  const server = await serve(appFolder, '/api/', answer);
  return {
    url: server.url,
    seed: async (rows) => storeAll(ANOTHER_DEVICE, rows),
    references: async () => v.parse(v.array(v.string()), database.prepare("SELECT response ->> '$.answers.reference' FROM responses").pluck().all()),
    async change(references) {
      const rows = references.map((id) => v.parse(Response, JSON.parse(v.parse(Stored, selectOne.get(id)).response)));
      storeAll(ANOTHER_DEVICE, rows.map((row) => ({ ...row, answers: { ...row.answers, remark: remarkAfter(row.answers.remark) } })));
    },
    async stop() {
      await server.stop();
      database.close();
    },
  };
};
