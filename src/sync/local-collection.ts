/**
 * One Backbone collection and what may happen to its models: a save, a removal, a choice, a receipt, a pulled change.
 */
import type Backbone from 'backbone';
import type { Change, Cursor, OwnChange, PushResult } from '../../protocol/index.ts';
import type { ConflictPolicy } from './core/conflict.ts';
import { receive, resolve, settled, takeChange, type Sent } from './core/receive.ts';
import { withRealIds, type Directory, type References } from './core/references.ts';
import { restore } from './core/restore.ts';
import { edit, isLater, isShown, keyOf, newRow, remove, snapshot, type Row } from './core/row.ts';
import { forgetCursor, readCursor, writeCursor } from './cursors.ts';
import type { Unreadable } from './journal.ts';
import { NewerData } from './newer.ts';
import { SharedRows, type Ports } from './shared-rows.ts';

/** How one collection is kept. */
export interface CollectionOptions {
  /** Yours; it is filled with what the device holds. */
  readonly collection: Backbone.Collection;
  /** Whether a model is finished and may be sent; without it every saved model is. */
  readonly ready?: (model: Backbone.Model) => boolean;
  /** Pull only what this account made. */
  readonly own?: boolean;
  /** What to do when a record was changed here and on the server; `merge` if it is not given. */
  readonly conflicts?: ConflictPolicy;
  /** Kept on this device with the same care, but neither pushed nor pulled. */
  readonly local?: boolean;
  /** Attributes that hold the id of another model, and the collection that it is of: a temporary id is replaced before it is sent. */
  readonly references?: References;
  /**
   * When localStorage is full, the oldest rows that were sent make room, and are no longer here at the next start;
   * `engine.fetch` brings one again. Never one that the server does not have.
   */
  readonly evict?: boolean;
}

interface EditPorts extends Ports {
  /** There is a local edit to be sent once it is safe from a crash. */
  readonly onWaiting: () => void;
  readonly onFull: () => void;
}

export class LocalCollection extends SharedRows {
  readonly options: CollectionOptions;
  readonly #ports: EditPorts;
  readonly #durable = new WeakMap<Backbone.Model, Promise<void>>();
  #isBehind = false;
  #ahead: Cursor | null = null;

  constructor(name: string, storeName: string, options: CollectionOptions, ports: EditPorts) {
    super(name, storeName, options.collection, ports);
    this.options = options;
    this.#ports = ports;
  }

  /** Whether the model may be sent. */
  #isReady(model: Backbone.Model): boolean {
    const { local, ready } = this.options;
    return !local && (ready === undefined || ready(model));
  }

  /**
   * Fills the collection with what localStorage holds, but what a newer version of the app wrote. `restore` follows: until
   * then a row may be one that a crash has rolled back.
   * @returns what cannot be read; it stays where it is
   */
  fill(): readonly Unreadable[] {
    const { rows, unreadable, newer: keys } = this.rows.readAll();
    const newer = this.leave(keys);
    this.addRestarted(rows.filter((row) => !newer.has(keyOf(row))));
    return unreadable;
  }

  /**
   * Brings back what the journal holds and localStorage had lost, but what a newer version of the app wrote.
   * @param newerKeys of what the journal has from a newer version
   * @returns the names of what a newer version wrote, here or there; it stays where it is
   */
  restore(journalled: readonly Row[], newerKeys: readonly string[]): readonly string[] {
    const newer = this.leave(newerKeys);
    for (const key of newerKeys) this.lose(key);
    const readable = journalled.filter((row) => !newer.has(keyOf(row)) && this.isOpen(row));
    // Other tabs may have written rows since these were read, and their messages be under way.
    for (const row of readable) {
      const known = this.find(row.id) ?? this.known(keyOf(row));
      if (known !== undefined && isLater(row, known)) this.takeStored(known);
    }
    const rows = [...this.candidates()].map(({ row }) => row).filter((row) => this.isOpen(row));
    const { toStore, toJournal, toForget } = restore(rows, readable, new Date(this.#ports.now()));
    this.bringBack(toStore);
    // Nobody waits for these: what they hold is in localStorage. A journal that cannot be written is told all the same.
    const written = [...toJournal.map((row) => this.write(row, null)), ...toForget.map((row) => this.forget(row))];
    void Promise.all(written).catch(this.#ports.onFull);
    return [...newer].map((key) => `${this.name} ${key}`);
  }

  /** The promise of the journal for the model's last save. */
  durable(model: Backbone.Model): Promise<void> {
    return this.#durable.get(model) ?? Promise.resolve();
  }

  /**
   * A local save is about to be written by backbone.localstorage: gives a new model its ClientId, counts the Revision up
   * and hands the state to the journal.
   * @throws NewerData if a newer version of the app has written the row
   */
  beforeSave(model: Backbone.Model): void {
    const now = this.#ports.now();
    const before = this.row(model);
    if (before !== undefined && this.isLeft(keyOf(before), before.id)) throw new NewerData();
    const known = this.takeStored(before);
    if (known === undefined && !model.id) model.set('id', crypto.randomUUID());
    const basis = known ?? newRow(String(model.id), now);
    const row = edit(basis, snapshot(model.attributes), this.#isReady(model), now);
    this.#durable.set(model, this.#edited(row, this.saved(model, row, basis)));
    if (row.state !== known?.state) this.#ports.onChange();
  }

  /**
   * A local removal: the model leaves the collection, its row waits until the server knows. A draft that the server has
   * never seen just goes; one with a real id it has seen.
   */
  destroy(model: Backbone.Model): Promise<void> {
    const row = this.takeStored(this.row(model));
    if (row === undefined) return Promise.resolve();
    if (this.options.local || (row.state === 'draft' && !isOnServer(row))) return this.#takeAway(row);
    const removed = remove(row, this.#ports.now());
    return this.#edited(removed, this.put(removed));
  }

  /** The model of this id, be it the temporary one or the server's; null if it was removed here, undefined if it is not here. */
  modelOf(id: string): Backbone.Model | null | undefined {
    const row = this.find(id);
    if (row === undefined) return undefined;
    return isShown(row) ? (this.model(keyOf(row)) ?? null) : null;
  }

  /** Removes a model here and nowhere else. @returns whether the server has it, so that the next pull brings it again as it is there */
  async discard(model: Backbone.Model): Promise<boolean> {
    const row = this.row(model);
    if (row === undefined) return false;
    const comesAgain = !this.options.local && isOnServer(row);
    // The pulls are past it. Before the row goes: a crash between the two only has everything pulled once more.
    if (comesAgain) this.#startOver();
    await (comesAgain ? this.drop(row) : this.#takeAway(row));
    return comesAgain;
  }

  /** Nobody else has it, so nobody is told. */
  #takeAway(row: Row): Promise<void> {
    const now = this.#ports.now();
    return this.put(settled(remove(row, now), now));
  }

  async resolve(model: Backbone.Model, choice: 'mine' | 'theirs'): Promise<void> {
    const row = await this.current(this.row(model));
    if (row === undefined) return;
    const next = resolve(row, choice, this.#isReady(model), this.#ports.now());
    await this.#become(row, next);
    await this.#edited(next, Promise.resolve());
  }

  /** Applies what the server said of a push, and when. Resolves when it is in the journal. A receipt for a discarded model has nobody to tell. */
  async receive(result: PushResult, sent: Sent | null, at = this.#ports.now()): Promise<void> {
    const before = await this.current(this.find(result.ClientId) ?? ('ServerId' in result ? this.find(result.ServerId) : undefined));
    if (before === undefined) return;
    const next = receive(before, result, sent, this.options.conflicts ?? 'merge', at);
    if (next !== before && next.state === 'sent' && next.revision === before.revision) await this.settle(next);
    else await this.#become(before, next);
  }

  /** Whether all of these are here and stored, at that Version or a later one. */
  has(own: readonly OwnChange[]): boolean {
    return own.every(({ Id, Version }) => (this.known(Id)?.version ?? -1) >= Version && this.rows.unitsOf(Id) > 0);
  }

  /** Applies one page of pulled changes. `moveTo` follows. */
  async pulled(changes: readonly Change[]): Promise<void> {
    const added: Row[] = [];
    const written: Promise<void>[] = [];
    const now = this.#ports.now();
    for (const change of changes) {
      const known = this.takeStored(this.known(change.Id) ?? (change.ClientId === undefined ? undefined : this.known(change.ClientId)));
      if (this.isLeft(change.ClientId ?? change.Id, change.Id)) {
        this.#isBehind = true;
        continue;
      }
      const pulled = takeChange(known, change, now);
      if (pulled === null) continue;
      if (known === undefined) added.push(pulled);
      else {
        // A tab may know of a row that no tab could store.
        if (pulled === known && known.state === 'sent' && this.rows.unitsOf(known.id) === 0) this.#store(known);
        written.push(this.#become(known, pulled));
      }
    }
    this.add(added);
    // The newest first: they are the ones that stay if not all find room. One that a listener has edited by now is stored already.
    for (const row of added.toReversed()) {
      if (this.known(row.id) !== row) continue;
      this.#store(row);
      this.tell('written', row);
    }
    await Promise.all(written);
  }

  /** Puts the real id wherever a row names another by a temporary one. The journal takes it as any edit. */
  link(directory: Directory): void {
    const link = (row: Row): Row => withRealIds({ collection: this.name, row }, directory);
    for (const { row } of this.candidates()) {
      const known = link(row) === row ? undefined : this.takeStored(row);
      if (known === undefined) continue;
      const linked = link(known);
      if (linked !== known) this.put(linked).catch(this.#ports.onFull);
    }
  }

  /** No journal holds what was pulled: where localStorage cannot take it, it must be pulled again. */
  #store(row: Row): void {
    if (this.rows.put(row) === 'full') this.#isBehind = true;
  }

  /** How far the collection was pulled. */
  get cursor(): Cursor | null {
    return this.#ahead ?? readCursor(this.rows.name);
  }

  /**
   * Once localStorage lacks a pulled row, only this page goes on: the next start pulls again from where all was stored.
   * @param from where the page was asked from; if the collection is to start over since, it does
   */
  moveTo(cursor: Cursor, from: Cursor | null): void {
    if (this.cursor !== from) return;
    if (this.#isBehind) this.#ahead = cursor;
    else writeCursor(this.rows.name, cursor);
  }

  #startOver(): void {
    this.#ahead = null;
    forgetCursor(this.rows.name);
  }

  /**
   * After a reset, the whole collection was pulled: what came from the server and was not in it is no longer there. What
   * was made here stays: a server restored from an older backup has lost it, and this may be the last copy.
   */
  async forgetAllBut(ids: ReadonlySet<string>): Promise<void> {
    const gone = [...this.candidates()].filter(({ row }) => row.state === 'sent' && row.revision === 0 && !ids.has(row.id));
    await Promise.all(gone.map(({ row }) => this.drop(row)));
  }

  /** A local edit: the push is prepared while the journal takes it, and waits for that. */
  #edited(row: Row, written: Promise<void>): Promise<void> {
    if (row.state === 'waiting') this.#ports.onWaiting();
    return written;
  }

  async #become(row: Row, next: Row): Promise<void> {
    if (next !== row) await this.put(next);
  }
}

/** Whether the server is known to have a record of it. */
const isOnServer = (row: Row): boolean => row.version > 0 || row.id !== keyOf(row);
