/**
 * A page that is nothing but the engine and one collection, for tests that do more than hands can.
 */
import Backbone from 'backbone';
import { startOutpost, type CollectionOptions, type Engine, type Evicted } from '../../../src/sync/index.ts';

export interface EngineOnPage {
  readonly engine: Engine;
  readonly responses: Backbone.Collection;
  /** What `sync:storage-full` and `sync:unreadable` said. */
  readonly told: readonly unknown[];
  /** What `sync:newer` said. */
  readonly newer: readonly string[];
  /** What `sync:evicted` said. */
  readonly evicted: readonly Evicted[];
}

/** What a test wants of the collection `responses` beyond the usual. */
export type EngineOptions = Pick<CollectionOptions, 'evict'>;

declare global {
  interface Window {
    /** Starts the engine for this account. */
    start(account: string, options: EngineOptions): Promise<void>;
    outpost: EngineOnPage;
    /** While true, no message of another tab arrives here. */
    deaf?: boolean;
  }
}

class Channel extends BroadcastChannel {
  override addEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
    super.addEventListener(type, (event) => {
      if (window.deaf !== true && typeof listener === 'function') listener(event);
    });
  }
}

Object.assign(window, { BroadcastChannel: Channel });

window.start = async (account, options) => {
  const responses = new Backbone.Collection();
  const engine = await startOutpost({
    account,
    collections: { responses: { collection: responses, ready: (model) => model.get('endedAt') !== null, own: true, ...options } },
  });
  const told: unknown[] = [];
  engine.on('sync:storage-full', (use) => told.push(use));
  engine.on('sync:unreadable', (names) => told.push(names));
  const newer: string[] = [];
  engine.on('sync:newer', (names) => newer.push(...names));
  const evicted: Evicted[] = [];
  engine.on('sync:evicted', (rows) => evicted.push(...rows));
  window.outpost = { engine, responses, told, newer, evicted };
};
