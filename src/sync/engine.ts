/**
 * The engine: one account's collections, kept on the device and in step with the server.
 *
 * 1. A save writes the row and the journal; only then it is called saved.
 * 2. A push sends what waits, one request at a time, and applies what the server says of it.
 * 3. What the worker sent while no page was open comes as receipts, through the same `receive`.
 * 4. A pull first pushes, then applies pages of changes; local edits are left alone.
 * 5. While somebody looks at the page, hints from the server lead to further pulls.
 * 6. Whatever could not be sent is tried again: when the browser is online, when the page is looked at, and by a timer.
 */
import Backbone from 'backbone';
import { BATCH_LIMITS, PROTOCOL_VERSION, type AuthorId, type Cursor, type PushOutcome, type PushResult, type Receipt, type WorkerMessage } from '../../protocol/index.ts';
import { nameOf, type Collections } from './collections.ts';
import { backoffMs } from './core/backoff.ts';
import { planPush, type Candidate } from './core/plan.ts';
import { isWaiting, unreachable } from './core/states.ts';
import { readCursor } from './cursors.ts';
import type { Subject } from './diagnostics.ts';
import { begin, happeningsOf, statusesOf } from './happenings.ts';
import type { Journal } from './journal.ts';
import { Live } from './live.ts';
import type { LocalCollection } from './local-collection.ts';
import type { Transport, Unanswered } from './transport.ts';
import { NewerData } from './newer.ts';
import { pullPages } from './pages.ts';
import { askToPersist, storageUse } from './storage.ts';
import { asOnlyTab, Tabs } from './tabs.ts';
import type { Connection, EngineEvents, Summary } from './types.ts';
import { oneAtATime, watchForNetwork } from './wakes.ts';
import { WorkerLink } from './worker-link.ts';

export interface EngineParts {
  readonly account: AuthorId;
  /** What the rows are kept under, and the tabs find each other by. */
  readonly keptAs: string;
  readonly journal: Journal;
  /** Is there once what the journal has is restored: before that nothing is sent or asked for, and no receipt is applied. */
  readonly server: Promise<Server>;
  readonly collections: Collections;
}

export interface Server {
  readonly transport: Transport;
  /** Where it gives hints. */
  readonly eventsUrl: string;
}

/** One account's collections on this device, kept in step with the server. `startOutpost` makes it. */
export class Engine {
  readonly #events: Backbone.Events = Object.assign({}, Backbone.Events);
  readonly #parts: EngineParts;
  readonly #collections: Collections;
  readonly #link: WorkerLink;
  readonly #live: Live;
  readonly #stopWatching: () => void;
  #connection: Connection = 'unknown';
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #announced = false;
  #askedToPersist = false;
  /** From when the journal's rows are restored until `stop`. */
  #isRunning = false;
  readonly #tabs: Tabs;
  readonly #push = oneAtATime(() => asOnlyTab(this.#parts.keptAs, () => this.#pushAll()));
  readonly #pull = oneAtATime(() => this.#pullAll());

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#collections = parts.collections;
    this.#link = new WorkerLink(parts.account, (message) => void this.#heard(message));
    this.#live = new Live({
      isNews: (name, cursor) => this.#isNews(name, cursor),
      pull: () => this.pull(),
      wake: () => this.wake(),
    });
    this.#tabs = new Tabs(parts.keptAs, (notes) => parts.collections.hear(notes));
    this.#stopWatching = watchForNetwork(() => this.wake());
    void parts.server.then(() => {
      this.#isRunning = true;
    });
  }

  /** Calls `listener` whenever that happens, until `off`. */
  on<Name extends keyof EngineEvents>(name: Name, listener: EngineEvents[Name]): void {
    this.#events.on(name, listener);
  }

  /** `listener` is not called any more. */
  off<Name extends keyof EngineEvents>(name: Name, listener: EngineEvents[Name]): void {
    this.#events.off(name, listener);
  }

  /** Tells the listeners of `on`. @internal */
  emit<Name extends keyof EngineEvents>(name: Name, ...args: Parameters<EngineEvents[Name]>): void {
    this.#events.trigger(name, ...args);
  }

  /** A new model in the collection, with its ClientId minted before it is added. `save` it next. */
  create(collection: Backbone.Collection, attributes: Readonly<Record<string, unknown>>): Backbone.Model {
    return collection.add({ ...attributes, id: crypto.randomUUID() });
  }

  /**
   * Saves a model on the device; resolves once a crash can no longer take it. Sending follows by itself.
   * @throws if the journal cannot take it; the message is for people
   */
  async save(model: Backbone.Model, attributes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const collection = this.#collections.of(model);
    const end = begin(this.#parts.account, 'save');
    model.save(attributes);
    try {
      await collection.durable(model);
    } catch (cause) {
      end([cause instanceof DOMException ? cause.name : 'Error'], 1);
      if (cause instanceof NewerData) throw cause;
      throw new Error('This could not be saved: the storage of this device is full or cannot be written. Free some space and try again.', { cause });
    }
    if (collection.row(model)?.state === 'waiting') void this.#persist();
  }

  /** Removes a model here and on the server; resolves once a crash can no longer undo it. `model.destroy()` does the same. */
  destroy(model: Backbone.Model): Promise<void> {
    return this.#collections.of(model).destroy(model);
  }

  /** Gives up a draft, or an edit that the server refused. What the server has of it stays, and comes again with the next pull. */
  async discard(model: Backbone.Model): Promise<void> {
    if (await this.#collections.of(model).discard(model)) void this.pull();
  }

  /** Decides a conflict or a refusal: `mine` sends this side again, `theirs` takes the server's. */
  resolve(model: Backbone.Model, choice: 'mine' | 'theirs'): Promise<void> {
    return this.#collections.of(model).resolve(model, choice);
  }

  /** Sends what waits. Resolves when all was sent, queued or has failed for now. */
  push(): Promise<void> {
    return this.#push();
  }

  /** Pushes, then brings what changed on the server. */
  pull(): Promise<void> {
    return this.#pull();
  }

  /**
   * A model of this id, from the device or else from the server, which gives it to the collection: for one that was
   * evicted. Null if there is none.
   * @throws if it is not here and the server cannot be asked; the message is for people
   */
  async fetch(collection: Backbone.Collection, id: string): Promise<Backbone.Model | null> {
    const local = this.#collections.keeping(collection);
    const here = local.modelOf(id);
    if (here !== undefined) return here;
    const { transport } = await this.#parts.server;
    const outcome = await transport.one(local.name, id, local.options.own);
    if (outcome.kind === 'none') return null;
    if (outcome.kind !== 'answer') {
      this.#unanswered(outcome);
      throw new Error('This is not on the device, and the server cannot be asked now. Try again later.');
    }
    await local.pulled([outcome.value]);
    return local.modelOf(outcome.value.Id) ?? null;
  }

  /** There may be a network, or somebody may have signed in again: asks the worker, pushes and pulls. */
  wake(): void {
    clearTimeout(this.#timer);
    if (this.#connection === 'needs-sign-in') {
      this.#connect('unknown');
      this.#collections.showAll('signed-in');
    }
    this.#link.wake();
    void this.pull();
  }

  /** What waits, when something was last sent, and whether the server can be reached: what `sync:state` tells. */
  summary(): Summary {
    let waiting = 0;
    let lastSentAt: string | null = null;
    for (const { row } of this.#collections.candidates()) {
      if (isWaiting(row.state)) waiting += 1;
      if (row.state === 'sent' && row.revision > 0 && (lastSentAt === null || row.since > lastSentAt)) lastSentAt = row.since;
    }
    return { waiting, lastSentAt, connection: this.#connection };
  }

  /** The model whose real id this one waits for before it is sent; null if it waits for none. */
  waitsFor(model: Backbone.Model): Backbone.Model | null {
    return this.#collections.awaited(model);
  }

  /** What `diagnose` looks at. @internal */
  get subject(): Subject {
    const happenings = happeningsOf(this.#parts.account);
    return { ...this.#parts, summary: this.summary(), protocol: PROTOCOL_VERSION, local: storageUse(), happenings, isWaiting, readCursor };
  }

  /** Tells the listeners of `sync:state`, once for all changes of one turn of the event loop. @internal */
  readonly announce = (): void => {
    if (this.#announced) return;
    this.#announced = true;
    queueMicrotask(() => {
      this.#announced = false;
      if (this.#isRunning) this.#collections.link();
      this.emit('sync:state', this.summary());
    });
  };

  /** Tells the other tabs. @internal */
  get tell(): Tabs['tell'] {
    return this.#tabs.tell;
  }

  /** Nothing is sent or heard any more; what was saved stays. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#stopWatching();
    this.#link.stop();
    this.#live.stop();
    await this.#parts.journal.settled();
    this.#tabs.stop();
    await this.#parts.journal.close();
  }

  async #pushAll(): Promise<void> {
    const { transport } = await this.#parts.server;
    // What was tried in this pass and waits still is left for the next one.
    const tried = new Set<string>();
    let limits = BATCH_LIMITS;
    for (;;) {
      this.#collections.link();
      const plan = planPush(this.#collections.free(tried), this.#connection, limits);
      switch (plan.kind) {
        case 'nothing':
          return;
        case 'wait':
          if (plan.why === 'needs-sign-in') this.#collections.showAll('sign-in-needed');
          return;
        case 'send': {
          const { batch } = plan;
          const writing = this.#collections.unconfirmed(batch);
          await this.#parts.journal.settled();
          const written = await Promise.allSettled(writing);
          if (!this.#isRunning || written.some(({ status }) => status === 'rejected')) return;
          // What this tab has just written, the journal has compared with what other tabs wrote.
          if (!(await this.#collections.areCurrent(batch, writing.length === batch.length))) continue;
          this.#collections.show(batch, 'push-started');
          const outcome = await transport.push(batch, (candidate) => this.#collections.model(candidate));
          if (outcome.kind === 'too-large' && batch.length > 1) {
            this.#collections.show(batch, 'push-failed');
            limits = { ...limits, maxEntries: Math.ceil(batch.length / 2) };
            continue;
          }
          for (const candidate of batch) tried.add(nameOf(candidate));
          if (!(await this.#took(batch, outcome))) return;
          break;
        }
        default:
          unreachable(plan);
      }
    }
  }

  /** Applies the outcome of a push; false if there is no use in sending more now. */
  async #took(batch: readonly Candidate[], outcome: PushOutcome<readonly PushResult[]>): Promise<boolean> {
    switch (outcome.kind) {
      case 'results':
        this.#connect('online');
        await this.#collections.receive(batch, outcome.results);
        if (outcome.results.some((result) => result.Status === 'retry')) this.#tryLater(null);
        else this.#failures = 0;
        return true;
      case 'queued':
        this.#connect('offline');
        this.#collections.show(batch, 'push-queued');
        this.#tryLater(null);
        return true;
      case 'offline':
      case 'later':
      case 'sign-in':
      case 'update-needed':
        this.#collections.show(batch, 'push-failed');
        return this.#unanswered(outcome);
      case 'too-large':
        await this.#collections.refuse(batch, 'This is larger than the server takes.');
        return true;
      case 'refused':
        await this.#collections.refuse(batch, outcome.message);
        return true;
      default:
        return unreachable(outcome);
    }
  }

  async #pullAll(): Promise<void> {
    const { transport, eventsUrl } = await this.#parts.server;
    await this.push();
    if (this.#connection === 'needs-sign-in' || this.#connection === 'update-needed') return;
    for (const collection of this.#collections) {
      if (!collection.options.local && !(await asOnlyTab(this.#parts.keptAs, () => this.#pullCollection(collection, transport)))) return;
    }
    this.#failures = 0;
    this.#live.open(eventsUrl);
  }

  /** False if the server could not be asked. */
  async #pullCollection(collection: LocalCollection, transport: Transport): Promise<boolean> {
    const end = await pullPages(collection, transport, { isRunning: () => this.#isRunning, onAnswer: () => this.#connect('online') });
    return end === 'all' || (end !== 'stopped' && this.#unanswered(end));
  }

  /** Whether a hint tells of something that this page pulls and has not pulled yet. */
  #isNews(name: string, cursor: Cursor): boolean {
    const collection = this.#collections.named(name);
    return collection !== undefined && !collection.options.local && collection.cursor !== cursor;
  }

  /** The server gave nothing of what it was asked for: what that says of the connection, and when to try again. */
  #unanswered(outcome: Unanswered): false {
    switch (outcome.kind) {
      case 'offline':
        this.#connect('offline');
        this.#tryLater(null);
        return false;
      case 'later':
        this.#tryLater(outcome.retryAfterMs);
        return false;
      case 'none':
        this.#tryLater(null);
        return false;
      case 'sign-in':
        this.#connect('needs-sign-in');
        this.#collections.showAll('sign-in-needed');
        return false;
      case 'update-needed':
        this.#connect('update-needed');
        return false;
      default:
        return unreachable(outcome);
    }
  }

  async #heard(message: WorkerMessage): Promise<void> {
    await this.#parts.server;
    switch (message.kind) {
      case 'receipts': {
        const mine = message.receipts.filter((receipt) => receipt.Account === this.#parts.account);
        if (mine.length === 0) return;
        const end = begin(this.#parts.account, 'receipts');
        const applied = await Promise.all(mine.map((receipt) => this.#applied(receipt)));
        const results = mine.flatMap(({ Results }) => Results);
        end(statusesOf(results), results.length);
        this.#connect('online');
        this.#failures = 0;
        this.#link.applied(applied.flat());
        void this.push();
        return;
      }
      case 'empty':
        if (message.account !== this.#parts.account) return;
        this.#collections.show([...this.#collections.candidates()].filter(({ row }) => row.state === 'queued'), 'push-failed');
        void this.push();
        return;
      case 'needs-sign-in':
        if (message.account === this.#parts.account) this.#unanswered({ kind: 'sign-in' });
        return;
      case 'update-needed':
        this.#unanswered(message);
        return;
      default:
        unreachable(message);
    }
  }

  /**
   * The receipt's key once all of it is in the rows, durably; no key if that has failed, for another start. What is not
   * kept here is sent again by the version of the app that keeps it.
   */
  async #applied({ Key, Results, At }: Receipt): Promise<readonly number[]> {
    const all = await Promise.allSettled(Results.flatMap((result) => this.#collections.named(result.Collection)?.receive(result, null, At) ?? []));
    return all.every(({ status }) => status === 'fulfilled') ? [Key] : [];
  }

  async #persist(): Promise<void> {
    if (this.#askedToPersist) return;
    this.#askedToPersist = true;
    this.emit('sync:persisted', await askToPersist());
  }

  #tryLater(retryAfterMs: number | null): void {
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), backoffMs(this.#failures, retryAfterMs, Math.random()));
  }

  #connect(connection: Connection): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    this.announce();
  }
}
