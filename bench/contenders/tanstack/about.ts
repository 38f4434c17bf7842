import type { About } from '../../contract.ts';

export const about: About = {
  title: 'TanStack DB',
  setUp:
    'TanStack DB with `startOfflineExecutor` over IndexedDB, one offline transaction for many rows and one for each single save, SQLite persistence (wa-sqlite in OPFS) for the collection, and a sync adapter of the kind that its documentation has one write for a server of one’s own; REST over SQLite, with the idempotency keys that tanstack.com/db/latest/docs/guides/offline-transactions asks for. TanStack DB is 0.8.7, the version that the last published offline-transactions is tied to.',
  waitsFor: 'the success of an IndexedDB request, before its transaction is complete; not flushed',
  savedLike: 'IndexedDB, one transaction, relaxed',
  unfair: [
    'Its outbox is done when IndexedDB has taken a request, before that transaction is complete, let alone flushed; Outpost waits for the disk.',
    'A transaction of N rows is one record in its outbox and one request, which nothing splits: one refused row holds up or takes along all of them.',
    'Single saves are sent one after another, a request each.',
    'Of its JavaScript, nine tenths are SQLite as WebAssembly; without it, nothing that was sent would be there after a restart. It is loaded when the collection is opened: its time and bytes are in (c) too, its time in (e).',
    'It looks for no conflicts: the last write wins.',
    'The documentation’s examples drop a transaction that is answered with 4xx; here it is kept and tried again.',
  ],
};
