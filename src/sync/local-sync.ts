/**
 * The place in `Backbone.sync` where a local save of a kept collection passes by, whichever way it was asked for:
 * `model.save`, `collection.create`, the engine's own `save`.
 */
import Backbone from 'backbone';
// backbone.localstorage has replaced `Backbone.sync` once this is loaded.
import './rows.ts';
import type { LocalCollection } from './local-collection.ts';

const kept = new WeakMap<Backbone.Collection, LocalCollection>();
const local = Backbone.sync;

interface SyncOptions {
  readonly ajaxSync?: boolean;
  readonly success?: (answer: object) => void;
  readonly error?: (message: string) => void;
}

function sync(this: unknown, method: string, subject: Backbone.Model | Backbone.Collection, options: SyncOptions = {}): unknown {
  if (subject instanceof Backbone.Model && options.ajaxSync !== true) {
    const collection = kept.get(subject.collection);
    if (method !== 'read' && method !== 'delete') collection?.beforeSave(subject);
    if (method === 'delete' && collection !== undefined) {
      collection.destroy(subject).then(
        () => options.success?.({}),
        () => options.error?.('This could not be removed: the storage of this device cannot be written.'),
      );
      return undefined;
    }
  }
  return Reflect.apply(local, this, [method, subject, options]);
}

Object.assign(Backbone, { sync });

/** From here on, saves of the collection's models go to its rows and to the journal. */
export function keep(collection: Backbone.Collection, localCollection: LocalCollection): void {
  Object.assign(collection, { localStorage: localCollection.rows });
  kept.set(collection, localCollection);
}
