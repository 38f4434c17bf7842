/**
 * The collections that the engine keeps, as one: found by name or by model, and spoken to together.
 */
import type Backbone from 'backbone';
import type { PushResult } from '../../protocol/index.ts';
import type { Candidate } from './core/plan.ts';
import { waitsFor, type Directory, type References } from './core/references.ts';
import { keyOf, type Row } from './core/row.ts';
import type { StateEvent } from './core/states.ts';
import type { LocalCollection } from './local-collection.ts';
import type { Note } from './tabs.ts';

export class Collections implements Directory {
  readonly #byCollection = new Map<Backbone.Collection, LocalCollection>();
  readonly #byName = new Map<string, LocalCollection>();

  add(collection: Backbone.Collection, local: LocalCollection): void {
    this.#byCollection.set(collection, local);
    this.#byName.set(local.name, local);
  }

  [Symbol.iterator](): Iterator<LocalCollection> {
    return this.#byName.values();
  }

  named(name: string): LocalCollection | undefined {
    return this.#byName.get(name);
  }

  /** @throws for a model of a collection that the engine does not keep: a bug of the app */
  of(model: Backbone.Model): LocalCollection {
    return this.keeping(model.collection);
  }

  /** @throws for a collection that the engine does not keep: a bug of the app */
  keeping(collection: Backbone.Collection): LocalCollection {
    const local = this.#byCollection.get(collection);
    if (local === undefined) throw new Error('This is no collection that the engine keeps.');
    return local;
  }

  model({ collection, row }: Candidate): Backbone.Model | undefined {
    return this.named(collection)?.model(keyOf(row));
  }

  /** Every row. */
  *candidates(): Iterable<Candidate> {
    for (const local of this) yield* local.candidates();
  }

  /** Every row that waits for the page and for no real id, but those whose newest edit is `tried`. */
  *free(tried: ReadonlySet<string>): Iterable<Candidate> {
    for (const candidate of this.candidates()) {
      if (candidate.row.state === 'waiting' && !tried.has(nameOf(candidate)) && waitsFor(candidate, this) === null) yield candidate;
    }
  }

  references(name: string): References {
    return this.named(name)?.options.references ?? {};
  }

  find(name: string, id: string): Row | undefined {
    return this.named(name)?.find(id);
  }

  /** Puts the real id wherever a row names another by a temporary one, as far as it is known by now. */
  link(): void {
    for (const local of this) local.link(this);
  }

  /** The model whose real id this one waits for, if any. */
  awaited(model: Backbone.Model): Backbone.Model | null {
    const local = this.of(model);
    const row = local.row(model);
    const target = row === undefined ? null : waitsFor({ collection: local.name, row }, this);
    return (target && this.model(target)) ?? null;
  }

  show(batch: Iterable<Candidate>, event: StateEvent): void {
    for (const { collection, row } of batch) this.named(collection)?.show(keyOf(row), event);
  }

  showAll(event: StateEvent): void {
    for (const local of this) local.showAll(event);
  }

  /** What the server said of a batch, in its order. Resolves when it is in the journal. */
  async receive(batch: readonly Candidate[], results: readonly PushResult[]): Promise<void> {
    await Promise.all(
      batch.map(async ({ collection, row }, index) => {
        const result = results[index];
        if (result !== undefined) await this.named(collection)?.receive({ ...result, ClientId: row.id }, row);
      }),
    );
  }

  /** The request as a whole was refused: each of its edits is told why. */
  refuse(batch: readonly Candidate[], message: string): Promise<void> {
    const results = batch.map(({ row }): PushResult => ({ ClientId: row.id, Revision: row.revision, Status: 'rejected', Errors: [{ Path: '', Message: message }] }));
    return this.receive(batch, results);
  }

  /** What other tabs have written. */
  hear(notes: readonly Note[]): void {
    for (const local of this) {
      const mine = notes.filter((note) => note.collection === local.name);
      if (mine.length > 0) local.hear(mine);
    }
  }

  /** The local edits of a batch that the journal is just taking. */
  unconfirmed(batch: readonly Candidate[]): readonly Promise<void>[] {
    return batch.flatMap(({ collection, row }) => this.named(collection)?.unconfirmed(row) ?? []);
  }

  /**
   * Whether nothing of a batch was sent or edited since it was planned, by this tab or another.
   * @param isCompared the journal has just said so of other tabs
   */
  async areCurrent(batch: readonly Candidate[], isCompared: boolean): Promise<boolean> {
    for (const local of isCompared ? [] : this) {
      const keys = batch.filter(({ collection }) => collection === local.name).map(({ row }) => keyOf(row));
      if (keys.length > 0) await local.refresh(keys);
    }
    return batch.every(({ collection, row }) => this.named(collection)?.isToSend(row));
  }
}

/** One local edit among all. */
export function nameOf({ collection, row }: Candidate): string {
  return `${collection} ${keyOf(row)} ${row.revision}`;
}
