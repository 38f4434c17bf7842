import type { About } from '../../contract.ts';

export const about: About = {
  title: 'Outpost',
  setUp: 'Engine, worker and server as docs/offline-backbone.md says.',
  waitsFor: 'localStorage, and an IndexedDB transaction that has been flushed to the disk',
  savedLike: 'IndexedDB, one transaction',
  unfair: ['Its server, which the recipe and workbox’s plugin use too, checks every response against its questionnaire; the servers of the others check nothing.'],
  syncTag: 'workbox-background-sync:outpost',
  backboneAsShipped: true,
};
