/**
 * Who is signed in, remembered on this device so that the app opens without a network.
 */
import { Session, decode, parseJson } from '../../protocol/index.ts';

const KEY = 'outpost.session';
/** There while somebody signed out without a connection: the server still has to hear of it. */
const SIGN_OUT_KEY = 'outpost.sign-out';

/** The session of the last sign-in, or null if there is none or it cannot be read. */
export function rememberedSession(storage: Storage): Session | null {
  const text = storage.getItem(KEY);
  if (text === null) return null;
  return decode(Session, parseJson(text));
}

export function rememberSession(storage: Storage, session: Session): void {
  storage.setItem(KEY, JSON.stringify(session));
  storage.removeItem(SIGN_OUT_KEY);
}

/** Forgets who was signed in, not what they made: that stays under their account. */
export function forgetSession(storage: Storage): void {
  storage.removeItem(KEY);
  storage.setItem(SIGN_OUT_KEY, 'yes');
}

export const signOutIsOwed = (storage: Storage): boolean => storage.getItem(SIGN_OUT_KEY) !== null;

export const signOutIsDone = (storage: Storage): void => storage.removeItem(SIGN_OUT_KEY);

/** Whether this person adds questionnaires and sees results. */
export const mayManage = (session: Session): boolean => session.Workspaces.some(({ Role }) => Role === 'owner' || Role === 'admin');
