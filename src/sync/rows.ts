/**
 * The rows of one collection in localStorage: a backbone.localstorage store that can also exchange a row's id, and
 * whose index heals from the rows that are really there.
 *
 * Contract:
 * - a row's new id is written before its old one is removed: a crash between leaves both, and `readAll` keeps the later; only
 *   where there is no room for both the old one goes first, and the journal has the row meanwhile;
 * - the index is written half a second after the first change, from the rows that are there, whichever tab wrote them: so
 *   creating is linear, and no tab drops another's ids; a crash before that loses no row, since `readAll` reads the rows
 *   and not the index;
 * - a full storage fails nothing: `makeRoom` is asked, and where there is none, the journal holds the row, and at the next
 *   start it is restored from there; a pulled row that no journal holds is pulled again;
 * - what a newer version of the app wrote is neither read nor replaced nor removed.
 */
import type Backbone from 'backbone';
// In this order: the server's sync must be kept before backbone.localstorage replaces it.
import './server-sync.ts';
import { LocalStorage } from 'backbone.localstorage';
import { parseJson } from '../../protocol/index.ts';
import { isNewer, storedKeyOf } from './core/format.ts';
import { latestByKey } from './core/restore.ts';
import { decodeRow, encodeRow, isGone, isShown, keyOf, type Row } from './core/row.ts';
import type { Unreadable } from './journal.ts';

const INDEX_DELAY_MS = 500;

/**
 * Is asked for room for a write of so many UTF-16 units.
 * @param arrived the row to be written, if the server has it
 * @returns whether another try is worth it; `left out` if the row is too old to be kept
 */
export type MakeRoom = (units: number, arrived: Row | null) => 'made' | 'left out' | 'full';

/** What became of a row that was to be written. */
export type Put = 'stored' | 'left out' | 'full' | 'newer';

export class Rows extends LocalStorage {
  readonly #makeRoom: MakeRoom;
  readonly #rowOf: (model: Backbone.Model) => Row | undefined;
  #indexTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param name the key of the index, and with `-{id}` after it the key of each row
   * @param rowOf what backbone.localstorage is to write for a model, which holds only a part of its row
   */
  constructor(name: string, makeRoom: MakeRoom, rowOf: (model: Backbone.Model) => Row | undefined) {
    super(name);
    this.#makeRoom = makeRoom;
    this.#rowOf = rowOf;
  }

  /**
   * Every readable row, the later one where a crash left two of the same model. Mends the index and removes leftovers.
   * `newer` are the keys of the rows that a newer version of the app wrote.
   */
  readAll(): { readonly rows: Row[]; readonly unreadable: readonly Unreadable[]; readonly newer: readonly string[] } {
    const found: Row[] = [];
    const unreadable: Unreadable[] = [];
    const newer: string[] = [];
    for (const id of this.#storedIds()) {
      const content = this.#textOf(id);
      const stored = parseJson(content);
      const row = decodeRow(stored);
      if (row?.id === id) found.push(row);
      else if (isNewer(stored)) newer.push(storedKeyOf(stored, id));
      else unreadable.push({ name: this.#keyOf(id), content });
    }
    const latest = latestByKey(found);
    for (const row of found) if (latest.get(keyOf(row)) !== row) localStorage.removeItem(this.#keyOf(row.id));
    this.indexLater();
    return { rows: [...latest.values()], unreadable, newer };
  }

  /** The row that is there now, whichever tab wrote it; null if there is none, or none that can be read. */
  read(id: string): Row | null {
    return decodeRow(this.#stored(id));
  }

  /** Writes a row, or takes away one that is gone; `oldId` is the id that it was stored under until now. */
  put(row: Row, oldId: string = row.id): Put {
    const write = (): Put => (isGone(row) ? this.remove(row.id) : this.#write(row.id, JSON.stringify(encodeRow(row)), row.state === 'sent' ? row : null));
    const put = write();
    if (oldId === row.id || put === 'newer') return put;
    this.remove(oldId);
    return put === 'stored' ? put : write();
  }

  /** Whether the row that is there now was written by a newer version of the app. */
  isNewer(id: string): boolean {
    return isNewer(this.#stored(id));
  }

  /** What a row takes of localStorage, in UTF-16 units; 0 if it is not there. */
  unitsOf(id: string): number {
    const { length } = this.#textOf(id);
    return length && this.#keyOf(id).length + length;
  }

  remove(id: string): Put {
    if (this.isNewer(id)) return 'newer';
    localStorage.removeItem(this.#keyOf(id));
    this.indexLater();
    return 'stored';
  }

  // What backbone.localstorage's sync calls.

  override create(model: Backbone.Model): unknown {
    return this.update(model);
  }

  override update(model: Backbone.Model): unknown {
    const row = this.#rowOf(model);
    this.#write(String(model.id), JSON.stringify(row === undefined ? model : encodeRow(row)), null);
    return model.attributes;
  }

  override findAll(): unknown[] {
    return this.readAll().rows.filter(isShown).map(encodeRow);
  }

  #write(id: string, text: string, arrived: Row | null): Put {
    if (this.isNewer(id)) return 'newer';
    const isNew = this.#textOf(id) === '';
    const put = this.#store(this.#keyOf(id), text, arrived);
    if (put === 'stored' && isNew) this.indexLater();
    return put;
  }

  #store(key: string, text: string, arrived: Row | null): Put {
    for (;;) {
      try {
        localStorage.setItem(key, text);
        return 'stored';
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
        const room = this.#makeRoom(key.length + text.length, arrived);
        if (room !== 'made') return room;
      }
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
    if (localStorage.getItem(this.name) !== index) this.#store(this.name, index, null);
  }

  /** What is there now; an empty text if nothing is: to parse that is to throw, which costs more than the write of a row. */
  #stored(id: string): unknown {
    const text = this.#textOf(id);
    return text && parseJson(text);
  }

  /** Empty if there is none. */
  #textOf(id: string): string {
    return localStorage.getItem(this.#keyOf(id)) ?? '';
  }

  #keyOf(id: string): string {
    return `${this.name}-${id}`;
  }

  #storedIds(): string[] {
    const prefix = this.#keyOf('');
    const ids: string[] = [];
    const { length } = localStorage;
    for (let index = 0; index < length; index += 1) {
      const key = localStorage.key(index);
      if (key?.startsWith(prefix)) ids.push(key.slice(prefix.length));
    }
    return ids;
  }
}

/** Removes what was set aside, unless something else has taken its place. */
export function removeUnreadable({ name, content }: Unreadable): void {
  if (localStorage.getItem(name) === content) localStorage.removeItem(name);
}
