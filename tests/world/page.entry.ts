/**
 * The page of the world: an app of one collection.
 */
import Backbone from 'backbone';
import { startOutpost, type Engine } from '../../src/sync/index.ts';

declare const given: { take(start: StartPage): void };

export interface OpenPage {
  readonly engine: Engine;
  readonly responses: Backbone.Collection;
}

/** A page whose collection holds what localStorage has. */
export interface FilledPage {
  readonly responses: Backbone.Collection;
  /** When the journal's rows are restored. */
  readonly started: Promise<OpenPage>;
}

export type StartPage = (account: string) => FilledPage;

given.take((account) => {
  const responses = new Backbone.Collection();
  const starting = startOutpost({
    account,
    collections: { responses: { collection: responses, own: true, ready: (model) => model.get('endedAt') !== null } },
  });
  return { responses, started: starting.then((engine) => ({ engine, responses })) };
});
