import type { About } from '../../contract.ts';

export const about: About = {
  title: 'workbox’s plugin',
  setUp:
    'The stock BackgroundSyncPlugin behind a Backbone app with jQuery: in the worker `NetworkOnly` with `BackgroundSyncPlugin` for what is written and `NetworkFirst` for the list, as the documentation of workbox-background-sync and workbox-strategies shows; as a server, Outpost’s.',
  waitsFor: 'the failure of a request, by when the plugin has put it into IndexedDB; not flushed',
  savedLike: 'IndexedDB, one transaction, relaxed',
  unfair: [
    'It tells the page nothing of what it has sent: for (b) the page looks whether the queue is empty, which it also is when a request was refused or its answer lost.',
    'It writes its queue without asking the disk to be flushed, as IndexedDB does by default; Outpost asks for it.',
    'A device that was offline has nothing to start from but the last list that it fetched.',
  ],
  syncTag: 'workbox-background-sync:responses',
  cannot: { 'a-single': 'It has nothing to save in bulk with: (a) is single saves.' },
};
