import type { About } from '../../contract.ts';

export const about: About = {
  title: 'the article’s recipe',
  setUp:
    'Backbone with jQuery and backbone.localstorage, `Backbone.sync` kept aside as `Backbone.serverSync`, a flag `synchronized`, and one request for each model, all begun at once; as a server, Outpost’s.',
  waitsFor: 'localStorage, which Chromium writes to the disk seconds to a minute later',
  savedLike: 'localStorage write',
  unfair: [
    'What it calls saved is in localStorage, which Chromium writes to the disk seconds to a minute later; a killed browser takes it. Outpost waits for the disk.',
    'Of 5,000 requests begun at once Chromium refuses what it has no room for, and its push fails as a whole; what was not sent is begun again at its next one.',
    'It reads the whole collection in each pull, since it knows no cursor.',
  ],
};
