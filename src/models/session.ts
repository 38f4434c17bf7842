/**
 * Who is signed in, remembered on this device so that the app opens without a network.
 *
 * In IndexedDB, where a crash takes nothing back that a transaction has put there. localStorage is written to disk up to
 * a minute later: a crash would shut somebody out of what they have just filled in, and let back in whoever has signed out.
 */
import * as v from 'valibot';
import { Session, decode, parseJson } from '../../protocol/index.ts';
import { answered, inTransaction, openDatabase } from '../sync/database.ts';

const Remembered = v.object({
  session: v.nullable(Session),
  /** Somebody signed out without a connection: the server still has to hear of it. */
  signOutIsOwed: v.boolean(),
});
type Remembered = v.InferOutput<typeof Remembered>;

const NOBODY: Remembered = { session: null, signOutIsOwed: false };
const DATABASE = 'outpost-session';
const STORE = 'session';
const KEY = 'last';
/** Where an earlier version of the app kept it, in localStorage. */
const FORMER = { session: 'outpost.session', signOut: 'outpost.sign-out' } as const;

/**
 * The session of the last sign-in, null if there is none or it cannot be read, and whether a sign-out is owed.
 * @throws if the browser gives no IndexedDB
 */
export async function remembered(): Promise<Remembered> {
  const found = await change((now) => now);
  for (const key of Object.values(FORMER)) localStorage.removeItem(key);
  return found;
}

/** Resolves once a crash can no longer take it. */
export async function rememberSession(session: Session): Promise<void> {
  await change(() => ({ session, signOutIsOwed: false }));
}

/** Takes a name or a role that has changed, unless this account has signed out meanwhile. */
export async function refreshSession(session: Session): Promise<void> {
  await change((now) => (now.session?.Account.Id !== session.Account.Id || isSame(now.session, session) ? now : { ...now, session }));
}

/** Forgets who was signed in, not what they made: that stays under their account. Resolves once a crash cannot sign them in again. */
export async function forgetSession(): Promise<void> {
  await change(() => ({ session: null, signOutIsOwed: true }));
}

export async function signOutIsDone(): Promise<void> {
  await change((now) => (now.signOutIsOwed ? { ...now, signOutIsOwed: false } : now));
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
  return session === null && !signOutIsOwed ? null : { session, signOutIsOwed };
}

const isSame = (a: Session, b: Session): boolean => JSON.stringify(a) === JSON.stringify(b);
