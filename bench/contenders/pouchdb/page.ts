/**
 * PouchDB in the browser, with a CouchDB-like server that it replicates to and from.
 */
import PouchDB from 'pouchdb';
import { DATABASE_PATH, type Response, changeAll, documentOf, storeAll } from './responses.ts';

/** The fastest of 100 (PouchDB's own), 500, 1,000 and 5,000, both for sending and for fetching. */
const REPLICATION = { batch_size: 5000 } as const;
const RETRY_AFTER_MS = 1000;

const local = new PouchDB<Response>('responses');
// The server has the database: PouchDB need not ask first whether to create it.
const remote = new PouchDB(location.origin + DATABASE_PATH, { skip_setup: true });
/** The app's list, by id. */
const list = new Map<string, Response>();

function show(documents: readonly (Response & { readonly _id: string })[]): void {
  for (const document of documents) list.set(document._id, document);
}

/** @returns false if the server could not be reached or did not take them all */
async function wereSent(): Promise<boolean> {
  return local.replicate.to(remote, REPLICATION).then(
    ({ ok, doc_write_failures }) => ok && doc_write_failures === 0,
    () => false,
  );
}

window.contender = {
  async open() {
    const { rows } = await local.allDocs({ include_docs: true });
    show(rows.map(({ doc }) => doc));
  },
  async createAll(rows) {
    const documents = rows.map(documentOf);
    await storeAll(local, documents);
    show(documents);
  },
  async createEach(rows) {
    const documents = rows.map(documentOf);
    await Promise.all(documents.map((document) => local.put(document)));
    show(documents);
  },
  async sync() {
    while (!(await wereSent())) await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
  },
  async pull() {
    const replication = local.replicate.from(remote, REPLICATION);
    replication.on('change', ({ docs }) => show(docs));
    await replication;
  },
  async change(references) {
    show(await changeAll(local, references));
  },
  list: async () => list.size,
};
