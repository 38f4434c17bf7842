/**
 * What the screens need of the sync engine, and no more: whoever has these can stand behind them.
 */
import type Backbone from 'backbone';
import type { Subject } from '../sync/diagnostics.ts';
import type { Summary } from '../sync/types.ts';

export interface SyncEngine {
  /** A new model under an id of its own, in the collection at once; it is kept once `save` has resolved. */
  create(collection: Backbone.Collection, attributes: Readonly<Record<string, unknown>>): Backbone.Model;
  /** Resolves when the model is durable on this device; sending follows by itself. Rejects with a message for people. */
  save(model: Backbone.Model, attributes?: Readonly<Record<string, unknown>>): Promise<void>;
  /** A model that may be on the server alone; null if there is none. Rejects with a message for people if the server cannot be asked. */
  fetch(collection: Backbone.Collection, id: string): Promise<Backbone.Model | null>;
  /** Takes the model off this device. */
  discard(model: Backbone.Model): Promise<void>;
  /** Settles a conflict with one of the two sides; sending follows by itself. */
  resolve(model: Backbone.Model, side: 'mine' | 'theirs'): Promise<void>;
  /** Sends and fetches now: somebody signed in, or something new is known to be there. */
  wake(): void;
  summary(): Summary;
  /** What a report to support is made of. */
  readonly subject: Subject;
}
