import type { About } from '../../contract.ts';

export const about: About = {
  title: 'RxDB 17',
  setUp:
    'RxDB with its free Dexie storage and `eventReduce`; `bulkInsert` for many and `insert` for one; `replicateRxCollection` over HTTP with batches of 5,000, both ways, as rxdb.info/replication-http.html shows, without its stream of events; on the server SQLite, one transaction a batch, conflicts found by comparing whole documents.',
  waitsFor: 'an IndexedDB transaction; not flushed',
  savedLike: 'IndexedDB, one transaction, relaxed',
  unfair: [
    'Its IndexedDB transactions do not ask the disk to be flushed; Outpost does, and so does the floor that it is held against.',
    'RxDB says of its paid storages that they are faster than the free one.',
    'Each write is sent with the state that it replaces, by which it finds conflicts.',
    'Once started, it replicates by itself: while the browser is offline it tries to send what is created, in (a) too.',
    'The server does not give a device back what it has sent itself, which the documentation’s example does.',
  ],
};
