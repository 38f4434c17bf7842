/**
 * A row: what localStorage and the journal hold of one model. Flat, as the article's rows are: the model's attributes,
 * `id`, `synchronized`, `version`, and the engine's bookkeeping under `outpost`.
 */
import * as v from 'valibot';
import { Attributes, BOOKKEEPING, ClientId, FieldError, type RecordId, Version, decode, isClientId, isCount, isPlainObject, isRecordId, partOf } from '../../../protocol/index.ts';
import type { Bookkeeping, Problem, RecordState } from '../types.ts';
import { isNewer, upgraded } from './format.ts';
import { touched, wholeBase } from './patch.ts';
import { isState, nextState, type StateEvent } from './states.ts';

export interface Row {
  /** The ClientId until the server has given a ServerId. */
  readonly id: RecordId;
  readonly clientId: ClientId | null;
  /** Counted up with every local edit; 0 for a row that came from the server and was never sent from here. */
  readonly revision: number;
  /** The last Version that the server acknowledged, which is the Base of the next push; 0 for none. */
  readonly version: number;
  readonly state: RecordState;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly problem: Problem | null;
  readonly attributes: Attributes;
  /** While there are local edits: the attributes of `version`, which they were made on; null if these are not known. */
  readonly base: Attributes | null;
  /** While there are local edits: every path that any of them since `version` has touched; null if that is not known. */
  readonly changed: readonly string[] | null;
  /** Removed: by a person, and the row waits until the server knows, or there and here (`isGone`). */
  readonly deleted: boolean;
}

/** The name of a row that never changes, also when its id does. */
export function keyOf(row: Pick<Row, 'id' | 'clientId'>): string {
  return row.clientId ?? row.id;
}

/** The bookkeeping of a row as the attributes that a model carries. */
export interface Marks {
  readonly id: RecordId;
  readonly synchronized: boolean;
  readonly version: number;
  readonly outpost: Bookkeeping;
}

export function marksOf(row: Row): Marks {
  const { id, clientId, revision, version, state, since, problem } = row;
  const outpost = problem === null ? { clientId, revision, state, since } : { clientId, revision, state, since, problem };
  return { id, synchronized: state === 'sent', version, outpost };
}

/**
 * The attributes that are the model's own, as they are saved: a copy that a later change of the model does not reach,
 * and what JSON makes of them, so that a row is the same before and after it was stored.
 */
export function snapshot(all: Readonly<Record<string, unknown>>): Attributes {
  return v.parse(Attributes, JSON.parse(JSON.stringify(ownAttributes(all))));
}

/** The attributes that are the model's own: without bookkeeping, and without what JSON would drop. */
export function ownAttributes(all: Readonly<Record<string, unknown>>): Attributes {
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => !BOOKKEEPING.has(name) && value !== undefined));
}

/** Of an object from JSON: nothing in it is shared but texts. */
export function copyOf(attributes: Attributes): Attributes {
  const copy = { ...attributes };
  for (const name in copy) if (typeof copy[name] === 'object') copy[name] = copyOfValue(copy[name]);
  return copy;
}

function copyOfValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOfValue);
  return isPlainObject(value) ? copyOf(value) : value;
}

/** A row moved by an event; the same row if the event moves nothing. */
export function move(row: Row, event: StateEvent, now: string): Row {
  const state = nextState(row.state, event);
  return state === row.state ? row : { ...row, state, since: now };
}

/** A new row for a model that was made here. Not yet saved: `edit` follows. */
export function newRow(id: RecordId, now: string): Row {
  return { id, clientId: decode(ClientId, id), revision: 0, version: 0, state: 'draft', since: now, problem: null, attributes: {}, base: null, changed: null, deleted: false };
}

/** A local save: the Revision goes up, and a refusal or a removal is forgotten: this is no longer what was refused, and it is wanted. */
export function edit(row: Row, attributes: Attributes, ready: boolean, now: string): Row {
  const event = ready ? 'saved' : 'saved-unfinished';
  const moved = move(row, event, now);
  const keptProblem = moved.state === 'conflict' ? row.problem : null;
  return { ...moved, ...onBase(attributes, ancestorOf(row), row.state === 'sent' ? [] : row.changed), revision: row.revision + 1, since: now, problem: keptProblem, deleted: false };
}

/** Attributes, what they were made of, and the paths that were touched: those of `before`, and where the two differ. */
export function onBase(attributes: Attributes, base: Attributes | null, before: readonly string[] | null): Pick<Row, 'attributes' | 'base' | 'changed'> {
  return { attributes, base, changed: touched(base, before, attributes) };
}

/** A local removal, which is an edit like another. One of a row in conflict decides it: the server's side goes too. */
export function remove(row: Row, now: string): Row {
  const decided = row.state === 'conflict' ? { ...move(row, 'kept-mine', now), version: sideOf(row) } : row;
  return { ...edit(decided, row.attributes, true, now), deleted: true };
}

/** What the next edit of a row is made on. */
function ancestorOf(row: Row): Attributes | null {
  return row.state === 'sent' ? row.attributes : row.base;
}

/** Whether a screen shows it: a removed one only while the server objects. */
export function isShown(row: Row): boolean {
  return !row.deleted || row.state === 'conflict' || row.state === 'rejected';
}

/** Removed, and nobody is left to be told. Only the journal keeps it, for as long as a crash could bring back what localStorage held. */
export function isGone(row: Row): boolean {
  return row.deleted && row.state === 'sent';
}

/** The Version of the server's side in a conflict; 0 without one. */
export function sideOf(row: Row): number {
  return row.problem !== null && row.problem.kind !== 'rejected' ? row.problem.version : 0;
}

/** Which of two states of one row came later: the local edits count first, then what the server acknowledged. */
export function isLater(a: Row, b: Row): boolean {
  return a.revision === b.revision ? a.version > b.version : a.revision > b.revision;
}

const StoredProblem = v.union([
  v.object({ kind: v.literal('rejected'), errors: v.array(FieldError) }),
  v.object({ kind: v.literal('conflict'), version: Version, attributes: Attributes }),
  v.object({ kind: v.literal('gone'), version: Version }),
]);

/** What the bookkeeping of a row may hold beside what every row has. */
const Extras = v.object({
  problem: v.optional(StoredProblem),
  base: v.optional(Attributes),
  changed: v.optional(v.array(v.string())),
  deleted: v.optional(v.boolean(), false),
});
const COMMON_NAMES = 4;
const NO_EXTRAS: v.InferOutput<typeof Extras> = { deleted: false };

/**
 * A row as it was read from storage, of this or an older format; null if it is none, or of a newer one (`isNewer`). All rows
 * pass by here at each start: what every row has is looked at without a schema's detours.
 */
export function decodeRow(stored: unknown): Row | null {
  if (!isPlainObject(stored) || isNewer(stored)) return null;
  const { id, Id: _plain, synchronized: _flag, version, outpost, ...attributes } = upgraded(stored);
  if (!isPlainObject(outpost)) return null;
  const { clientId, revision, state, since } = outpost;
  if (!isRecordId(id) || !(clientId === null || isClientId(clientId)) || !isCount(revision) || !isState(state) || typeof since !== 'string') return null;
  const extras = Object.keys(outpost).length === COMMON_NAMES ? NO_EXTRAS : decode(Extras, outpost);
  if (extras === null) return null;
  const { problem = null, deleted } = extras;
  const { base, changed } = storedBase(attributes, extras.base ?? null, extras.changed ?? null);
  return { id, clientId, revision, version: isCount(version) ? version : 0, state, since, problem, attributes, base, changed, deleted };
}

/** Of a base whose changed paths are known only these are stored. */
function storedBase(attributes: Attributes, base: Attributes | null, changed: readonly string[] | null): Pick<Row, 'base' | 'changed'> {
  return base === null || changed === null ? { base, changed: null } : { base: wholeBase(attributes, base, changed), changed };
}

/** What is written for a row; `decodeRow` reads it back. */
export function encodeRow(row: Row): Readonly<Record<string, unknown>> {
  const { outpost, ...marks } = marksOf(row);
  const { base, changed } = row;
  const ancestor = base === null ? {} : changed === null ? { base } : { base: partOf(base, changed), changed };
  const more = { ...ancestor, ...(row.deleted ? { deleted: true } : {}) };
  return { ...row.attributes, ...marks, outpost: { ...outpost, ...more } };
}
