/**
 * The sync engine for Backbone: models in localStorage, pushed and pulled whenever there is a network, sent by the
 * worker when no page is open.
 */
import * as v from 'valibot';
import { AuthorId } from '../../protocol/index.ts';
import { Collections } from './collections.ts';
import { Engine } from './engine.ts';
import { forgetCursor } from './cursors.ts';
import { begin } from './happenings.ts';
import { Journal, type Unreadable } from './journal.ts';
import { checkReferences } from './core/references.ts';
import { LocalCollection, type CollectionOptions } from './local-collection.ts';
import { eventsUrl } from './live.ts';
import { keep } from './local-sync.ts';
import { NewerData } from './newer.ts';
import { Room } from './room.ts';
import { removeUnreadable } from './rows.ts';
import { Transport } from './transport.ts';

export { settle, type Conflict, type ConflictPolicy, type Settlement } from './core/conflict.ts';
export type { CollectionOptions } from './local-collection.ts';
export type { Engine } from './engine.ts';
export type { Evicted } from './room.ts';
export type { StorageUse } from './storage.ts';
export type { Bookkeeping, Connection, EngineEvents, Problem, RecordState, Summary } from './types.ts';

/** What `startOutpost` has to know. */
export interface OutpostOptions {
  /**
   * Whose rows these are: nothing of one account is shown to another, or sent as another's. Where accounts belong to several
   * workspaces, `account/workspace`: what is made then goes to that workspace and to no other.
   */
  readonly account: string;
  /** The name that they are kept under on the device; `account` if it is not given. For rows of before, when only the account was named. */
  readonly keptAs?: string;
  /** By the collection's name on the server. */
  readonly collections: Readonly<Record<string, CollectionOptions>>;
  /** Is given the engine as soon as the collections are filled, before the call returns: for a screen that need not wait for the promise. */
  readonly onFilled?: (engine: Engine) => void;
}

/**
 * Fills the collections with what the device holds and starts to send and receive. The collections are filled when the
 * call returns. When the promise resolves, they also hold what localStorage had lost in a crash, which takes a moment more;
 * an edit that is saved in between stands, on top of what comes back.
 * @throws if the browser gives no IndexedDB or localStorage to keep anything in, for references to what is not kept, or if a
 *   newer version of the app has changed the journal's schema; nothing of it is touched then
 */
export async function startOutpost({ account: accountId, keptAs = accountId, collections, onFilled }: OutpostOptions): Promise<Engine> {
  const account = v.parse(AuthorId, accountId);
  const end = begin(account, 'start');
  checkReferences(collections);
  const journal = new Journal(keptAs);
  const kept = new Collections();
  const own = Object.keys(collections).filter((name) => collections[name]?.own === true);
  const unreadable: Unreadable[] = [];
  const restored = restore(journal, kept, unreadable);
  const server = restored.then(({ device }) => ({ transport: new Transport(account, device), eventsUrl: eventsUrl(account, device, own) }));
  // Without a journal nothing is ever sent.
  const engine = new Engine({ account, keptAs, journal, server: server.catch(() => new Promise<never>(() => undefined)), collections: kept });
  const room = new Room(kept, (name, ...args) => engine.emit(name, ...args));
  for (const [name, options] of Object.entries(collections)) {
    const local = new LocalCollection(name, `outpost.${keptAs}.${name}`, options, {
      journal,
      now: () => new Date().toISOString(),
      onChange: engine.announce,
      onWaiting: () => void engine.push(),
      onFull: room.sayFull,
      makeRoom: (units, arrived) => room.make(units, arrived === null ? null : { collection: name, row: arrived }),
      tell: engine.tell,
    });
    kept.add(options.collection, local);
    const found = local.fill();
    // What is set aside may have been synchronized: everything is pulled again, so that the server's side of it comes back.
    if (found.length > 0) forgetCursor(local.rows.name);
    unreadable.push(...found);
    keep(options.collection, local);
  }
  onFilled?.(engine);
  const { names, newer } = await restored.catch((error: unknown) => giveUp(engine, error));
  end([], [...kept.candidates()].length);
  // A task later: whoever awaits this function listens by then.
  setTimeout(() => {
    if (names.length > 0) engine.emit('sync:unreadable', names);
    if (newer.length > 0) engine.emit('sync:newer', newer);
    engine.wake();
  });
  return engine;
}

/**
 * Brings back what the journal has, and sets aside what cannot be read.
 * @param unreadable of localStorage; filled, like the collections, before the journal answers
 */
async function restore(journal: Journal, kept: Collections, unreadable: readonly Unreadable[]) {
  const [device, read] = await Promise.all([
    journal.device(),
    journal.readAll(({ rows, newer, unreadable: names }) => ({
      newer: [...kept].flatMap((local) => local.restore(rows.get(local.name) ?? [], newer.get(local.name) ?? [])),
      names,
    })),
  ]);
  await setAside(journal, unreadable);
  return { device, newer: read.newer, names: [...read.names, ...unreadable.map(({ name }) => name)] };
}

async function giveUp(engine: Engine, error: unknown): Promise<never> {
  await Promise.allSettled([engine.stop()]);
  throw error instanceof DOMException && error.name === 'VersionError' ? new NewerData() : error;
}

/** Moves what cannot be read out of localStorage; where the journal cannot take it, it stays, and is tried at the next start. */
async function setAside(journal: Journal, unreadable: readonly Unreadable[]): Promise<void> {
  const [{ status }] = await Promise.allSettled([journal.setAside(unreadable)]);
  if (status === 'fulfilled') for (const each of unreadable) removeUnreadable(each);
}
