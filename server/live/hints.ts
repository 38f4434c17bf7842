/**
 * Who listens, and who may hear of which commit. What a caller may see is judged by `access.ts`, here as in the store.
 */
import type { AccountId, Cursor, DeviceId } from '../../protocol/index.ts';
import { COLLECTIONS, type Caller, type Collection, isWithin, scopeOf } from '../access.ts';
import { writeCursor } from '../store/cursor.ts';
import type { ListQuery, Told } from '../store/store.ts';
import type { HintStream } from './stream.ts';

/** Some proxies end a connection after 30 s of silence. */
export const HEARTBEAT_MS = 25_000;

/**
 * For one account. A team may share one in the field, each phone with a page; but a script that opens streams in a loop
 * must not take the sockets of everybody else.
 */
export const MAX_STREAMS = 50;

export interface Listener {
  readonly caller: Caller;
  /** What this device has written it knows; null hears of everything. */
  readonly device: DeviceId | null;
  /** Collections of which only the caller's own records are of interest. */
  readonly own: ReadonlySet<Collection>;
  readonly stream: HintStream;
  /** Whether the caller may still listen, in the same role. */
  readonly isStillAdmitted: () => Promise<boolean>;
}

/** A store's `cursor`. */
export type CursorOf = (caller: Caller, query: ListQuery) => Promise<Cursor>;

/** By collection: where it stands now, as this listener sees it. */
export async function standing({ caller, own }: Pick<Listener, 'caller' | 'own'>, cursorOf: CursorOf): Promise<ReadonlyMap<Collection, Cursor>> {
  const cursors = COLLECTIONS.map(async (collection) => [collection, await cursorOf(caller, { collection, own: own.has(collection) })] as const);
  return new Map(await Promise.all(cursors));
}

/** Listeners that are asked after at a time. */
const TOGETHER = 20;

export interface HintsPorts {
  readonly onError: (error: unknown) => void;
  /** Has the other processes call `recheckHere`. */
  readonly tellOthers: (account: AccountId) => Promise<void>;
}

export class Hints {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #ports: HintsPorts;
  #closed = false;
  #isAsking = false;

  constructor(ports: HintsPorts) {
    this.#ports = ports;
  }

  /** False if the server is about to end or the account has as many streams as it may. */
  add(listener: Listener): boolean {
    const { workspace, account } = listener.caller;
    const listeners = this.#listeners.get(workspace) ?? new Set<Listener>();
    const held = [...listeners].filter(({ caller }) => caller.account === account).length;
    if (this.#closed || held >= MAX_STREAMS) return false;
    this.#listeners.set(workspace, listeners.add(listener));
    listener.stream.readable.once('close', () => this.#remove(listener));
    return true;
  }

  /** How many streams are open. */
  get size(): number {
    return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }

  /** Hints for all that may see something of the commit. */
  tell(committed: readonly Told[]): void {
    for (const workspace of new Set(committed.map((record) => record.workspace))) {
      const here = committed.filter((record) => record.workspace === workspace);
      for (const listener of this.#listeners.get(workspace) ?? []) listener.stream.hint(cursorsFor(listener, here));
    }
  }

  /** Where the collections stand, for everybody: hints of other servers may have been missed. */
  async tellAll(cursorOf: CursorOf): Promise<void> {
    await this.#inTurns(this.#all(), async (listener) => listener.stream.hint(await standing(listener, cursorOf)));
  }

  /**
   * To be called every `HEARTBEAT_MS`. A stream outlives the request that was admitted, so it is asked again who holds
   * it: whoever has signed out, or belongs here no more, hears nothing after the next beat.
   */
  async beat(): Promise<void> {
    for (const { stream } of this.#all()) stream.beat();
    // So many that they are not through: those of the last beat go on.
    if (this.#isAsking) return;
    this.#isAsking = true;
    await this.#inTurns(this.#all(), cutUnlessAdmitted);
    this.#isAsking = false;
  }

  /** To be called when an account may do less than before, or is signed out somewhere: whoever may listen no more is cut at once, in every process. */
  async recheck(account: AccountId): Promise<void> {
    this.#ports.tellOthers(account).catch(this.#ports.onError);
    await this.recheckHere(account);
  }

  /** The same for the streams of this process alone, when another one has said so. */
  async recheckHere(account: AccountId): Promise<void> {
    await this.#inTurns(this.#all().filter(({ caller }) => caller.account === account), cutUnlessAdmitted);
  }

  #all(): readonly Listener[] {
    return [...this.#listeners.values()].flatMap((listeners) => [...listeners]);
  }

  /** A few at a time, and between them whatever else there is to do: thousands at once would hold up every request. */
  async #inTurns(listeners: readonly Listener[], work: (listener: Listener) => Promise<void>): Promise<void> {
    for (let at = 0; at < listeners.length; at += TOGETHER) {
      await Promise.all(listeners.slice(at, at + TOGETHER).map(work)).catch(this.#ports.onError);
      if (at + TOGETHER < listeners.length) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Cuts all streams, and lets none begin. */
  close(): void {
    this.#closed = true;
    for (const listeners of this.#listeners.values()) for (const { stream } of listeners) stream.cut();
  }

  #remove(listener: Listener): void {
    const listeners = this.#listeners.get(listener.caller.workspace);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(listener.caller.workspace);
  }
}

/** By collection: where it stands after what of its workspace this listener may see and does not know of. Empty if there is nothing. */
function cursorsFor({ caller, device, own }: Listener, committed: readonly Told[]): ReadonlyMap<Collection, Cursor> {
  const cursors = new Map<Collection, Cursor>();
  for (const record of committed) {
    const scope = scopeOf(caller, record.collection, own.has(record.collection));
    const isKnown = record.device !== null && record.device === device;
    if (isKnown || !isWithin(scope, record.creator)) continue;
    cursors.set(record.collection, writeCursor({ ...record.place, scope }));
  }
  return cursors;
}

async function cutUnlessAdmitted({ stream, isStillAdmitted }: Listener): Promise<void> {
  if (!(await isStillAdmitted())) stream.cut();
}
