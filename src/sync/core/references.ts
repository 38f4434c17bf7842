/**
 * References: a model that names another by its id. Made on the device, the other has a temporary id at first; the real
 * one takes its place before the model that names it is sent.
 *
 * 1. A model waits while it names one that the server has not acknowledged, be that on its way, a draft or refused: what
 *    has no real id yet will get one, or needs a person, and the wait ends with it.
 * 2. What nobody here knows, and what was removed, gets no real id from here: the model goes as it is, and the server
 *    says what it thinks of it.
 * 3. Models that name each other in a circle: of two neighbours the one with the lesser id does not wait. So one of the
 *    circle goes with a temporary id, which the server can resolve, and the others get real ones.
 * 4. To put the real id in is an edit of a model that is not acknowledged. What is acknowledged is left as the server
 *    has it.
 */
import type { Candidate } from './plan.ts';
import { keyOf, move, onBase, type Row } from './row.ts';
import { isWaiting } from './states.ts';

/** By attribute: the collection that its value is an id of. */
export type References = Readonly<Record<string, string>>;

/** The collections, as far as references are about them. */
export interface Directory {
  references(collection: string): References;
  /** The row with this id, real or temporary. */
  find(collection: string, id: string): Row | undefined;
}

/** @throws for a reference that can never get a real id: a mistake in what the app says at the start */
export function checkReferences(collections: Readonly<Record<string, { readonly references?: References; readonly local?: boolean }>>): void {
  for (const [name, { references = {} }] of Object.entries(collections)) {
    for (const [attribute, target] of Object.entries(references)) {
      if (Object.hasOwn(collections, target) && collections[target]?.local !== true) continue;
      throw new Error(`"${attribute}" of "${name}" refers to "${target}", which is not kept here, or local and gets no ids.`);
    }
  }
}

/** The model whose real id this one has to wait for, if any. */
export function waitsFor(candidate: Candidate, directory: Directory): Candidate | null {
  for (const target of awaited(candidate, directory)) {
    if (!isCircle(target, candidate, directory) || keyOf(target.row) < keyOf(candidate.row)) return target;
  }
  return null;
}

/** The row with the real id in every place where it names a temporary one that has it by now; the same row if there is none. */
export function withRealIds({ collection, row }: Candidate, directory: Directory): Row {
  if (row.state === 'sent' || row.deleted) return row;
  const real = named({ collection, row }, directory).flatMap(({ attribute, target }): [string, string][] =>
    row.attributes[attribute] === target.row.clientId && target.row.id !== target.row.clientId ? [[attribute, target.row.id]] : [],
  );
  if (real.length === 0) return row;
  const attributes = { ...row.attributes, ...Object.fromEntries(real) };
  const moved = isWaiting(row.state) ? move(row, 'saved', row.since) : row;
  return { ...moved, ...onBase(attributes, row.base, row.changed), revision: row.revision + 1 };
}

function named({ collection, row }: Candidate, directory: Directory): { attribute: string; target: Candidate }[] {
  return Object.entries(directory.references(collection)).flatMap(([attribute, other]) => {
    const id = row.attributes[attribute];
    const found = typeof id === 'string' ? directory.find(other, id) : undefined;
    return found === undefined ? [] : [{ attribute, target: { collection: other, row: found } }];
  });
}

/** What a row names and the server has not acknowledged. */
function awaited(candidate: Candidate, directory: Directory): Candidate[] {
  return named(candidate, directory)
    .map(({ target }) => target)
    .filter(({ row }) => row.id === row.clientId && row.version === 0 && row.state !== 'sent' && !row.deleted);
}

/** Whether the way from one model to what it names leads to the other. */
function isCircle(from: Candidate, to: Candidate, directory: Directory): boolean {
  const seen = new Set<string>();
  const ahead = [from];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const key = keyOf(next.row);
    if (key === keyOf(to.row)) return true;
    if (!seen.has(key)) ahead.push(...awaited(next, directory));
    seen.add(key);
  }
  return false;
}
