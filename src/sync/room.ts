/**
 * Room in a full localStorage, and what the app is told of it.
 *
 * An evicted row leaves localStorage and journal; its model stays as it is for as long as the page. At the next start it
 * is not there: it comes again when it changes on the server, or when somebody asks for it.
 */
import type { Collections } from './collections.ts';
import { planEviction, sinceMs } from './core/evict.ts';
import type { Candidate } from './core/plan.ts';
import type { Engine } from './engine.ts';
import { storageUse } from './storage.ts';

/** A model that the server has and this device no longer keeps. */
export interface Evicted {
  /** Its name on the server. */
  readonly collection: string;
  readonly id: string;
}

export class Room {
  readonly #collections: Collections;
  readonly #emit: Engine['emit'];
  #evicted: Evicted[] = [];
  #isFull = false;
  #isTelling = false;
  /** Of the rows that could go, known for the rest of this turn once a row was left out: a whole page may follow it. */
  #oldestMs = -Infinity;

  /** @param emit tells the listeners of the engine */
  constructor(collections: Collections, emit: Engine['emit']) {
    this.#collections = collections;
    this.#emit = emit;
  }

  /**
   * Makes room for a write of so many UTF-16 units.
   * @param arrived the row to be written, if the server has it
   * @returns `made` if another try is worth it; `left out` if the row is too old to be kept
   */
  make(units: number, arrived: Candidate | null): 'made' | 'left out' | 'full' {
    if (arrived !== null && sinceMs(arrived.row) <= this.#oldestMs) return this.#leaveOut(arrived);
    const now = new Date();
    const rows = [...this.#collections].filter(({ options }) => options.evict).flatMap((local) => [...local.candidates()]);
    const unitsOf = ({ collection, row }: Candidate): number => this.#collections.named(collection)?.evictableUnits(row, now) ?? 0;
    const plan = planEviction(rows, unitsOf, units, arrived?.row ?? null, now);
    switch (plan.kind) {
      case 'full':
        this.sayFull();
        return 'full';
      case 'left out':
        this.#oldestMs = plan.oldestMs;
        return this.#leaveOut(arrived);
      case 'evict':
        for (const candidate of plan.rows) this.#collections.named(candidate.collection)?.evict(candidate.row);
        this.#sayEvicted(plan.rows);
        return 'made';
    }
  }

  readonly sayFull = (): void => {
    this.#isFull = true;
    this.#tellLater();
  };

  #leaveOut(arrived: Candidate | null): 'left out' {
    if (arrived !== null) this.#sayEvicted([arrived]);
    return 'left out';
  }

  #sayEvicted(candidates: readonly Candidate[]): void {
    this.#evicted.push(...candidates.map(({ collection, row }) => ({ collection, id: row.id })));
    this.#tellLater();
  }

  /** Once for all writes of one turn of the event loop. */
  #tellLater(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    setTimeout(() => {
      const evicted = this.#evicted;
      const isFull = this.#isFull;
      this.#evicted = [];
      this.#isFull = false;
      this.#isTelling = false;
      this.#oldestMs = -Infinity;
      if (evicted.length > 0) this.#emit('sync:evicted', evicted);
      if (isFull) this.#emit('sync:storage-full', storageUse());
    });
  }
}
