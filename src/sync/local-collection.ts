/**
 * One Backbone collection and the rows behind it: whatever changes a row goes through here, so that model, localStorage
 * and journal tell the same story.
 */
import type Backbone from 'backbone';
import type { Change, PushResult } from '../../protocol/index.ts';
import { receive, resolve, takeChange } from './core/receive.ts';
import { restore } from './core/restore.ts';
import { edit, keyOf, marksOf, move, newRow, ownAttributes, type Row } from './core/row.ts';
import type { StateEvent } from './core/states.ts';
import type { Journal } from './journal.ts';
import { Rows } from './rows.ts';

export interface CollectionOptions {
  readonly collection: Backbone.Collection;
  /** Whether a model is finished and may be sent; without it every saved model is. */
  readonly ready?: (model: Backbone.Model) => boolean;
  /** Pull only what this account made. */
  readonly own?: boolean;
  /** Kept on this device with the same care, but neither pushed nor pulled. */
  readonly local?: boolean;
}

interface Ports {
  readonly journal: Journal;
  readonly now: () => string;
  /** A row has another state than before, or there is a row more or less. */
  readonly onChange: () => void;
  readonly onFull: () => void;
}

export class LocalCollection {
  readonly name: string;
  readonly own: boolean;
  readonly local: boolean;
  readonly rows: Rows;
  readonly #collection: Backbone.Collection;
  readonly #ready: (model: Backbone.Model) => boolean;
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
    this.#durable.set(model, this.#write(row));
    if (row.state !== known?.state) this.#ports.onChange();
  }

  /** Removes a model here and nowhere else. */
  async discard(model: Backbone.Model): Promise<void> {
    const row = this.row(model);
    if (row !== undefined) await this.#drop(row);
  }

  async resolve(model: Backbone.Model, choice: 'mine' | 'theirs'): Promise<void> {
    const row = this.row(model);
    if (row === undefined) return;
    const resolution = resolve(row, choice, this.#ready(model), this.#ports.now());
    if (resolution.kind === 'remove') await this.#drop(row);
    if (resolution.kind === 'put') await this.#put(resolution.row);
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
  async receive(result: PushResult, sentRevision: number | null, at = this.#ports.now()): Promise<void> {
    const key = this.#keyById.get(result.ClientId) ?? ('ServerId' in result ? this.#keyById.get(result.ServerId) : undefined);
    const entry = key === undefined ? undefined : this.#byKey.get(key);
    if (entry === undefined) return;
    const row = receive(entry.row, result, sentRevision, at);
    if (row !== entry.row) await this.#put(row);
  }

  /** Applies one page of pulled changes. */
  async pulled(changes: readonly Change[]): Promise<void> {
    const added: Row[] = [];
    const written: Promise<void>[] = [];
    for (const change of changes) {
      const key = this.#keyById.get(change.Id) ?? (change.ClientId === undefined ? undefined : this.#keyById.get(change.ClientId));
      const known = key === undefined ? undefined : this.#byKey.get(key)?.row;
      const pulled = takeChange(known, change, this.#ports.now());
      if (pulled.kind === 'remove') written.push(this.#drop(pulled.row));
      if (pulled.kind === 'put' && known !== undefined) written.push(this.#put(pulled.row));
      if (pulled.kind === 'put' && known === undefined) {
        this.rows.put(pulled.row);
        added.push(pulled.row);
      }
    }
    this.#add(added);
    await Promise.all(written);
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
    entry.model.set(row.attributes === before.attributes ? marksOf(row) : { ...row.attributes, ...marksOf(row) });
    this.#ports.onChange();
    return this.#write(row);
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
    const models = this.#collection.add(rows.map((row) => ({ ...row.attributes, ...marksOf(row) })));
    rows.forEach((row, index) => {
      const model = models[index];
      if (model !== undefined) this.#remember(row, model);
    });
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
