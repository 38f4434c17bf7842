/**
 * What support is told: counts, states, times and the names of fields, and nothing of what any model holds.
 */
import type { WorkerCounts } from '../../../protocol/counts.ts';
import type { StorageUse } from '../storage.ts';
import type { Problem, RecordState, Summary } from '../types.ts';
import type { Row } from './row.ts';

/** One thing that the engine did: what, and how it ended. */
export interface Happening {
  /** When it began: ISO 8601, UTC. */
  readonly at: string;
  /** `save` only where the device could not take it; `receipts` for what the worker has sent. */
  readonly kind: 'start' | 'save' | 'push' | 'pull' | 'receipts';
  /**
   * How it ended, each once. Of pushes and receipts the statuses of their edits, such as `applied`; where the server looked at
   * none, and of pulls, what became of the request: `page`, `queued`, `offline`, `later`, `sign-in`. Of a save the name of the
   * browser's error.
   */
  readonly outcomes: readonly string[];
  /** Of the HTTP answer; null where there was none. */
  readonly status: number | null;
  /** Milliseconds. */
  readonly durationMs: number;
  /** Edits pushed or acknowledged, changes pulled, rows found at the start. */
  readonly entries: number;
  /** Length of the JSON that went out or came, before compression, in UTF-16 code units; null where there was none. */
  readonly characters: number | null;
}

/** A record that waits for a person to decide. */
export interface ProblemDiagnostics {
  /** As in `Problem`. */
  readonly kind: Problem['kind'];
  /** Since when: ISO 8601, UTC. */
  readonly since: string;
  /** Which fields the server refused: `answers.age`. Why is left out, since that may quote the answer. */
  readonly paths: readonly string[];
}

/** How one collection stands on this device. */
export interface CollectionDiagnostics {
  /** How many records there are in each state. */
  readonly states: Readonly<Record<RecordState, number>>;
  /** Since when the one waits that has waited longest: ISO 8601, UTC; null if none waits. */
  readonly waitingSince: string | null;
  /** The latest twenty, newest first. */
  readonly problems: readonly ProblemDiagnostics[];
  /** Whether it was pulled at least once, so that the next pull asks for changes only. */
  readonly isPulled: boolean;
  /** Stored texts that could not be read and were set aside. */
  readonly unreadable: number;
}

/** How the page's worker stands. */
export interface WorkerDiagnostics {
  /** `unsupported` where the browser has none; `none` where it has not been registered. */
  readonly state: 'unsupported' | 'none' | 'installing' | 'waiting' | 'active';
  /** Whether requests of this page go through it. */
  readonly isInControl: boolean;
  /** Whether a newer one waits to take its place. */
  readonly isUpdateWaiting: boolean;
  /** Whether the browser wakes it when there is a network: `unsupported`, or its permission to. */
  readonly backgroundSync: 'unsupported' | 'unknown' | PermissionState;
  /** What it holds of this account; null if it did not say so within three seconds. */
  readonly holds: WorkerCounts | null;
}

/** What `diagnose` tells. */
export interface Diagnostics {
  /** When it was taken: ISO 8601, UTC. */
  readonly at: string;
  /** As it was given to `startOutpost`. */
  readonly account: string;
  /** The id of this browser profile. */
  readonly device: string;
  /** Of what is written where: the wire and the journal's database. */
  readonly versions: { readonly protocol: string; readonly journal: number };
  readonly summary: Summary;
  /** How the page is looked at, and by what. `standalone`: installed, in a window of its own. */
  readonly page: { readonly online: boolean; readonly visible: boolean; readonly standalone: boolean; readonly browser: string };
  /** `local`: localStorage. The browser's estimate of everything that this site keeps, in bytes; null where it tells nothing. `persisted`: kept when space gets short. */
  readonly storage: { readonly local: StorageUse; readonly usedBytes: number | null; readonly quotaBytes: number | null; readonly persisted: boolean | null };
  readonly worker: WorkerDiagnostics;
  /** By name. */
  readonly collections: Readonly<Record<string, CollectionDiagnostics>>;
  /** The last twenty of this tab, oldest first. */
  readonly happenings: readonly Happening[];
}

/** Enough to see what is wrong, little enough to be read by a person. */
const MAX_PROBLEMS = 20;

/** The names of a field and of what it stands in: `answers.age`, `visits[2].day`. What looks like a sentence may quote an answer. */
const FIELD_PATH = /^\w[\w-]{0,63}(?:\.\w[\w-]{0,63}|\[\d{1,6}\])*$/;

export function collectionDiagnostics(rows: readonly Row[], isWaiting: (state: RecordState) => boolean, isPulled: boolean, unreadable: number): CollectionDiagnostics {
  const since = rows.filter(({ state }) => isWaiting(state)).map((row) => row.since);
  const problems = rows.flatMap((row) => (row.problem === null ? [] : [problemDiagnostics(row.problem, row.since)]));
  return {
    states: countStates(rows),
    waitingSince: earliest(since),
    problems: problems.toSorted((a, b) => (a.since < b.since ? 1 : -1)).slice(0, MAX_PROBLEMS),
    isPulled,
    unreadable,
  };
}

function countStates(rows: readonly Row[]): Readonly<Record<RecordState, number>> {
  const states = { draft: 0, waiting: 0, sending: 0, 'edited-while-sending': 0, queued: 0, 'needs-sign-in': 0, sent: 0, conflict: 0, rejected: 0 };
  for (const { state } of rows) states[state] += 1;
  return states;
}

/** Of times in ISO 8601, UTC; null of none. */
function earliest(times: readonly string[]): string | null {
  return times.toSorted()[0] ?? null;
}

/** The messages stay behind: a server may quote the answer that it refuses. */
function problemDiagnostics(problem: Problem, since: string): ProblemDiagnostics {
  const paths = problem.kind === 'rejected' ? problem.errors.map(({ Path }) => Path) : [];
  return { kind: problem.kind, since, paths: [...new Set(paths.filter((path) => FIELD_PATH.test(path)))] };
}

/** How something ended is told in a word, and no sentence is taken for one. */
const WORD = /^[\w-]{1,64}$/;

const KINDS: ReadonlySet<unknown> = new Set<Happening['kind']>(['start', 'save', 'push', 'pull', 'receipts']);

/** Happenings as they were kept, a line each; what cannot be read is left out, since another version of the app may have written it. */
export function readHappenings(lines: string): Happening[] {
  return lines.split('\n').flatMap((line) => {
    const found = parsed(line);
    if (!isHappening(found)) return [];
    const { at, kind, outcomes, status, durationMs, entries, characters } = found;
    return [{ at, kind, outcomes, status, durationMs, entries, characters }];
  });
}

function isHappening(value: unknown): value is Happening {
  if (!isObject(value)) return false;
  const { at, kind, outcomes, status, durationMs, entries, characters } = value;
  const areWords = Array.isArray(outcomes) && outcomes.every((each) => typeof each === 'string' && WORD.test(each));
  const areNumbers = [status ?? 0, durationMs, entries, characters ?? 0].every(Number.isFinite);
  return typeof at === 'string' && KINDS.has(kind) && areWords && areNumbers;
}

/** What the worker said it holds; null for anything else. */
export function readCounts(value: unknown): WorkerCounts | null {
  return isCounts(value) ? value : null;
}

function isCounts(value: unknown): value is WorkerCounts {
  return isObject(value) && [value['queuedRequests'], value['queuedEdits'], value['waitingReceipts']].every(Number.isFinite);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
