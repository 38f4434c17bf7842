/**
 * A page that is nothing but the engine and one collection, for tests that do more than hands can.
 */
import Backbone from 'backbone';
import { openDB } from 'idb';
import * as v from 'valibot';
import { startOutpost, type CollectionOptions, type Engine, type Evicted } from '../../../src/sync/index.ts';
import { countSteps, stopAt } from './moment.ts';

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
  /** What `sync:persisted` said. */
  readonly persisted: readonly unknown[];
}

/** The answers to a questionnaire of two questions: which response it is, and how often it was edited. */
export interface NamedAnswers {
  readonly name: string;
  readonly edit: string;
}

/** What a test wants of the collection `responses` beyond the usual. */
export type EngineOptions = Pick<CollectionOptions, 'evict'>;

declare global {
  interface Window {
    /** Starts the engine for this account. */
    start(account: string, options?: EngineOptions): Promise<void>;
    /** The same with questionnaires, which the responses name. */
    startWithQuestionnaires(account: string): Promise<void>;
    /** The collection that `start` fills, from the moment of its call on. */
    filled: Backbone.Collection;
    outpost: EngineOnPage;
    /** Registers the worker. Resolves once it stands between this page and the server. */
    hireWorker(): Promise<void>;
    /** As in `moment.ts`, for this page and for its worker. */
    stopAt(step: number): number;
    stopWorkerAt(step: number): Promise<number>;
    /** Saves a response with each of these answers, anew or over the one of the same name, and tells the test of each once it is said to be saved. */
    saveNamed(questionnaireId: string, answers: readonly NamedAnswers[]): Promise<void>;
    /** The response of this name. */
    named(name: string): Backbone.Model;
    /** Resolves once every response is in one of these states. */
    untilAll(states: readonly string[]): Promise<void>;
    /** How many results the worker holds in its receipts. */
    receipts(): Promise<number>;
    /** Resolves once it holds none any more. */
    untilForgotten(): Promise<void>;
    /** What the test hears. */
    said?(answers: NamedAnswers): Promise<void>;
    persistAsked?(): Promise<void>;
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

countSteps();
Object.assign(window, { BroadcastChannel: Channel, stopAt });

window.hireWorker = async () => {
  const { serviceWorker } = navigator;
  const controlled = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  await serviceWorker.register('worker.js');
  if (serviceWorker.controller === null) await controlled;
};

window.stopWorkerAt = (step) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', ({ data }: MessageEvent<number>) => resolve(data));
    port1.start();
    navigator.serviceWorker.controller?.postMessage({ stopAt: step }, [port2]);
  });

window.saveNamed = async (questionnaireId, all) => {
  const { engine, responses } = window.outpost;
  const times = { startedAt: '2026-03-01T09:00:00+02:00', endedAt: '2026-03-01T09:05:00+02:00' };
  const known = new Map(responses.map((model) => [nameOf(model), model]));
  const saved = all.map(async (answers) => {
    const model = known.get(answers.name) ?? engine.create(responses, { questionnaireId, questionnaireVersion: 1, ...times });
    await engine.save(model, { answers });
    await window.said?.(answers);
  });
  await Promise.all(saved);
};

window.untilAll = (states) => until(`every response is ${states.join(' or ')}`, () => window.outpost.responses.every((model) => states.includes(stateOf(model))));

window.untilForgotten = () => until('the worker has forgotten every receipt', async () => (await window.receipts()) === 0);

/** Here and not in the test, so that it ends when the page does. */
async function until(awaited: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 15_000;
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`${awaited}: not in time`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

window.receipts = async () => {
  // To open it here first would make it empty, without the worker's schema.
  if (!(await indexedDB.databases()).some(({ name }) => name === 'outpost-receipts')) return 0;
  const database = await openDB('outpost-receipts');
  const held = v.parse(v.array(v.object({ Results: v.array(v.unknown()) })), await database.getAll('receipts'));
  database.close();
  return held.reduce((sum, { Results }) => sum + Results.length, 0);
};

function stateOf(model: Backbone.Model): string {
  const outpost: unknown = model.get('outpost');
  return typeof outpost === 'object' && outpost !== null && 'state' in outpost ? String(outpost.state) : '';
}

window.named = (name) => {
  const model = window.outpost.responses.find((each) => nameOf(each) === name);
  if (model === undefined) throw new Error(`There is no ${name}.`);
  return model;
};

function nameOf(model: Backbone.Model): string {
  const answers: unknown = model.get('answers');
  return typeof answers === 'object' && answers !== null && 'name' in answers ? String(answers.name) : '';
}

window.start = (account, options) => start(account, false, options);
window.startWithQuestionnaires = (account) => start(account, true);

async function start(account: string, hasQuestionnaires: boolean, options: EngineOptions = {}): Promise<void> {
  const responses = new Backbone.Collection();
  const questionnaires = new Backbone.Collection();
  const kept = { collection: responses, ready: (model: Backbone.Model) => model.get('endedAt') !== null, own: true, ...options };
  const starting = startOutpost({
    account,
    collections: hasQuestionnaires
      ? { responses: { ...kept, references: { questionnaireId: 'questionnaires' } }, questionnaires: { collection: questionnaires } }
      : { responses: kept },
  });
  window.filled = responses;
  const engine = await starting;
  const told: unknown[] = [];
  engine.on('sync:storage-full', (use) => told.push(use));
  engine.on('sync:unreadable', (names) => told.push(names));
  const newer: string[] = [];
  engine.on('sync:newer', (names) => newer.push(...names));
  const evicted: Evicted[] = [];
  engine.on('sync:evicted', (rows) => evicted.push(...rows));
  const persisted: unknown[] = [];
  engine.on('sync:persisted', (answer) => persisted.push(answer));
  window.outpost = { engine, responses, questionnaires, told, newer, evicted, persisted };
}
