/**
 * A page that is nothing but the engine and one collection, for tests that do more than hands can.
 */
import Backbone from 'backbone';
import { startOutpost, type CollectionOptions, type Engine, type Evicted } from '../../../src/sync/index.ts';

export interface EngineOnPage {
  readonly engine: Engine;
  readonly responses: Backbone.Collection;
  /** Kept only by `startWithQuestionnaires`. */
  readonly questionnaires: Backbone.Collection;
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
    start(account: string, options?: EngineOptions): Promise<void>;
    /** The same with questionnaires, which the responses name. */
    startWithQuestionnaires(account: string): Promise<void>;
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

window.start = (account, options) => start(account, false, options);
window.startWithQuestionnaires = (account) => start(account, true);

async function start(account: string, hasQuestionnaires: boolean, options: EngineOptions = {}): Promise<void> {
  const responses = new Backbone.Collection();
  const questionnaires = new Backbone.Collection();
  const kept = { collection: responses, ready: (model: Backbone.Model) => model.get('endedAt') !== null, own: true, ...options };
  const engine = await startOutpost({
    account,
    collections: hasQuestionnaires
      ? { responses: { ...kept, references: { questionnaireId: 'questionnaires' } }, questionnaires: { collection: questionnaires } }
      : { responses: kept },
  });
  const told: unknown[] = [];
  engine.on('sync:storage-full', (use) => told.push(use));
  engine.on('sync:unreadable', (names) => told.push(names));
  const newer: string[] = [];
  engine.on('sync:newer', (names) => newer.push(...names));
  const evicted: Evicted[] = [];
  engine.on('sync:evicted', (rows) => evicted.push(...rows));
  window.outpost = { engine, responses, questionnaires, told, newer, evicted };
}
