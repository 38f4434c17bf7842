/**
 * Who is signed in, remembered on this device so that the app opens without a network.
 *
 * In IndexedDB, where a crash takes nothing back that a transaction has put there. localStorage is written to disk up to
 * a minute later: a crash would shut somebody out of what they have just filled in, and let back in whoever has signed out.
 */
import * as v from 'valibot';
import { Session, decode, parseJson } from '../../protocol/index.ts';
import { answered, inTransaction, openDatabase } from '../sync/database.ts';
import { type Choice, type Place, Places, choicesOf, enter, placeIn } from './places.ts';

const Remembered = v.object({
  session: v.nullable(Session),
  /** Somebody signed out without a connection: the server still has to hear of it. */
  signOutIsOwed: v.boolean(),
  /** By account. */
  places: v.optional(v.record(v.string(), Places), {}),
});
type Remembered = v.InferOutput<typeof Remembered>;

const NOBODY: Remembered = { session: null, signOutIsOwed: false, places: {} };
const DATABASE = 'outpost-session';
const STORE = 'session';
const KEY = 'last';
/** Where an earlier version of the app kept it, in localStorage. */
const FORMER = { session: 'outpost.session', signOut: 'outpost.sign-out' } as const;

/** Who is signed in, and where they are. */
export interface Remembering {
  readonly session: Session;
  readonly place: Place;
}

/**
 * Whoever signed in last, null if there is nobody or it cannot be read, and whether a sign-out is owed.
 * @throws if the browser gives no IndexedDB
 */
export async function remembered(): Promise<{ readonly last: Remembering | null; readonly signOutIsOwed: boolean }> {
  // With an earlier version of the app they were in no workspace by its name.
  const { session, signOutIsOwed, places } = await change((now) => (now.session === null || now.places[now.session.Account.Id] !== undefined ? now : settled(now, now.session)));
  for (const key of Object.values(FORMER)) localStorage.removeItem(key);
  return { last: session && { session, place: placeIn(session, places[session.Account.Id]) }, signOutIsOwed };
}

/** @param wanted id of the workspace to be in, if it matters. Resolves once a crash can no longer take it. */
export async function rememberSession({ Joined, ...session }: Session, wanted = Joined): Promise<Remembering> {
  const { places } = await change((now) => settled({ ...now, signOutIsOwed: false }, session, wanted));
  return { session, place: placeIn(session, places[session.Account.Id]) };
}

/** Takes names, roles and workspaces that have changed, unless this account has signed out meanwhile. */
export async function refreshSession(session: Session): Promise<void> {
  const { Id } = session.Account;
  await change((now) => (now.session?.Account.Id !== Id || isSame(now.session, session) ? now : settled(now, session, now.places[Id]?.opened[0]?.Id)));
}

/** From the next start on the person is in that workspace. Resolves once a crash can no longer take it. */
export async function goTo(workspace: string): Promise<void> {
  await change((now) => (now.session === null ? now : settled(now, now.session, workspace)));
}

/** The workspaces that whoever is signed in may go to, as they were last known. */
export async function placesToGo(): Promise<readonly Choice[]> {
  const { session, places } = await change((now) => now);
  return session === null ? [] : choicesOf(session, places[session.Account.Id]);
}

/** Forgets who was signed in, not what they made: that stays under their account. Resolves once a crash cannot sign them in again. */
export async function forgetSession(): Promise<void> {
  await change(({ places }) => ({ session: null, signOutIsOwed: true, places }));
}

export async function signOutIsDone(): Promise<void> {
  await change((now) => (now.signOutIsOwed ? { ...now, signOutIsOwed: false } : now));
}

function settled(now: Remembered, session: Session, wanted?: string): Remembered {
  const { Id } = session.Account;
  const places = enter(session, now.places[Id], wanted);
  return { ...now, session, places: places === undefined ? now.places : { ...now.places, [Id]: places } };
}

/** Puts down what `next` makes of what is there, if that is another; all in one transaction, as other tabs may do the same. */
async function change(next: (now: Remembered) => Remembered): Promise<Remembered> {
  const database = openDatabase(DATABASE, 1, (created) => void created.createObjectStore(STORE));
  try {
    return await inTransaction(database, 'readwrite', [STORE], async (store) => {
      const stored: unknown = await answered(store.get(KEY));
      const known = decode(Remembered, stored) ?? NOBODY;
      // Taken over once: a crash may bring back to localStorage what has been taken from there.
      const after = next(stored === undefined ? (ofEarlierVersion() ?? known) : known);
      if (after !== known) store.put(after, KEY);
      return after;
    });
  } finally {
    (await database).close();
  }
}

function ofEarlierVersion(): Remembered | null {
  const session = decode(Session, parseJson(localStorage.getItem(FORMER.session) ?? ''));
  const signOutIsOwed = localStorage.getItem(FORMER.signOut) !== null;
  return session === null && !signOutIsOwed ? null : { session, signOutIsOwed, places: {} };
}

const isSame = (a: Session, b: Session): boolean => JSON.stringify(a) === JSON.stringify(b);
