/**
 * Accounts, their sessions and the workspaces that they belong to: better-auth, in a database file of its own. Its writes
 * span several turns of the event loop, so they must never share a connection with the group commits.
 */
import { randomBytes } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { getMigrations } from 'better-auth/db/migration';
import { organization } from 'better-auth/plugins';
import type Database from 'better-sqlite3';
import * as v from 'valibot';
import { AccountId, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, type Session } from '../../protocol/index.ts';
import type { Role } from '../access.ts';

const SESSION_SECONDS = 90 * 24 * 60 * 60;
const RENEW_AFTER_SECONDS = 24 * 60 * 60;

export interface Membership {
  readonly Id: string;
  readonly Name: string;
  readonly Role: Role;
}

/** Somebody who is signed in, and the `Set-Cookie` values to send along. */
export interface SignedIn {
  readonly account: Session['Account'];
  readonly workspaces: readonly Membership[];
  readonly cookies: readonly string[];
}

export interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export type Accounts = Awaited<ReturnType<typeof openAccounts>>;

const Email = v.pipe(v.string(), v.email());

/** Whether better-auth will take this address as well. */
export function isEmail(text: string): boolean {
  return v.is(Email, text);
}

const AccountRow = v.object({ id: AccountId, email: v.string(), name: v.string() });
const MembershipRow = v.object({ id: v.string(), name: v.string(), role: v.string() });

/** @param secret signs the session cookies; a new one signs everybody out */
export async function openAccounts(database: Database.Database, secret: string) {
  const options = {
    database,
    secret,
    // Its own routes are not served: only ours call it, so this address is never shown or compared.
    baseURL: 'http://localhost',
    emailAndPassword: { enabled: true, minPasswordLength: MIN_PASSWORD_LENGTH, maxPasswordLength: MAX_PASSWORD_LENGTH },
    session: { expiresIn: SESSION_SECONDS, updateAge: RENEW_AFTER_SECONDS },
    plugins: [organization()],
    advanced: { cookiePrefix: 'outpost', useSecureCookies: false, ipAddress: { disableIpTracking: true } },
    logger: { disabled: true },
    telemetry: { enabled: false },
  };
  await (await getMigrations(options)).runMigrations();
  const auth = betterAuth(options);

  const memberships = database.prepare(
    `SELECT organization.id, organization.name, member.role FROM member JOIN organization ON organization.id = member.organizationId
     WHERE member.userId = ? ORDER BY member.createdAt, member.id`,
  );
  const accountById = database.prepare('SELECT id, email, name FROM user WHERE id = ?');
  const firstOwner = database.prepare(`SELECT userId FROM member WHERE role = 'owner' ORDER BY createdAt, id LIMIT 1`).pluck();
  const forgetHalfMade = database.prepare('DELETE FROM user WHERE email = ? AND id NOT IN (SELECT userId FROM member)');

  function signedIn(id: string, cookies: readonly string[]): SignedIn | null {
    const row = accountById.get(id);
    if (row === undefined) return null;
    const account = v.parse(AccountRow, row);
    const workspaces = memberships.all(id).map((raw) => {
      const { id: Id, name: Name, role } = v.parse(MembershipRow, raw);
      return { Id, Name, Role: role === 'owner' ? ('owner' as const) : ('member' as const) };
    });
    return { account: { Id: account.id, Email: account.email, Name: account.name }, workspaces, cookies };
  }

  return {
    signedIn,

    /** Null if the address or the password is wrong; which one is not said. */
    async signIn(email: string, password: string): Promise<SignedIn | null> {
      try {
        const { headers, response } = await auth.api.signInEmail({ body: { email, password }, returnHeaders: true });
        return signedIn(response.user.id, headers.getSetCookie());
      } catch (error) {
        if (error instanceof APIError && error.statusCode < 500) return null;
        throw error;
      }
    },

    /** Who holds this cookie header's session. Using it renews it, unless there is no way to send the renewed cookie. */
    async bySession(cookie: string, renews: boolean): Promise<SignedIn | null> {
      const { headers, response } = await auth.api.getSession({ headers: new Headers({ cookie }), query: { disableRefresh: !renews }, returnHeaders: true });
      return response === null ? null : signedIn(response.user.id, headers.getSetCookie());
    },

    /** Ends the session; returns the cookies that clear it in the browser. */
    async signOut(cookie: string): Promise<readonly string[]> {
      const { headers } = await auth.api.signOut({ headers: new Headers({ cookie }), returnHeaders: true });
      return headers.getSetCookie();
    },

    hasOwner(): boolean {
      return firstOwner.get() !== undefined;
    },

    /** Whoever was made first; nobody is signed in by this. */
    firstOwner(): SignedIn | null {
      const id = v.parse(v.optional(v.string()), firstOwner.get());
      return id === undefined ? null : signedIn(id, []);
    },

    /** Makes the account with a workspace of its own, and signs it in. An account that an earlier, interrupted attempt left without one is made anew. */
    async createOwner({ name, email, password }: NewAccount): Promise<SignedIn | null> {
      forgetHalfMade.run(email.toLowerCase());
      const { headers, response } = await auth.api.signUpEmail({ body: { name, email, password }, returnHeaders: true });
      const { user } = response;
      const slug = randomBytes(8).toString('hex');
      await auth.api.createOrganization({ body: { name: `${name}’s workspace`, slug, userId: user.id } });
      return signedIn(user.id, headers.getSetCookie());
    },

    /** Makes an account that belongs to a workspace as a member. */
    async createMember(workspace: string, { name, email, password }: NewAccount): Promise<void> {
      const { user } = await auth.api.signUpEmail({ body: { name, email, password } });
      await auth.api.addMember({ body: { organizationId: workspace, userId: user.id, role: 'member' } });
    },
  };
}
