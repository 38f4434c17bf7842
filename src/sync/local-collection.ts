/**
 * One Backbone collection and the rows behind it: whatever changes a row goes through here, so that model, localStorage
 * and journal tell the same story.
 */
import type Backbone from 'backbone';
import type { Change, PushResult } from '../../protocol/index.ts';
import type { ConflictPolicy } from './core/conflict.ts';
import { receive, resolve, takeChange, type Next, type Sent } from './core/receive.ts';
import { restore } from './core/restore.ts';
import { edit, isShown, keyOf, marksOf, move, newRow, ownAttributes, remove, type Row } from './core/row.ts';
import type { StateEvent } from './core/states.ts';
import type { Journal } from './journal.ts';
import { Rows } from './rows.ts';

export interface CollectionOptions {
  readonly collection: Backbone.Collection;
  /** Whether a model is finished and may be sent; without it every saved model is. */
  readonly ready?: (model: Backbone.Model) => boolean;
  /** Pull only what this account made. */
  readonly own?: boolean;
  /** What to do when a record was changed here and on the server; `merge` if it is not given. */
  readonly conflicts?: ConflictPolicy;
  /** Kept on this device with the same care, but neither pushed nor pulled. */
  readonly local?: boolean;
}

interface Ports {
  readonly journal: Journal;
  readonly now: () => string;
  /** A row has another state than before, or there is a row more or less. */
  readonly onChange: () => void;
  /** A local edit that may be sent is safe from a crash. */
  readonly onWaiting: () => void;
  readonly onFull: () => void;
}

export class LocalCollection {
  readonly name: string;
  readonly own: boolean;
  readonly local: boolean;
  readonly rows: Rows;
  readonly #collection: Backbone.Collection;
  readonly #ready: (model: Backbone.Model) => boolean;
  readonly #policy: ConflictPolicy;
  readonly #ports: Ports;
  readonly #byKey = new Map<string, { readonly model: Backbone.Model; row: Row }>();
  readonly #keyById = new Map<string, string>();
  readonly #keyByModel = new WeakMap<Backbone.Model, string>();
  readonly #durable = new WeakMap<Backbone.Model, Promise<void>>();

  constructor(name: string, storeName: string, options: CollectionOptions, ports: Ports) {
    this.name = name;
    this.own = options.own ?? false;
    this.local = options.local ?? false;
    this.rows = new Rows(storeName, ports.onFull);
    this.#collection = options.collection;
    this.#policy = options.conflicts ?? 'merge';
    const ready = options.ready ?? (() => true);
    this.#ready = (model) => !this.local && ready(model);
    this.#ports = ports;
  }

  /** Brings back what localStorage and the journal hold. Returns the keys of rows that cannot be read; they stay where they are. */
  start(journal: readonly Row[]): readonly string[] {
    const { rows: stored, unreadable } = this.rows.readAll();
    const storedIds = new Map(stored.map((row) => [keyOf(row), row.id]));
    const { rows, toStore, toJournal, toForget } = restore(stored, journal, new Date(this.#ports.now()));
    for (const row of toStore) this.rows.put(row, storedIds.get(keyOf(row)));
    this.#add(rows);
    // Nobody waits for these: what they hold is in localStorage. A journal that cannot be written is told all the same.
    const written = [...toJournal.map((row) => this.#write(row)), ...toForget.map((key) => this.#forget(key))];
    void Promise.all(written).catch(this.#ports.onFull);
    return unreadable;
  }

  *candidates(): Iterable<{ readonly collection: string; readonly row: Row }> {
    for (const { row } of this.#byKey.values()) yield { collection: this.name, row };
  }

  model(key: string): Backbone.Model | undefined {
    return this.#byKey.get(key)?.model;
  }

  row(model: Backbone.Model): Row | undefined {
    const key = this.#keyByModel.get(model);
    return key === undefined ? undefined : this.#byKey.get(key)?.row;
  }

  /** The promise of the journal for the model's last save. */
  durable(model: Backbone.Model): Promise<void> {
    return this.#durable.get(model) ?? Promise.resolve();
  }

  /**
   * A local save is about to be written by backbone.localstorage: gives a new model its ClientId, counts the Revision up
   * and hands the state to the journal.
   */
  beforeSave(model: Backbone.Model): void {
    const now = this.#ports.now();
    const known = this.row(model);
    if (known === undefined && !model.id) model.set('id', crypto.randomUUID());
    const row = edit(known ?? newRow(String(model.id), now), ownAttributes(model.attributes), this.#ready(model), now);
    this.#remember(row, model);
    model.set(marksOf(row));
    this.#durable.set(model, this.#edited(row, this.#write(row)));
    if (row.state !== known?.state) this.#ports.onChange();
  }

  /**
   * A local removal: the model leaves the collection, its row waits until the server knows. A draft that the server has
   * never seen just goes.
   */
  destroy(model: Backbone.Model): Promise<void> {
    const row = this.row(model);
    if (row === undefined) return Promise.resolve();
    const isOnlyHere = this.local || (row.version === 0 && row.state === 'draft');
    if (isOnlyHere) return this.#drop(row);
    const removed = remove(row, this.#ports.now());
    return this.#edited(removed, this.#put(removed));
  }

  /** Removes a model here and nowhere else. */
  async discard(model: Backbone.Model): Promise<void> {
    const row = this.row(model);
    if (row !== undefined) await this.#drop(row);
  }

  async resolve(model: Backbone.Model, choice: 'mine' | 'theirs'): Promise<void> {
    const row = this.row(model);
    if (row === undefined) return;
    const next = resolve(row, choice, this.#ready(model), this.#ports.now());
    await this.#become(row, next);
    if (next.kind === 'put') await this.#edited(next.row, Promise.resolve());
  }

  /** Shows that a push has started, was queued and so on; nothing of that outlives the page, so nothing is written. */
  show(key: string, event: StateEvent): void {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return;
    const row = move(entry.row, event, this.#ports.now());
    if (row === entry.row) return;
    entry.row = row;
    entry.model.set(marksOf(row));
    this.#ports.onChange();
  }

  showAll(event: StateEvent): void {
    for (const key of this.#byKey.keys()) this.show(key, event);
  }

  /** Applies what the server said of a push, and when. Resolves when it is in the journal. A receipt for a discarded model has nobody to tell. */
  async receive(result: PushResult, sent: Sent | null, at = this.#ports.now()): Promise<void> {
    const key = this.#keyById.get(result.ClientId) ?? ('ServerId' in result ? this.#keyById.get(result.ServerId) : undefined);
    const entry = key === undefined ? undefined : this.#byKey.get(key);
    if (entry === undefined) return;
    await this.#become(entry.row, receive(entry.row, result, sent, this.#policy, at));
  }

  /** Applies one page of pulled changes. */
  async pulled(changes: readonly Change[]): Promise<void> {
    const added: Row[] = [];
    const written: Promise<void>[] = [];
    for (const change of changes) {
      const key = this.#keyById.get(change.Id) ?? (change.ClientId === undefined ? undefined : this.#keyById.get(change.ClientId));
      const known = key === undefined ? undefined : this.#byKey.get(key)?.row;
      const pulled = takeChange(known, change, this.#ports.now());
      if (known !== undefined) written.push(this.#become(known, pulled));
      else if (pulled.kind === 'put') {
        this.rows.put(pulled.row);
        added.push(pulled.row);
      }
    }
    this.#add(added);
    await Promise.all(written);
  }

  /**
   * After a reset, the whole collection was pulled: what came from the server and was not in it is no longer there. What
   * was made here stays: a server restored from an older backup has lost it, and this may be the last copy.
   */
  async forgetAllBut(ids: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#byKey.values()].filter(({ row }) => row.state === 'sent' && row.revision === 0 && !ids.has(row.id));
    await Promise.all(gone.map(({ row }) => this.#drop(row)));
  }

  /** A local edit: once it is safe it may be sent. */
  async #edited(row: Row, written: Promise<void>): Promise<void> {
    await written;
    if (row.state === 'waiting') this.#ports.onWaiting();
  }

  async #become(row: Row, next: Next): Promise<void> {
    if (next.kind === 'remove') await this.#drop(row);
    if (next.kind === 'put' && next.row !== row) await this.#put(next.row);
  }

  /** A row's new state: the row in localStorage first, then the model that is on the screen, then the journal. */
  #put(row: Row): Promise<void> {
    const key = keyOf(row);
    const entry = this.#byKey.get(key);
    if (entry === undefined) throw new Error(`${this.name} ${key} is not in the collection.`);
    const before = entry.row;
    this.rows.put(row, before.id);
    this.#remember(row, entry.model);
    for (const name of Object.keys(before.attributes)) if (!(name in row.attributes)) entry.model.unset(name);
    entry.model.set(row.attributes === before.attributes ? marksOf(row) : attributesOf(row));
    if (isShown(row) !== isShown(before)) this.#show(entry.model, isShown(row));
    this.#ports.onChange();
    return this.#write(row);
  }

  #show(model: Backbone.Model, isOnScreen: boolean): void {
    if (isOnScreen) this.#collection.add(model);
    else this.#collection.remove(model);
  }

  #drop(row: Row): Promise<void> {
    const key = keyOf(row);
    const entry = this.#byKey.get(key);
    this.rows.remove(row.id);
    this.#byKey.delete(key);
    this.#keyById.delete(key);
    this.#keyById.delete(row.id);
    if (entry !== undefined) this.#collection.remove(entry.model);
    this.#ports.onChange();
    return this.#forget(key);
  }

  #add(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const shown = rows.filter(isShown);
    const models = this.#collection.add(shown.map(attributesOf));
    shown.forEach((row, index) => {
      const model = models[index];
      if (model !== undefined) this.#remember(row, model);
    });
    for (const row of rows) {
      if (isShown(row)) continue;
      const model = this.#collection.add(attributesOf(row), { silent: true });
      this.#collection.remove(model, { silent: true });
      this.#remember(row, model);
    }
    this.#ports.onChange();
  }

  #remember(row: Row, model: Backbone.Model): void {
    const key = keyOf(row);
    this.#byKey.set(key, { model, row });
    this.#keyById.set(key, key);
    this.#keyById.set(row.id, key);
    this.#keyByModel.set(model, key);
  }

  #write(row: Row): Promise<void> {
    return this.#ports.journal.write(this.name, row);
  }

  #forget(key: string): Promise<void> {
    return this.#ports.journal.remove(this.name, key);
  }
}

/** What a model of this row holds. */
function attributesOf(row: Row): Record<string, unknown> {
  return { ...row.attributes, ...marksOf(row) };
}
