/**
 * The rows of one collection as all tabs share them: whatever changes a row goes through here, so that model,
 * localStorage, journal and the other tabs tell the same story.
 *
 * A local edit has its Revision for good once the journal has taken it, since there the tabs' writes come one after
 * another. Until then nothing but a further edit touches its row.
 */
import type Backbone from 'backbone';
import { rebased } from '../../protocol/index.ts';
import { isEvictable } from './core/evict.ts';
import { copyOf, isGone, isLater, isShown, keyOf, marksOf, move, ownAttributes, type Row } from './core/row.ts';
import type { StateEvent } from './core/states.ts';
import { overtakes } from './core/tabs.ts';
import type { Journal } from './journal.ts';
import { NewerData } from './newer.ts';
import { Rows, type MakeRoom } from './rows.ts';
import type { Note } from './tabs.ts';

export interface Ports {
  readonly journal: Journal;
  readonly now: () => string;
  /** A row has another state than before, or there is a row more or less. */
  readonly onChange: () => void;
  readonly makeRoom: MakeRoom;
  /** Tells the other tabs what this one has written. */
  readonly tell: (note: Note) => void;
}

interface Entry {
  readonly model: Backbone.Model;
  row: Row;
}

export class SharedRows {
  readonly name: string;
  readonly rows: Rows;
  readonly #collection: Backbone.Collection;
  readonly #ports: Ports;
  readonly #byKey = new Map<string, Entry>();
  /** Of the ids that are not their rows' keys. */
  readonly #keyById = new Map<string, string>();
  readonly #keyByModel = new WeakMap<Backbone.Model, string>();
  readonly #newer = new Set<string>();
  /** Keys of the rows that were dropped since this page started, here or in another tab. */
  readonly #gone = new Set<string>();
  /** By key: the last local edit that the journal has not taken yet. */
  readonly #unconfirmed = new Map<string, Promise<void>>();

  /** @param storeName of the rows in localStorage */
  constructor(name: string, storeName: string, collection: Backbone.Collection, ports: Ports) {
    this.name = name;
    this.rows = new Rows(storeName, ports.makeRoom, (model) => this.row(model));
    this.#collection = collection;
    this.#ports = ports;
  }

  *candidates(): Iterable<{ readonly collection: string; readonly row: Row }> {
    for (const [key, { row }] of this.#byKey) if (!this.#newer.has(key) && !isGone(row)) yield { collection: this.name, row };
  }

  /** These were written by a newer version of the app: nothing of them is shown, sent or changed from here. @returns all such keys */
  protected leave(keys: readonly string[]): ReadonlySet<string> {
    for (const key of keys) this.#newer.add(key);
    return this.#newer;
  }

  /** Whether a newer version of the app has written this row, before this page started or since. */
  protected isLeft(key: string, id: string): boolean {
    return this.#newer.has(key) || this.rows.isNewer(id);
  }

  model(key: string): Backbone.Model | undefined {
    return this.#byKey.get(key)?.model;
  }

  row(model: Backbone.Model): Row | undefined {
    const key = this.#keyByModel.get(model);
    return key === undefined ? undefined : this.#byKey.get(key)?.row;
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

  /**
   * What localStorage would gain without this row, in UTF-16 units; 0 if it is not there, or another tab has a state of
   * it there that must stay.
   */
  evictableUnits(row: Row, now: Date): number {
    const stored = this.rows.read(row.id);
    return stored !== null && isEvictable(stored, now) ? this.rows.unitsOf(row.id) : 0;
  }

  /** Takes a row that the server has out of storage; its model stays. */
  evict(row: Row): void {
    this.rows.remove(row.id);
    // If the journal cannot forget it, it is back at the next start, and evicted again; a later state that another tab has journalled stays.
    void Promise.allSettled([this.#ports.journal.remove(this.name, row).then((later) => later !== null && this.#follow(later))]);
  }

  /** Another tab has written or removed rows; what is later here stays, and is put back where the other may have overwritten it. */
  hear(notes: readonly Note[]): void {
    const added: Row[] = [];
    for (const { kind, row } of notes) {
      const key = keyOf(row);
      const unconfirmed = this.#unconfirmed.get(key);
      const mine = this.#byKey.get(key)?.row;
      if (unconfirmed !== undefined) void Promise.allSettled([unconfirmed]).then(() => this.hear([{ kind, collection: this.name, row }]));
      else if (mine !== undefined && isLater(mine, row)) this.rows.put(mine);
      else if (kind === 'removed') this.lose(key);
      else if (mine === undefined) added.push(row);
      else this.#takeOver(row);
    }
    this.addRestarted(added);
    this.rows.indexLater();
  }

  /** Whether this tab may take what the journal has of a row: not while it writes an edit of its own, nor what was dropped. */
  protected isOpen(row: Row): boolean {
    const key = keyOf(row);
    return !this.#unconfirmed.has(key) && !this.#gone.has(key);
  }

  /** What the journal has later than this tab and localStorage. */
  protected bringBack(rows: readonly Row[]): void {
    const added: Row[] = [];
    for (const row of rows) {
      const entry = this.#byKey.get(keyOf(row));
      this.rows.put(row, entry?.row.id);
      if (entry === undefined) added.push(row);
      else this.#reflect(move(row, 'restarted', row.since), entry);
    }
    this.addRestarted(added);
  }

  /** Takes rows into the collection of which nothing is in flight from here. */
  protected addRestarted(rows: readonly Row[]): void {
    this.add(rows.map((row) => move(row, 'restarted', row.since)));
  }

  /** Takes what other tabs have brought to these rows, as far as the journal and localStorage know, and the messages may not have said yet. */
  async refresh(keys: readonly string[]): Promise<void> {
    const stored = await this.#ports.journal.read(this.name, keys);
    for (const row of stored) if (!this.#unconfirmed.has(keyOf(row))) this.#takeOver(row);
    for (const key of keys) this.takeStored(this.#byKey.get(key)?.row);
  }

  /** The write of the row's last local edit, until the journal has it. */
  unconfirmed(row: Row): Promise<void> | undefined {
    return this.#unconfirmed.get(keyOf(row));
  }

  /** Whether the row still is what was planned to be sent, with a Revision that no other tab can give to another edit. */
  isToSend(planned: Row): boolean {
    const key = keyOf(planned);
    const row = this.#byKey.get(key)?.row;
    return row?.state === 'waiting' && row.revision === planned.revision && row.id === planned.id && !this.#unconfirmed.has(key);
  }

  /** The row with all that other tabs are known to have brought, once the journal has this tab's own edit. */
  protected async current(row: Row | undefined): Promise<Row | undefined> {
    if (row === undefined) return undefined;
    const key = keyOf(row);
    while (this.#unconfirmed.has(key)) await Promise.allSettled([this.#unconfirmed.get(key)]);
    return this.takeStored(this.#byKey.get(key)?.row);
  }

  /** The row, after taking it from localStorage, which the tabs share, if another tab has a later one there. */
  protected takeStored(row: Row | undefined): Row | undefined {
    if (row === undefined || this.#unconfirmed.has(keyOf(row))) return row;
    const stored = this.rows.read(row.id);
    if (stored !== null && keyOf(stored) === keyOf(row)) this.#takeOver(stored);
    return this.#byKey.get(keyOf(row))?.row;
  }

  /** Another tab's state of a row, if it counts more than this one's. Nothing of it is in flight from here. */
  #takeOver(other: Row): void {
    const entry = this.#byKey.get(keyOf(other));
    if (entry === undefined || !overtakes(other, entry.row)) return;
    const stored = this.rows.read(other.id);
    if (entry.row.id !== other.id || stored === null || overtakes(other, stored)) this.rows.put(other, entry.row.id);
    this.#reflect(move(other, 'restarted', other.since), entry);
  }

  /** The row with this id in this tab, be it the temporary one or the server's. */
  protected known(id: string): Row | undefined {
    return this.#byKey.get(this.#keyById.get(id) ?? id)?.row;
  }

  /** The row with this id; one that only localStorage knows yet is taken into the collection. */
  find(id: string): Row | undefined {
    const known = this.known(id);
    const stored = known === undefined ? this.rows.read(id) : null;
    if (stored !== null) this.addRestarted([stored]);
    return known ?? this.known(id);
  }

  /** A row's new state: the row in localStorage first, then the model that is on the screen and the other tabs, then the journal. */
  protected put(row: Row): Promise<void> {
    const key = keyOf(row);
    const entry = this.#byKey.get(key);
    if (entry === undefined) throw new Error(`${this.name} ${key} is not in the collection.`);
    const before = entry.row;
    this.rows.put(row, before.id);
    this.#reflect(row, entry);
    this.tell('written', row);
    return this.write(row, row.revision > before.revision ? before : null);
  }

  /**
   * The server has acknowledged a row's newest edit: the model that is on the screen first, then the journal, then the row.
   * A crash before the journal has it only leads to a push that is answered as a duplicate.
   */
  protected async settle(row: Row): Promise<void> {
    const key = keyOf(row);
    const entry = this.#byKey.get(key);
    if (entry === undefined) return;
    const before = entry.row;
    this.#reflect(row, entry);
    await this.write(row, null);
    const newest = this.#byKey.get(key)?.row;
    if (newest === row) {
      this.rows.put(row, before.id);
      this.tell('written', row);
    } else if (newest?.id !== before.id) this.rows.remove(before.id);
  }

  /** Gives the model a row's new state; what was changed in the model and not saved yet stays. */
  #reflect(row: Row, { model, row: before }: Entry): void {
    this.#remember(row, model);
    // First: whoever listens hears that it is removed, and nothing else of it.
    if (!isShown(row)) this.#collection.remove(model);
    if (row.attributes !== before.attributes) {
      const attributes = rebased(copyOf(row.attributes), before.attributes, ownAttributes(model.attributes));
      for (const name of Object.keys(before.attributes)) if (!(name in attributes)) model.unset(name);
      model.set({ ...attributes, ...marksOf(row) });
    } else model.set(marksOf(row));
    if (isShown(row) && !isShown(before)) this.#collection.add(model);
    this.#ports.onChange();
  }

  protected drop(row: Row): Promise<void> {
    this.rows.remove(row.id);
    this.lose(keyOf(row));
    this.tell('removed', row);
    return this.forget(row);
  }

  /** The row is gone; so is its model. */
  protected lose(key: string): void {
    const entry = this.#byKey.get(key);
    this.#byKey.delete(key);
    this.#gone.add(key);
    if (entry === undefined) return;
    this.#keyById.delete(entry.row.id);
    this.#collection.remove(entry.model);
    this.#ports.onChange();
  }

  protected add(rows: readonly Row[]): void {
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
    if (row.id !== key) this.#keyById.set(row.id, key);
    this.#keyByModel.set(model, key);
  }

  /** A local edit of a model that backbone.localstorage is about to write. Resolves when the journal has it. */
  protected saved(model: Backbone.Model, row: Row, basis: Row): Promise<void> {
    this.#remember(row, model);
    // Another tab has just removed it; who goes on editing wants it.
    if (!isShown(basis)) this.#collection.add(model);
    model.set(marksOf(row));
    this.tell('written', row);
    return this.write(row, basis);
  }

  protected tell(kind: Note['kind'], row: Row): void {
    this.#ports.tell({ kind, collection: this.name, row });
  }

  /** @param basis the row that a local edit was made on; null if `row` holds no new edit */
  protected write(row: Row, basis: Row | null): Promise<void> {
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
    const stored = await this.#ports.journal.write(this.name, row, basis);
    if (stored !== null) return this.#follow(stored);
    this.leave([keyOf(row)]);
    if (basis !== null) throw new NewerData();
  }

  /** The journal holds this: another tab came in between if it is not what this tab wrote last. */
  #follow(stored: Row): void {
    const key = keyOf(stored);
    const mine = this.#byKey.get(key)?.row;
    if (mine === undefined || !overtakes(stored, mine)) return;
    this.#takeOver(stored);
    this.tell('written', stored);
  }

  protected async forget(row: Row): Promise<void> {
    const later = await this.#ports.journal.remove(this.name, row);
    if (later === null || this.#byKey.has(keyOf(later))) return;
    this.rows.put(later);
    this.addRestarted([later]);
  }
}

/** What a model of this row holds: a copy, since apps change arrays and objects in place, and the row says what was there before. */
function attributesOf(row: Row): Record<string, unknown> {
  const { id, synchronized, version, outpost } = marksOf(row);
  return { ...copyOf(row.attributes), id, synchronized, version, outpost };
}
