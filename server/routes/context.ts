/**
 * What the routes are given to work with.
 */
import type { Accounts } from '../accounts/accounts.ts';
import type { Attempts } from '../accounts/attempts.ts';
import type { Keys } from '../accounts/keys.ts';
import type { Welcome } from '../accounts/welcome.ts';
import type { Authenticator } from '../http/authenticate.ts';
import type { Hints } from '../live/hints.ts';
import type { Store } from '../store/store.ts';

export interface Context {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly welcome: Welcome;
  readonly attempts: Attempts;
  readonly authenticator: Authenticator;
  readonly hints: Hints;
  /** Of Outpost, as in package.json. */
  readonly version: string;
}
