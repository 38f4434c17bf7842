/**
 * One Backbone collection and the rows behind it: whatever changes a row goes through here, so that model, localStorage
 * and journal tell the same story.
 */
import type Backbone from 'backbone';
import type { Change, PushResult } from '../../protocol/index.ts';
import type { ConflictPolicy } from './core/conflict.ts';
import { receive, resolve, takeChange, type Next, type Sent } from './core/receive.ts';
import { restore } from './core/restore.ts';
import { edit, encodeRow, isLater, isShown, keyOf, marksOf, move, newRow, ownAttributes, remove, type Row } from './core/row.ts';
import type { StateEvent } from './core/states.ts';
import { onTop, overtakes } from './core/tabs.ts';
import type { Journal, Unreadable } from './journal.ts';
import { Rows } from './rows.ts';
import type { Note } from './tabs.ts';

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
  /** Tells the other tabs what this one has written. */
  readonly tell: (note: Note) => void;
}

interface Entry {
  readonly model: Backbone.Model;
  row: Row;
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
  readonly #byKey = new Map<string, Entry>();
  readonly #keyById = new Map<string, string>();
  readonly #keyByModel = new WeakMap<Backbone.Model, string>();
  readonly #durable = new WeakMap<Backbone.Model, Promise<void>>();
  /** By key: the last local edit that the journal has not given its Revision for good. Until then nothing else touches the row. */
  readonly #unconfirmed = new Map<string, Promise<void>>();

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

  /** Brings back what localStorage and the journal hold. Returns what cannot be read; it stays where it is. */
  start(journal: readonly Row[]): readonly Unreadable[] {
    const { rows: stored, unreadable } = this.rows.readAll();
    const storedIds = new Map(stored.map((row) => [keyOf(row), row.id]));
    const { rows, toStore, toJournal, toForget } = restore(stored, journal, new Date(this.#ports.now()));
    for (const row of toStore) this.rows.put(row, storedIds.get(keyOf(row)));
    this.#add(rows);
    // Nobody waits for these: what they hold is in localStorage. A journal that cannot be written is told all the same.
    const forgettable = new Set(toForget);
    const settled = stored.filter((row) => forgettable.has(keyOf(row)));
    const written = [...toJournal.map((row) => this.#write(row, null)), ...settled.map((row) => this.#forget(row))];
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
    const key = this.#keyByModel.get(model);
    if (key !== undefined) this.#takeStored(key);
    const known = this.row(model);
    if (known === undefined && !model.id) model.set('id', crypto.randomUUID());
    const basis = known ?? newRow(String(model.id), now);
    const row = edit(basis, ownAttributes(model.attributes), this.#ready(model), now);
    this.#remember(row, model);
    model.set(marksOf(row));
    this.#tell('written', row);
    this.#durable.set(model, this.#edited(row, this.#write(row, basis)));
    if (row.state !== known?.state) this.#ports.onChange();
  }

  /**
   * A local removal: the model leaves the collection, its row waits until the server knows. A draft that the server has
   * never seen just goes.
   */
  destroy(model: Backbone.Model): Promise<void> {
    const key = this.#keyByModel.get(model);
    if (key !== undefined) this.#takeStored(key);
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
    const key = this.#keyByModel.get(model);
    if (key !== undefined) await this.#current(key);
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
    const ids = 'ServerId' in result ? [result.ClientId, result.ServerId] : [result.ClientId];
    const key = this.#keyOfAny(ids);
    if (key === undefined) return;
    await this.#current(key);
    const before = this.#byKey.get(key)?.row;
    if (before === undefined) return;
    await this.#become(before, receive(before, result, sent, this.#policy, at));
  }

  /** Applies one page of pulled changes. */
  async pulled(changes: readonly Change[]): Promise<void> {
    const added: Row[] = [];
    const written: Promise<void>[] = [];
    for (const change of changes) {
      const key = this.#keyById.get(change.Id) ?? (change.ClientId === undefined ? undefined : this.#keyById.get(change.ClientId));
      if (key !== undefined) this.#takeStored(key);
      const known = key === undefined ? undefined : this.#byKey.get(key)?.row;
      const pulled = takeChange(known, change, this.#ports.now());
      if (known !== undefined) written.push(this.#become(known, pulled));
      else if (pulled.kind === 'put') {
        this.rows.put(pulled.row);
        this.#tell('written', pulled.row);
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
    if (next.kind === 'put' && !isSame(next.row, row)) await this.#put(next.row);
  }

  /** Another tab has written or removed rows; what is later here stays, and is put back where the other may have overwritten it. */
  hear(notes: readonly Note[]): void {
    const added: Row[] = [];
    for (const { kind, row } of notes) {
      const key = keyOf(row);
      const unconfirmed = this.#unconfirmed.get(key);
      const mine = this.#byKey.get(key)?.row;
      if (unconfirmed !== undefined) void Promise.allSettled([unconfirmed]).then(() => this.hear([{ kind, collection: this.name, row }]));
      else if (mine === undefined) added.push(...(kind === 'written' ? [row] : []));
      else if (isLater(mine, row)) this.rows.put(mine);
      else if (kind === 'removed') this.#lose(mine);
      else this.#takeOver(row);
    }
    this.#add(added.map((row) => move(row, 'restarted', row.since)));
    this.rows.indexLater();
  }

  /** Takes what other tabs have brought to these rows, as far as the journal and localStorage know, and the messages may not have said yet. */
  async refresh(keys: readonly string[]): Promise<void> {
    const stored = await this.#ports.journal.read(this.name, keys);
    for (const row of stored) if (!this.#unconfirmed.has(keyOf(row))) this.#takeOver(row);
    for (const key of keys) this.#takeStored(key);
  }

  /** Whether the row still is what was planned to be sent, with a Revision that no other tab can give to another edit. */
  isToSend(planned: Row): boolean {
    const key = keyOf(planned);
    const row = this.#byKey.get(key)?.row;
    return row?.state === 'waiting' && row.revision === planned.revision && row.id === planned.id && !this.#unconfirmed.has(key);
  }

  /** The row with all that other tabs are known to have brought, once the journal has settled this tab's own edit. */
  async #current(key: string): Promise<void> {
    while (this.#unconfirmed.has(key)) await Promise.allSettled([this.#unconfirmed.get(key)]);
    this.#takeStored(key);
  }

  /** Takes the row from localStorage, which the tabs share, if another tab has a later one there. */
  #takeStored(key: string): void {
    const mine = this.#byKey.get(key)?.row;
    const stored = mine === undefined || this.#unconfirmed.has(key) ? null : this.rows.read(mine.id);
    if (stored !== null && keyOf(stored) === key) this.#takeOver(stored);
  }

  /** Another tab's state of a row, if it counts more than this one's. Nothing of it is in flight from here. */
  #takeOver(other: Row): void {
    const entry = this.#byKey.get(keyOf(other));
    if (entry === undefined || !overtakes(other, entry.row)) return;
    const stored = this.rows.read(other.id);
    if (entry.row.id !== other.id || stored === null || overtakes(other, stored)) this.rows.put(other, entry.row.id);
    this.#reflect(move(other, 'restarted', other.since), entry);
  }

  /** The key of the row with one of these ids; one that only localStorage knows yet is taken into the collection. */
  #keyOfAny(ids: readonly string[]): string | undefined {
    const known = ids.map((id) => this.#keyById.get(id)).find((key) => key !== undefined);
    if (known !== undefined) return known;
    const stored = ids.map((id) => this.rows.read(id)).find((row) => row !== null);
    if (stored === undefined || stored === null) return undefined;
    this.#add([move(stored, 'restarted', stored.since)]);
    return keyOf(stored);
  }

  /** A row's new state: the row in localStorage first, then the model that is on the screen and the other tabs, then the journal. */
  #put(row: Row): Promise<void> {
    const key = keyOf(row);
    const entry = this.#byKey.get(key);
    if (entry === undefined) throw new Error(`${this.name} ${key} is not in the collection.`);
    const before = entry.row;
    this.rows.put(row, before.id);
    this.#reflect(row, entry);
    this.#tell('written', row);
    return this.#write(row, row.revision > before.revision ? before : null);
  }

  /** Gives the model a row's new state; what was changed in the model and not saved yet stays. */
  #reflect(row: Row, { model, row: before }: Entry): void {
    this.#remember(row, model);
    if (row.attributes !== before.attributes) {
      const attributes = onTop(row.attributes, before.attributes, ownAttributes(model.attributes));
      for (const name of Object.keys(before.attributes)) if (!(name in attributes)) model.unset(name);
      model.set({ ...attributes, ...marksOf(row) });
    } else model.set(marksOf(row));
    if (isShown(row) !== isShown(before)) this.#show(model, isShown(row));
    this.#ports.onChange();
  }

  #show(model: Backbone.Model, isOnScreen: boolean): void {
    if (isOnScreen) this.#collection.add(model);
    else this.#collection.remove(model);
  }

  #drop(row: Row): Promise<void> {
    this.rows.remove(row.id);
    this.#lose(row);
    this.#tell('removed', row);
    return this.#forget(row);
  }

  /** The row is gone; so is its model. */
  #lose(row: Row): void {
    const key = keyOf(row);
    const entry = this.#byKey.get(key);
    this.#byKey.delete(key);
    this.#keyById.delete(key);
    this.#keyById.delete(row.id);
    if (entry !== undefined) this.#collection.remove(entry.model);
    this.#ports.onChange();
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

  #tell(kind: Note['kind'], row: Row): void {
    this.#ports.tell({ kind, collection: this.name, row });
  }

  /** @param basis the row that a local edit was made on; null if `row` holds no new edit */
  #write(row: Row, basis: Row | null): Promise<void> {
    const key = keyOf(row);
    const written = this.#writeAndFollow(row, basis);
    if (basis !== null) {
      this.#unconfirmed.set(key, written);
      const confirmed = (): unknown => this.#unconfirmed.get(key) === written && this.#unconfirmed.delete(key);
      written.then(confirmed, confirmed);
    }
    return written;
  }

  async #writeAndFollow(row: Row, basis: Row | null): Promise<void> {
    this.#follow(await this.#ports.journal.write(this.name, row, basis));
  }

  /** The journal holds this: another tab came in between if it is not what this tab wrote last. */
  #follow(stored: Row): void {
    const key = keyOf(stored);
    const mine = this.#byKey.get(key)?.row;
    if (mine === undefined || !overtakes(stored, mine)) return;
    this.#takeOver(stored);
    this.#tell('written', stored);
  }

  async #forget(row: Row): Promise<void> {
    const later = await this.#ports.journal.remove(this.name, row);
    if (later === null || this.#byKey.has(keyOf(later))) return;
    this.rows.put(later);
    this.#add([move(later, 'restarted', later.since)]);
  }
}

/** What a model of this row holds. */
function attributesOf(row: Row): Record<string, unknown> {
  return { ...row.attributes, ...marksOf(row) };
}

function isSame(a: Row, b: Row): boolean {
  return JSON.stringify(encodeRow(a)) === JSON.stringify(encodeRow(b));
}
