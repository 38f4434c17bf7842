/**
 * A page that is nothing but the engine and one collection, for tests that do more than hands can.
 */
import Backbone from 'backbone';
import { startOutpost, type Engine } from '../../../src/sync/index.ts';

export interface EngineOnPage {
  readonly engine: Engine;
  readonly responses: Backbone.Collection;
  /** Kept only by `startWithQuestionnaires`. */
  readonly questionnaires: Backbone.Collection;
  /** What `sync:storage-full` and `sync:unreadable` said. */
  readonly told: readonly unknown[];
}

declare global {
  interface Window {
    /** Starts the engine for this account. */
    start(account: string): Promise<void>;
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

window.start = (account) => start(account, false);
window.startWithQuestionnaires = (account) => start(account, true);

async function start(account: string, hasQuestionnaires: boolean): Promise<void> {
  const responses = new Backbone.Collection();
  const questionnaires = new Backbone.Collection();
  const kept = { collection: responses, ready: (model: Backbone.Model) => model.get('endedAt') !== null, own: true };
  const engine = await startOutpost({
    account,
    collections: hasQuestionnaires
      ? { responses: { ...kept, references: { questionnaireId: 'questionnaires' } }, questionnaires: { collection: questionnaires } }
      : { responses: kept },
  });
  const told: unknown[] = [];
  engine.on('sync:storage-full', (use) => told.push(use));
  engine.on('sync:unreadable', (names) => told.push(names));
  window.outpost = { engine, responses, questionnaires, told };
}
