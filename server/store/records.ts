/**
 * Records held in memory while a group of edits is planned, found by whichever id an edit was sent under.
 */
import type { AccountId } from '../../protocol/index.ts';
import { type Caller, type Collection, isWithin, writeScopeOf } from '../access.ts';
import type { Edit, Stored } from '../decide.ts';

/** One edit as it came, and from whom. */
export interface Push {
  readonly caller: Caller;
  readonly collection: Collection;
  readonly edit: Edit;
}

/** How many numbers each workspace's counter gives to these edits. */
export function countsOf(pushes: readonly Push[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { caller } of pushes) counts.set(caller.workspace, (counts.get(caller.workspace) ?? 0) + 1);
  return counts;
}

/** A record, with what is kept of its creation. */
export interface Kept {
  readonly workspace: string;
  readonly collection: Collection;
  readonly clientId: string;
  readonly creator: AccountId;
  readonly stored: Stored;
}

export class Records {
  readonly #byServerId = new Map<string, Kept>();
  /** Accounts may have used the same temporary id: keys of `#byServerId`. */
  readonly #byClientId = new Map<string, string[]>();

  constructor(kept: Iterable<Kept> = []) {
    for (const record of kept) this.set(record);
  }

  set(record: Kept): void {
    const { workspace, collection, clientId, stored } = record;
    const key = keyOf(workspace, collection, stored.serverId);
    const isNew = !this.#byServerId.has(key);
    this.#byServerId.set(key, record);
    if (!isNew) return;
    const shared = keyOf(workspace, collection, clientId);
    const others = this.#byClientId.get(shared);
    if (others === undefined) this.#byClientId.set(shared, [key]);
    else others.push(key);
  }

  /** What the caller may write under the edit's id: a ServerId, or a temporary one that the server has mapped before. */
  find({ caller, collection, edit: { id } }: Push): Kept | null {
    const scope = writeScopeOf(caller, collection);
    const key = keyOf(caller.workspace, collection, id);
    const direct = this.#byServerId.get(key);
    if (direct !== undefined && isWithin(scope, direct.creator)) return direct;
    const visible = this.#under(key).filter(({ creator }) => isWithin(scope, creator));
    // An owner's own record comes before somebody else's under the same temporary id.
    return visible.find(({ creator }) => creator === caller.account) ?? visible.reduce<Kept | null>(earlier, null);
  }

  /** The record of a workspace that was created under this temporary id, if there is but one, as of questionnaires. */
  createdUnder(workspace: string, collection: Collection, clientId: string): Kept | null {
    return this.#under(keyOf(workspace, collection, clientId))[0] ?? null;
  }

  #under(key: string): Kept[] {
    return (this.#byClientId.get(key) ?? []).flatMap((each) => this.#byServerId.get(each) ?? []);
  }
}

/** ServerIds begin with the time of the creation. */
function earlier(first: Kept | null, record: Kept): Kept {
  return first === null || record.stored.serverId < first.stored.serverId ? record : first;
}

function keyOf(workspace: string, collection: Collection, id: string): string {
  return `${workspace}\n${collection}\n${id}`;
}
