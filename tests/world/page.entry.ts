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

export type StartPage = (account: string) => Promise<OpenPage>;

given.take(async (account) => {
  const responses = new Backbone.Collection();
  const engine = await startOutpost({
    account,
    collections: { responses: { collection: responses, own: true, ready: (model) => model.get('endedAt') !== null } },
  });
  return { engine, responses };
});
