/**
 * The ways in, for somebody who is not signed in.
 */
import type { Session } from '../../protocol/index.ts';
import { paths } from './app.ts';
import type { Screen } from './base.ts';
import { SignIn, Welcome } from './sign-in.ts';

/** Addresses that lead nowhere once somebody is signed in. */
export const GATES: ReadonlySet<string> = new Set(['/welcome', paths.signIn, paths.join, paths.newPassword]);

/** What stands at this address for somebody who is not signed in; what comes with a link is fetched when it is needed. */
export async function gate(signedIn: (session: Session) => Promise<void>, token: string): Promise<Screen> {
  switch (location.pathname) {
    case '/welcome':
      return new Welcome(signedIn, token);
    case paths.join:
      return new (await import('./gate/join.ts')).Join(signedIn, token);
    case paths.newPassword:
      return new (await import('./gate/new-password.ts')).NewPassword(signedIn, token);
    case paths.form:
      return new (await import('./gate/form.ts')).OpenFormScreen(token);
    default:
      return new SignIn(signedIn, null);
  }
}
