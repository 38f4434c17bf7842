/**
 * express-pouchdb, which answers like CouchDB, with PouchDB's own storage for Node behind it.
 */
import expressPouchDB from 'express-pouchdb';
import { join } from 'node:path';
import PouchDB from 'pouchdb';
import type { StartServer } from '../../contract.ts';
import { serve } from '../http.ts';
import { DATABASE_PATH, type Response, changeAll, documentOf, storeAll } from './responses.ts';

/** What the paths of express-pouchdb stand behind. */
const MOUNT = '/db';

export const startServer: StartServer = async (folder, appFolder) => {
  const Stored = PouchDB.defaults({ prefix: join(folder, '/') });
  const database = new Stored<Response>(DATABASE_PATH.slice(MOUNT.length + 1));
  const answer = expressPouchDB(Stored, { mode: 'minimumForPouchDB' });
  const server = await serve(appFolder, `${MOUNT}/`, (request, response) => {
    request.url = request.url?.slice(MOUNT.length) ?? '/';
    answer(request, response);
  });
  return {
    url: server.url,
    seed: (rows) => storeAll(database, rows.map(documentOf)),
    async references() {
      const { rows } = await database.allDocs({ include_docs: true });
      return rows.map(({ doc }) => doc.answers.reference);
    },
    async change(references) {
      await changeAll(database, references);
    },
    async stop() {
      await server.stop();
      await database.close();
    },
  };
};
