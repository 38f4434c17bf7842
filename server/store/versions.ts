/**
 * Versions of questionnaires that were read before: none ever changes, and none goes, so that a thousand responses to one do
 * not read it a thousand times.
 */
import type { Reference } from './plan.ts';
import type { Referenced } from './store.ts';

/** Each may be as large as a request. */
const MOST_KEPT = 20;

export class KeptVersions {
  readonly #kept = new Map<string, Referenced>();

  /** Those of the references that are kept, and the others. */
  split(references: readonly Reference[]): { readonly known: readonly (readonly [Reference, Referenced])[]; readonly others: readonly Reference[] } {
    const known: (readonly [Reference, Referenced])[] = [];
    const others: Reference[] = [];
    for (const reference of references) {
      const kept = this.#kept.get(keyOf(reference));
      if (kept === undefined) others.push(reference);
      else known.push([reference, kept]);
    }
    return { known, others };
  }

  /** Only under its ServerId: what a temporary id means may change. */
  keep(found: readonly (readonly [Reference, Referenced | null])[]): void {
    for (const [reference, referenced] of found) {
      if (referenced === null || referenced.serverId !== reference.id) continue;
      this.#kept.set(keyOf(reference), referenced);
      const oldest = this.#kept.keys().next();
      if (this.#kept.size > MOST_KEPT && !oldest.done) this.#kept.delete(oldest.value);
    }
  }
}

function keyOf({ workspace, id, version }: Reference): string {
  return `${workspace}\n${id}\n${version}`;
}
