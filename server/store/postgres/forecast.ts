/**
 * What the next groups of edits will find in the database, as far as this process can know: the counters as it leaves them, and
 * nothing under the ids that devices give to new records. That is so as long as no other process writes to the same workspaces and
 * nothing is sent again. So an edit is planned as it comes, while those before it are being written. Pure.
 */
import { isClientId } from '../../../protocol/index.ts';
import { MAX_GROUP } from '../group.ts';
import { type Plan, type PlanPorts, Planning, type Sequence, wantedBy } from '../plan.ts';
import { type Push, countsOf } from '../records.ts';
import type { Rules } from '../store.ts';
import type { KeptVersions } from '../versions.ts';

/** A wrong forecast costs a transaction; so many groups in a row must have been as foreseen before one is relied on. */
const TRUSTED_AFTER = 3;
/** Beyond so many, all is learned anew. */
const MOST_WORKSPACES = 10_000;

export interface ForecastPorts {
  readonly rules: Rules;
  readonly versions: KeptVersions;
  /** For one group. */
  readonly newServerIds: () => PlanPorts['newServerId'];
}

/** A group as it is foreseen. */
interface Group {
  readonly pushes: Push[];
  /** How many numbers it takes of each workspace's counter. */
  readonly counts: Map<string, number>;
  /** The counters that it will find, those that are known. */
  readonly before: Map<string, Sequence>;
  /** Null if its plan cannot be foreseen. */
  planning: Planning | null;
}

/** A group that is being written. */
export interface Begun {
  /** Null if it is not foreseen. */
  readonly plan: Plan | null;
  /** Whether these are the counters that it was to find. */
  isAsForeseen(found: readonly Sequence[]): boolean;
  /** It is committed. @param found its counters before it @param isNew whether nothing was there of what it names */
  end(found: readonly Sequence[], isNew: boolean): void;
}

export class Forecast {
  readonly #ports: ForecastPorts;
  /** The counters that the next edit will find. */
  readonly #next = new Map<string, Sequence>();
  /** The groups that are to come, of which all but the last are full. */
  #ahead: Group[] = [];
  #rightInARow = 0;

  constructor(ports: ForecastPorts) {
    this.#ports = ports;
  }

  /** This edit comes next. */
  foresee(push: Push): void {
    const group = this.#open();
    const { workspace } = push.caller;
    const sequence = this.#next.get(workspace);
    group.pushes.push(push);
    group.counts.set(workspace, (group.counts.get(workspace) ?? 0) + 1);
    if (sequence === undefined) {
      group.planning = null;
      return;
    }
    if (!group.before.has(workspace)) group.before.set(workspace, sequence);
    if (group.planning !== null && !this.#plan(push, sequence, group.planning)) group.planning = null;
    this.#next.set(workspace, { ...sequence, seq: sequence.seq + 1 });
  }

  /** This group is to be written now. */
  begin(pushes: readonly Push[]): Begun {
    const group = this.#ahead.shift();
    // A group that a bug has halved, or what came while others were given up: until all is in step again, nothing is foreseen.
    const isInStep = group?.pushes.length === pushes.length && group.pushes.every((push, index) => push === pushes[index]);
    if (!isInStep) this.distrust();
    const before = isInStep ? group.before : new Map<string, Sequence>();
    const isAsForeseen = (found: readonly Sequence[]): boolean => found.every((sequence) => isSame(sequence, before.get(sequence.workspace)));
    return {
      plan: isInStep ? (group.planning?.plan() ?? null) : null,
      isAsForeseen,
      end: (found, isNew) => {
        const isRight = isAsForeseen(found);
        this.#rightInARow = isRight && isNew ? this.#rightInARow + 1 : 0;
        if (!isRight) this.#goOnFrom(found, countsOf(pushes));
      },
    };
  }

  /** It was wrong, or nobody knows what became of the last group. */
  distrust(): void {
    this.#rightInARow = 0;
    this.#ahead = [];
    this.#next.clear();
  }

  #open(): Group {
    const last = this.#ahead.at(-1);
    if (last !== undefined && last.pushes.length < MAX_GROUP) return last;
    const planning = this.#rightInARow < TRUSTED_AFTER ? null : new Planning({ rules: this.#ports.rules, newServerId: this.#ports.newServerIds() });
    const group = { pushes: [], counts: new Map(), before: new Map(), planning };
    this.#ahead.push(group);
    return group;
  }

  /** False if it must be looked up first, or hits a bug. */
  #plan(push: Push, sequence: Sequence, planning: Planning): boolean {
    if (!looksNew(push)) return false;
    const { known, others } = this.#ports.versions.split(wantedBy([push], [], this.#ports.rules).references);
    if (others.length > 0) return false;
    try {
      planning.learn({ sequences: [sequence], records: [], seen: [], questionnaires: known });
      planning.push(push);
      return true;
    } catch {
      // It will be met again when the group is planned with what is there, and told to whoever has sent this edit.
      return false;
    }
  }

  /** What was planned upon other counters is planned anew when its turn comes. */
  #goOnFrom(found: readonly Sequence[], counts: ReadonlyMap<string, number>): void {
    if (this.#next.size > MOST_WORKSPACES) this.#next.clear();
    for (const group of this.#ahead) group.planning = null;
    for (const sequence of found) {
      const taken = [counts, ...this.#ahead.map((group) => group.counts)].reduce((sum, each) => sum + (each.get(sequence.workspace) ?? 0), 0);
      this.#next.set(sequence.workspace, { ...sequence, seq: sequence.seq + taken });
    }
  }
}

function looksNew({ edit }: Push): boolean {
  return edit.op === 'put' && isClientId(edit.id) && (edit.base ?? 0) === 0;
}

function isSame(sequence: Sequence, other: Sequence | undefined): boolean {
  return sequence.epoch === other?.epoch && sequence.seq === other.seq && sequence.purged === other.purged;
}
