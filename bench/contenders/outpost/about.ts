import type { About } from '../../contract.ts';

export const about: About = {
  title: 'Outpost',
  setUp: 'Engine, worker and server as docs/offline-backbone.md says.',
  unfair: ['Its server checks every response against its questionnaire, that of no other contender checks anything.'],
  syncTag: 'workbox-background-sync:outpost',
  backboneAsShipped: true,
};
