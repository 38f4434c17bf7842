/**
 * What the routes are given to work with.
 */
import type { Attempts } from '../accounts/attempts.ts';
import type { People } from '../accounts/people.ts';
import type { Welcome } from '../accounts/welcome.ts';
import type { Authenticator } from '../http/authenticate.ts';
import type { Hints } from '../live/hints.ts';
import type { Store } from '../store/store.ts';

export interface Context {
  readonly store: Store;
  readonly people: People;
  readonly welcome: Welcome;
  /** At passwords. */
  readonly attempts: Attempts;
  /** Of those who come with a link instead of an account. */
  readonly doors: Attempts;
  readonly authenticator: Authenticator;
  readonly hints: Hints;
  /** Of Outpost, as in package.json. */
  readonly version: string;
}
