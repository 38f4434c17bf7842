/**
 * What becomes of a whole group of edits. Pure: what is there, what was asked, and what to write and to answer. Each edit
 * is decided as if it came alone, in order, and sees what those before it have written; but each record is written once.
 */
import { type Attributes, type DeviceId, type FieldError, type ServerId, fromFields, patched, toFields } from '../../protocol/index.ts';
import { type Collection, MAY_NOT, mayWrite } from '../access.ts';
import { type Outcome, type Stored, decide } from '../decide.ts';
import { type Kept, type Push, Records } from './records.ts';
import type { Committed, Referenced, Rules, Version } from './store.ts';

/** The counter of a workspace's commits. */
export interface Sequence {
  readonly workspace: string;
  /** Which history it counts. */
  readonly epoch: string;
  readonly seq: number;
  /** Tombstones up to this number are forgotten. */
  readonly purged: number;
}

/** The last Revision that a device has sent of a record. */
export interface Seen {
  readonly workspace: string;
  readonly collection: Collection;
  readonly serverId: ServerId;
  readonly device: DeviceId;
  readonly revision: number;
}

/** A version of a questionnaire that a response names, by whichever id. */
export interface Reference extends Version {
  readonly workspace: string;
}

/** All that is there of what the group names. */
export interface Loaded {
  /** One for each workspace, also for a new one. */
  readonly sequences: readonly Sequence[];
  readonly records: readonly Kept[];
  readonly seen: readonly Seen[];
  /** Each reference of `wantedBy`, with what it names; null if that is not there. */
  readonly questionnaires: readonly (readonly [Reference, Referenced | null])[];
}

/** A record as it is to be stored, and where in the order of commits. */
export interface RecordWrite extends Kept {
  readonly seq: number;
  /** Whether the database has none of it yet, so that it need not look. */
  readonly isNew: boolean;
}

/** A version of a questionnaire to be kept beside its record. */
export interface VersionWrite extends Referenced {
  readonly workspace: string;
}

export interface Plan {
  /** One for each edit, in order. */
  readonly outcomes: readonly Outcome[];
  readonly records: readonly RecordWrite[];
  readonly seen: readonly Seen[];
  readonly versions: readonly VersionWrite[];
  /** The counters of the workspaces that something is written to. */
  readonly sequences: readonly Sequence[];
  readonly committed: readonly Committed[];
}

export interface PlanPorts {
  readonly rules: Rules;
  readonly newServerId: () => ServerId;
}

/** What else must be loaded once the records are, each thing once. */
export function wantedBy(pushes: readonly Push[], kept: readonly Kept[], rules: Rules): { readonly seen: readonly Omit<Seen, 'revision'>[]; readonly references: readonly Reference[] } {
  const records = new Records(kept);
  const seen = new Map<string, Omit<Seen, 'revision'>>();
  const references = new Map<string, Reference>();
  for (const push of pushes) {
    const { workspace } = push.caller;
    const { collection, edit } = push;
    const stored = records.find(push)?.stored ?? null;
    if (stored !== null && edit.origin !== null) {
      const pair = { workspace, collection, serverId: stored.serverId, device: edit.origin.device };
      seen.set(seenKey(pair), pair);
    }
    const named = edit.op === 'delete' ? null : rules.reference(collection, edit.changed === null ? edit.attributes : afterPatch(stored?.attributes ?? {}, edit.attributes, edit.changed));
    if (named !== null) references.set(versionKey(workspace, named), { workspace, ...named });
  }
  return { seen: [...seen.values()], references: [...references.values()] };
}

function afterPatch(before: Attributes, given: Attributes, changed: readonly string[]): Attributes {
  return fromFields(patched(toFields(before), toFields(given), changed));
}

/** Throws where one of the edits hits a bug; then the others are planned without it. */
export function planGroup(pushes: readonly Push[], loaded: Loaded, ports: PlanPorts): Plan {
  const planning = new Planning(ports);
  planning.learn(loaded);
  for (const push of pushes) planning.push(push);
  return planning.plan();
}

/** A group that is planned edit by edit. What an edit names must have been learned before. */
export class Planning {
  readonly #ports: PlanPorts;
  readonly #records = new Records();
  readonly #questionnaires = new Map<string, Referenced | null>();
  readonly #seen = new Map<string, Seen>();
  readonly #sequences = new Map<string, Sequence>();
  readonly #outcomes: Outcome[] = [];
  readonly #written = {
    records: new Map<ServerId, RecordWrite>(),
    seen: new Map<string, Seen>(),
    versions: new Map<string, VersionWrite>(),
    sequences: new Map<string, Sequence>(),
  };
  readonly #committed: Committed[] = [];

  constructor(ports: PlanPorts) {
    this.#ports = ports;
  }

  /** What is there. A counter that was learned before stays as it has been counted up since. */
  learn({ sequences, records, seen, questionnaires }: Loaded): void {
    for (const record of records) this.#records.set(record);
    for (const [reference, referenced] of questionnaires) this.#questionnaires.set(versionKey(reference.workspace, reference), referenced);
    for (const one of seen) this.#seen.set(seenKey(one), one);
    for (const sequence of sequences) if (!this.#sequences.has(sequence.workspace)) this.#sequences.set(sequence.workspace, sequence);
  }

  /** Of all edits so far. */
  plan(): Plan {
    const { records, seen, versions, sequences } = this.#written;
    return { outcomes: this.#outcomes, records: [...records.values()], seen: [...seen.values()], versions: [...versions.values()], sequences: [...sequences.values()], committed: this.#committed };
  }

  push(push: Push): void {
    this.#outcomes.push(this.#decide(push));
  }

  #decide(push: Push): Outcome {
    const { caller, collection, edit } = push;
    if (!mayWrite(caller, collection)) return FORBIDDEN;
    const kept = this.#records.find(push);
    const decision = decide(kept?.stored ?? null, this.#lastRevision(push, kept), edit, kept?.stored.serverId ?? this.#ports.newServerId());
    switch (decision.write) {
      case 'nothing':
        return decision.outcome;
      case 'revision':
        if (kept !== null) this.#note(push, kept.stored.serverId);
        return decision.outcome;
      case 'record': {
        const { next, outcome } = decision;
        const errors = next.attributes === null ? [] : this.#check(caller.workspace, collection, next.attributes);
        if (errors.length > 0) return refused(outcome, kept?.stored ?? null, errors);
        // The account and the temporary id are those of the creation, whoever writes later.
        const { creator, clientId } = kept ?? { creator: caller.account, clientId: edit.id };
        this.#write(push, { workspace: caller.workspace, collection, creator, clientId, stored: next }, kept === null);
        return outcome;
      }
      default: {
        const never: never = decision;
        return never;
      }
    }
  }

  #lastRevision({ caller, collection, edit }: Push, kept: Kept | null): number | null {
    if (kept === null || edit.origin === null) return null;
    return this.#seen.get(seenKey({ workspace: caller.workspace, collection, serverId: kept.stored.serverId, device: edit.origin.device }))?.revision ?? null;
  }

  #check(workspace: string, collection: Collection, attributes: Attributes): readonly FieldError[] {
    const { rules } = this.#ports;
    const named = rules.reference(collection, attributes);
    return rules.check(collection, attributes, named === null ? null : this.#questionnaire(workspace, named));
  }

  #questionnaire(workspace: string, named: Version): Referenced | null {
    const known = this.#questionnaires.get(versionKey(workspace, named)) ?? this.#written.versions.get(versionKey(workspace, named));
    if (known !== undefined) return known;
    const id = this.#records.createdUnder(workspace, 'questionnaires', named.id)?.stored.serverId;
    const written = id === undefined ? undefined : this.#written.versions.get(versionKey(workspace, { id, version: named.version }));
    if (written !== undefined) return written;
    if (this.#questionnaires.has(versionKey(workspace, named))) return null;
    // Two patches of one group that only together name it. Each in a group of its own, it is looked for.
    throw new Error(`The questionnaire ${named.id}@${named.version} was not looked for.`);
  }

  #write(push: Push, record: Kept, isFirst: boolean): void {
    const { workspace, collection, creator, stored } = record;
    const { serverId, version, attributes } = stored;
    const sequence = this.#sequences.get(workspace);
    if (sequence === undefined) throw new Error('The sequence of the workspace was not loaded.');
    const counted = { ...sequence, seq: sequence.seq + 1 };
    this.#sequences.set(workspace, counted);
    this.#written.sequences.set(workspace, counted);
    this.#records.set(record);
    const isNew = isFirst || this.#written.records.get(serverId)?.isNew === true;
    this.#written.records.set(serverId, { ...record, seq: counted.seq, isNew });
    if (collection === 'questionnaires' && attributes !== null) {
      this.#written.versions.set(versionKey(workspace, { id: serverId, version }), { workspace, serverId, version, attributes });
    }
    this.#note(push, serverId);
    const place = { epoch: counted.epoch, seq: counted.seq, floor: counted.purged };
    this.#committed.push({ workspace, collection, creator, device: push.edit.origin?.device ?? null, place, write: { by: push.caller.account, serverId, attributes } });
  }

  #note({ caller: { workspace }, collection, edit: { origin } }: Push, serverId: ServerId): void {
    if (origin === null) return;
    const seen = { workspace, collection, serverId, ...origin };
    const key = seenKey(seen);
    this.#seen.set(key, seen);
    this.#written.seen.set(key, seen);
  }
}

const FORBIDDEN: Outcome = {
  status: 'rejected',
  reason: 'forbidden',
  errors: [{ Path: '', Message: MAY_NOT }],
};

/** Two edits that are fine alone may break a rule together: then nobody is wrong, and a person has to decide. */
function refused(intended: Outcome, stored: Stored | null, errors: readonly FieldError[]): Outcome {
  if (intended.status === 'merged' && stored !== null && stored.attributes !== null) {
    return { status: 'conflict', serverId: stored.serverId, version: stored.version, attributes: stored.attributes };
  }
  return { status: 'rejected', reason: 'invalid', errors };
}

/** ServerIds are unique among all workspaces. */
function seenKey({ serverId, device }: Omit<Seen, 'revision'>): string {
  return `${serverId}\n${device}`;
}

function versionKey(workspace: string, { id, version }: Version): string {
  return `${workspace}\n${id}\n${version}`;
}
