/**
 * What to do when a record was changed here and on the server: the choice of the app, as a policy.
 */
import { differing, fromFields, patched, toFields, type Attributes } from '../../../protocol/index.ts';

/** The three sides of a conflict; `theirs` is null if the record was deleted there, `mine` if it was deleted here. */
export interface Conflict {
  /** What both sides began with; null if it is not known. */
  readonly base: Attributes | null;
  readonly mine: Attributes | null;
  readonly theirs: Attributes | null;
  /** The paths that were changed on each side since the base, back to what they were included; null if only the sides can tell. */
  readonly changed?: { readonly here: readonly string[] | null; readonly there: readonly string[] | null };
}

/** One side, new attributes made of both, or `ask`: both are kept until `resolve`. */
export type Settlement = 'mine' | 'theirs' | 'ask' | { readonly attributes: Attributes };

/**
 * - `merge` (the default): edits of different fields are put together; the same field changed on both sides is asked.
 * - `client-wins`: what was made here is sent again on top of what is there.
 * - `server-wins`: what is there replaces what was made here.
 * - `ask`: both are kept until a person decides.
 * - a function decides by itself; it must be pure, since the same conflict may come again.
 */
export type ConflictPolicy = 'merge' | 'client-wins' | 'server-wins' | 'ask' | ((conflict: Conflict) => Settlement);

/** What a policy makes of a conflict; for an own policy that decides some and leaves the rest to another. */
export function settle(policy: ConflictPolicy, conflict: Conflict): Settlement {
  if (typeof policy === 'function') return policy(conflict);
  switch (policy) {
    case 'client-wins':
      return 'mine';
    case 'server-wins':
      return 'theirs';
    case 'ask':
      return 'ask';
    case 'merge':
      return merge(conflict);
  }
}

/** Three-way, field by field: every top-level attribute, and every answer by itself. */
function merge({ base, mine, theirs, changed }: Conflict): Settlement {
  if (base === null || mine === null || theirs === null) return 'ask';
  const [ancestor, here, there] = [toFields(base), toFields(mine), toFields(theirs)];
  const apart = new Set(differing(here, there));
  const changedThere = new Set(changed?.there ?? differing(ancestor, there));
  const changedHere = changed?.here ?? differing(ancestor, here);
  const isOverlapping = changedHere.some((path) => apart.has(path) && changedThere.has(path));
  return isOverlapping ? 'ask' : { attributes: fromFields(patched(there, here, changedHere)) };
}
