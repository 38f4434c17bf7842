/**
 * The server that RxDB's replication over HTTP asks for, kept in SQLite.
 */
import Database from 'better-sqlite3';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { Row, StartServer } from '../../contract.ts';
import { remarkAfter } from '../../rows.ts';
import { bodyOf, sendJson, serve } from '../http.ts';
import { ChangeRows, Document, PULL_PATH, PUSH_PATH } from './wire.ts';

/** Who has written what the harness puts there. */
const ANOTHER_DEVICE = 'another';

const Stored = v.object({ sequence: v.number(), document: v.string() });

export const startServer: StartServer = async (folder, appFolder) => {
  const database = new Database(join(folder, 'responses.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  // A device fetches by `sequence`, which only the server gives: by the clocks of devices it would miss rows.
  database.exec('CREATE TABLE responses (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL UNIQUE, writer TEXT NOT NULL, document TEXT NOT NULL) STRICT');
  const insert = database.prepare<[string, string, string]>(`
    INSERT INTO responses VALUES (?, (SELECT coalesce(max(sequence), 0) + 1 FROM responses), ?, ?)
    ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, writer = excluded.writer, document = excluded.document`);
  const selectOne = database.prepare<[string]>('SELECT sequence, document FROM responses WHERE id = ?');
  const selectSince = database.prepare<[number, string, number]>('SELECT sequence, document FROM responses WHERE sequence > ? AND writer <> ? ORDER BY sequence LIMIT ?');

  function find(id: string): Document | null {
    const row = selectOne.get(id);
    return row === undefined ? null : v.parse(Document, JSON.parse(v.parse(Stored, row).document));
  }

  const storeAll = database.transaction((documents: readonly (Row & { readonly _deleted: boolean })[]) => {
    for (const document of documents) insert.run(document.id, ANOTHER_DEVICE, JSON.stringify(document));
  });

  const push = database.transaction((device: string, changes: v.InferOutput<typeof ChangeRows>): Document[] => {
    const conflicts: Document[] = [];
    for (const { newDocumentState, assumedMasterState } of changes) {
      const real = find(newDocumentState.id);
      if (real === null || isDeepStrictEqual(real, assumedMasterState)) insert.run(newDocumentState.id, device, JSON.stringify(newDocumentState));
      else conflicts.push(real);
    }
    return conflicts;
  });

  function pull(query: URLSearchParams, device: string, response: ServerResponse): void {
    const since = Number(query.get('sequence'));
    const rows = selectSince.all(since, device, Number(query.get('limit'))).map((row) => v.parse(Stored, row));
    const sequence = rows.at(-1)?.sequence ?? since;
    sendJson(response, `{"documents":[${rows.map(({ document }) => document).join(',')}],"checkpoint":{"sequence":${sequence}}}`);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const device = searchParams.get('device') ?? '';
    if (pathname === PULL_PATH) pull(searchParams, device, response);
    else if (pathname === PUSH_PATH) sendJson(response, JSON.stringify(push(device, v.parse(ChangeRows, await bodyOf(request)))));
    else response.writeHead(404).end();
  }

  const server = await serve(appFolder, '/api/', answer);
  return {
    url: server.url,
    seed: async (rows) => storeAll(rows.map((row) => ({ ...row, _deleted: false }))),
    references: async () => v.parse(v.array(v.string()), database.prepare("SELECT document ->> '$.answers.reference' FROM responses").pluck().all()),
    async change(references) {
      const documents = references.map(find).filter((document) => document !== null);
      storeAll(documents.map((document) => ({ ...document, answers: { ...document.answers, remark: remarkAfter(document.answers.remark) } })));
    },
    async stop() {
      await server.stop();
      database.close();
    },
  };
};
