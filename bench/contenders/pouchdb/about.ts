import type { About } from '../../contract.ts';

export const about: About = {
  title: 'PouchDB 9',
  setUp:
    'PouchDB with its IndexedDB adapter; `bulkDocs` for many and `put` for one, as pouchdb.com/api.html advises; one-shot `replicate.to` and `replicate.from` with a `batch_size` of 5,000, and `skip_setup`; on the server express-pouchdb in its mode `minimumForPouchDB` over LevelDB, PouchDB’s own storage for Node.',
  waitsFor: 'an IndexedDB transaction; not flushed',
  savedLike: 'IndexedDB, one transaction, relaxed',
  unfair: [
    'Neither its IndexedDB transactions nor LevelDB on its server ask the disk to be flushed; Outpost does both.',
    'It keeps revisions and finds every conflict between any two databases, which costs a round of questions in each replication and which no other contender can do.',
    'express-pouchdb’s last stable release is made of parts of PouchDB 7; CouchDB, which PouchDB is made for and which no npm package brings, may answer faster.',
    'express-pouchdb compresses its answers, as it does by itself; no other server here does.',
  ],
};
