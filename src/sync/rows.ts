/**
 * The rows of one collection in localStorage: a backbone.localstorage store that can also exchange a row's id, and
 * whose index heals from the rows that are really there.
 *
 * Contract:
 * - a row's new id is written before its old one is removed: a crash between leaves both, and `readAll` keeps the later;
 * - the index is written half a second after the first change, from the rows that are there, whichever tab wrote them: so
 *   creating is linear, and no tab drops another's ids; a crash before that loses no row, since `readAll` reads the rows
 *   and not the index;
 * - a full storage is reported by `onFull` and fails nothing: the journal holds the row, and at the next start it is
 *   restored from there.
 */
import type Backbone from 'backbone';
// In this order: the server's sync must be kept before backbone.localstorage replaces it.
import './server-sync.ts';
import { LocalStorage } from 'backbone.localstorage';
import { parseJson } from '../../protocol/index.ts';
import { latestByKey } from './core/restore.ts';
import { decodeRow, encodeRow, isShown, type Row } from './core/row.ts';
import type { Unreadable } from './journal.ts';

const INDEX_DELAY_MS = 500;

export class Rows extends LocalStorage {
  readonly #onFull: () => void;
  readonly #rowOf: (model: Backbone.Model) => Row | undefined;
  #indexTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param name the key of the index, and with `-{id}` after it the key of each row
   * @param rowOf what backbone.localstorage is to write for a model, which holds only a part of its row
   */
  constructor(name: string, onFull: () => void, rowOf: (model: Backbone.Model) => Row | undefined) {
    super(name);
    this.#onFull = onFull;
    this.#rowOf = rowOf;
  }

  /** Every readable row, the later one where a crash left two of the same model. Mends the index and removes leftovers. */
  readAll(): { readonly rows: Row[]; readonly unreadable: readonly Unreadable[] } {
    const found: Row[] = [];
    const unreadable: Unreadable[] = [];
    for (const id of this.#storedIds()) {
      const content = localStorage.getItem(this.#keyOf(id)) ?? '';
      const row = decodeRow(parseJson(content));
      if (row === null || row.id !== id) unreadable.push({ name: this.#keyOf(id), content });
      else found.push(row);
    }
    const rows = [...latestByKey(found).values()];
    const kept = new Set<string>(rows.map((row) => row.id));
    for (const row of found) if (!kept.has(row.id)) localStorage.removeItem(this.#keyOf(row.id));
    this.#writeIndex();
    return { rows, unreadable };
  }

  /** The row that is there now, whichever tab wrote it; null if there is none, or none that can be read. */
  read(id: string): Row | null {
    return decodeRow(parseJson(localStorage.getItem(this.#keyOf(id)) ?? ''));
  }

  /** Writes a row; `oldId` is the id that it was stored under until now. */
  put(row: Row, oldId: string = row.id): void {
    const written = this.#write(row.id, JSON.stringify(encodeRow(row)));
    if (written && oldId !== row.id) this.remove(oldId);
  }

  remove(id: string): void {
    localStorage.removeItem(this.#keyOf(id));
    this.indexLater();
  }

  // What backbone.localstorage's sync calls.

  override create(model: Backbone.Model): unknown {
    return this.update(model);
  }

  override update(model: Backbone.Model): unknown {
    const row = this.#rowOf(model);
    this.#write(String(model.id), JSON.stringify(row === undefined ? model : encodeRow(row)));
    return model.attributes;
  }

  override destroy(model: Backbone.Model): Backbone.Model {
    this.remove(String(model.id));
    return model;
  }

  override findAll(): unknown[] {
    return this.readAll().rows.filter(isShown).map(encodeRow);
  }

  #write(id: string, text: string): boolean {
    const key = this.#keyOf(id);
    const isNew = localStorage.getItem(key) === null;
    const written = this.#store(key, text);
    if (written && isNew) this.indexLater();
    return written;
  }

  /** False if the storage is full. */
  #store(key: string, text: string): boolean {
    try {
      localStorage.setItem(key, text);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
      this.#onFull();
      return false;
    }
  }

  /** There is a row more or less, of this tab or another. */
  indexLater(): void {
    this.#indexTimer ??= setTimeout(() => this.#writeIndex(), INDEX_DELAY_MS);
  }

  #writeIndex(): void {
    clearTimeout(this.#indexTimer);
    this.#indexTimer = undefined;
    this.records = this.#storedIds();
    const index = this.records.join(',');
    if (localStorage.getItem(this.name) !== index) this.#store(this.name, index);
  }

  #keyOf(id: string): string {
    return `${this.name}-${id}`;
  }

  #storedIds(): string[] {
    const prefix = this.#keyOf('');
    const ids: string[] = [];
    for (let index = 0; index < localStorage.length; index += 1) {
      const key = localStorage.key(index);
      if (key !== null && key.startsWith(prefix)) ids.push(key.slice(prefix.length));
    }
    return ids;
  }
}

/** Removes what was set aside, unless something else has taken its place. */
export function removeUnreadable({ name, content }: Unreadable): void {
  if (localStorage.getItem(name) === content) localStorage.removeItem(name);
}
