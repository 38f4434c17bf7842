/**
 * A record as a flat list of fields, the grain at which edits of two people are told apart: every top-level attribute,
 * and every answer by itself as `answers.<name>`.
 */
import { isPlainObject, type Attributes } from './ids.ts';

/** Field by path. That there are answers at all is a field too (`answers`, always `{}`), so that an empty set survives. */
export type Fields = ReadonlyMap<string, unknown>;

const ANSWERS = 'answers';
const PREFIX = `${ANSWERS}.`;

export function toFields(attributes: Attributes): Fields {
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== ANSWERS || !isPlainObject(value)) {
      fields.set(name, value);
      continue;
    }
    fields.set(ANSWERS, {});
    for (const [answer, given] of Object.entries(value)) fields.set(PREFIX + answer, given);
  }
  return fields;
}

export function fromFields(fields: Fields): Attributes {
  const attributes = new Map<string, unknown>();
  const answers = new Map<string, unknown>();
  for (const [path, value] of fields) {
    if (path.startsWith(PREFIX)) answers.set(path.slice(PREFIX.length), value);
    else attributes.set(path, value);
  }
  if (answers.size > 0) attributes.set(ANSWERS, Object.fromEntries(answers));
  return Object.fromEntries(attributes);
}

/** Paths at which the two differ, by value or by being there. */
export function differing(before: Fields, after: Fields): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.has(path) !== after.has(path) || !sameJson(before.get(path), after.get(path)));
}

/** Whether a list of changed paths speaks of this one: `answers` as a whole stands for every answer. */
export function speaksOf(changed: ReadonlySet<string>, path: string): boolean {
  return changed.has(path) || (path.startsWith(PREFIX) && changed.has(ANSWERS));
}

/** `before` with only the `changed` paths taken from `given`; one that `given` does not have is removed. */
export function patched(before: Fields, given: Fields, changed: readonly string[]): Fields {
  const after = new Map<string, unknown>();
  const listed = new Set(changed);
  for (const path of [...before.keys(), ...given.keys()]) {
    const from = speaksOf(listed, path) ? given : before;
    if (from.has(path)) after.set(path, from.get(path));
    if (path.startsWith(PREFIX) && after.has(path) && !after.has(ANSWERS)) after.set(ANSWERS, {});
  }
  return after;
}

/** The part of a model that a list of changed paths speaks of: what a patch gives. */
export function partOf(attributes: Attributes, changed: readonly string[]): Attributes {
  const listed = new Set(changed);
  return fromFields(new Map([...toFields(attributes)].filter(([path]) => speaksOf(listed, path))));
}

/** `newest` with whatever was changed between `basis` and `mine`, field by field. */
export function rebased(newest: Attributes, basis: Attributes, mine: Attributes): Attributes {
  const given = toFields(mine);
  return fromFields(patched(toFields(newest), given, differing(toFields(basis), given)));
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]));
}
