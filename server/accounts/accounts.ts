/**
 * Accounts and their sessions by better-auth; the workspaces that they belong to, in tables of our own beside it.
 */
import { randomBytes } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { getMigrations } from 'better-auth/db/migration';
import * as v from 'valibot';
import { AccountId, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, type Session } from '../../protocol/index.ts';
import type { Role } from '../access.ts';
import type { AccountsDatabase, AccountsTransaction } from './database.ts';
import { migrateAccounts } from './migrations.ts';

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

export interface AccountsOptions {
  readonly database: AccountsDatabase;
  /** Of the database, for messages. */
  readonly name: string;
  /** Signs the session cookies; a new one signs everybody out. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** @throws StoreUnusable if a newer server has written the database */
export async function openAccounts({ database, name, secret, now }: AccountsOptions) {
  const { db, kind } = database;
  const options = {
    database: { db, type: kind, transaction: true },
    secret,
    // Its own routes are not served: only ours call it, so this address is never shown or compared.
    baseURL: 'http://localhost',
    emailAndPassword: { enabled: true, minPasswordLength: MIN_PASSWORD_LENGTH, maxPasswordLength: MAX_PASSWORD_LENGTH },
    session: { expiresIn: SESSION_SECONDS, updateAge: RENEW_AFTER_SECONDS },
    advanced: { cookiePrefix: 'outpost', useSecureCookies: false, ipAddress: { disableIpTracking: true } },
    logger: { disabled: true },
    telemetry: { enabled: false },
  };
  await migrateAccounts(database, name, async () => (await getMigrations(options)).runMigrations());
  const auth = betterAuth(options);
  const { password: passwords } = await auth.$context;

  async function signedIn(id: AccountId, cookies: readonly string[]): Promise<SignedIn | null> {
    const rows = await db
      .selectFrom('user')
      .leftJoin('members', 'members.account', 'user.id')
      .leftJoin('workspaces', 'workspaces.id', 'members.workspace')
      .where('user.id', '=', id)
      .orderBy('members.created_at')
      .orderBy('members.workspace')
      .select(['email', 'user.name', 'members.role', 'workspaces.id as workspace', 'workspaces.name as workspaceName'])
      .execute();
    const [first] = rows;
    if (first === undefined) return null;
    const workspaces = rows.flatMap(({ workspace, workspaceName, role }) => (workspace === null || workspaceName === null || role === null ? [] : [{ Id: workspace, Name: workspaceName, Role: role }]));
    return { account: { Id: id, Email: first.email, Name: first.name }, workspaces, cookies };
  }

  async function signIn(email: string, password: string): Promise<SignedIn | null> {
    try {
      const { headers, response } = await auth.api.signInEmail({ body: { email, password }, returnHeaders: true });
      return await signedIn(v.parse(AccountId, response.user.id), headers.getSetCookie());
    } catch (error) {
      if (error instanceof APIError && error.statusCode < 500) return null;
      throw error;
    }
  }

  /** As better-auth would make it. `hash` is of the password, which takes its time: not within the transaction. */
  async function insertAccount(transaction: AccountsTransaction, { name: called, email }: NewAccount, hash: string): Promise<AccountId> {
    const id = v.parse(AccountId, randomId());
    const at = database.nativeTime(now());
    const times = { createdAt: at, updatedAt: at };
    await transaction.insertInto('user').values({ id, name: called, email: email.toLowerCase(), emailVerified: kind === 'sqlite' ? 0 : false, ...times }).execute();
    await transaction.insertInto('account').values({ id: randomId(), accountId: id, providerId: 'credential', userId: id, password: hash, ...times }).execute();
    return id;
  }

  async function firstOwnerId(transaction: typeof db | AccountsTransaction): Promise<AccountId | null> {
    const found = await transaction.selectFrom('members').select('account').where('role', '=', 'owner').orderBy('created_at').orderBy('account').limit(1).executeTakeFirst();
    return found?.account ?? null;
  }

  async function insertOwner(transaction: AccountsTransaction, owner: NewAccount, hash: string): Promise<AccountId> {
    const account = await insertAccount(transaction, owner, hash);
    const workspace = randomId();
    await transaction.insertInto('workspaces').values({ id: workspace, name: `${owner.name}’s workspace`, created_at: now() }).execute();
    await transaction.insertInto('members').values({ workspace, account, role: 'owner', created_at: now() }).execute();
    return account;
  }

  return {
    signedIn,

    /** Null if the address or the password is wrong; which one is not said. */
    signIn,

    /** Who holds this cookie header's session. Using it renews it, unless there is no way to send the renewed cookie. */
    async bySession(cookie: string, renews: boolean): Promise<SignedIn | null> {
      const { headers, response } = await auth.api.getSession({ headers: new Headers({ cookie }), query: { disableRefresh: !renews }, returnHeaders: true });
      return response === null ? null : signedIn(v.parse(AccountId, response.user.id), headers.getSetCookie());
    },

    /** Ends the session; returns the cookies that clear it in the browser. */
    async signOut(cookie: string): Promise<readonly string[]> {
      const { headers } = await auth.api.signOut({ headers: new Headers({ cookie }), returnHeaders: true });
      return headers.getSetCookie();
    },

    async hasOwner(): Promise<boolean> {
      return (await firstOwnerId(db)) !== null;
    },

    /** Whoever was made first; nobody is signed in by this. */
    async firstOwner(): Promise<SignedIn | null> {
      const id = await firstOwnerId(db);
      return id === null ? null : signedIn(id, []);
    },

    /** Makes the account with a workspace of its own; nobody is signed in by this. */
    async createOwner(owner: NewAccount): Promise<SignedIn | null> {
      const hash = await passwords.hash(owner.password);
      return signedIn(await database.exclusively((transaction) => insertOwner(transaction, owner, hash)), []);
    },

    /** The same, if there is no owner yet, and signs it in; else null. */
    async createFirstOwner(owner: NewAccount): Promise<SignedIn | null> {
      const hash = await passwords.hash(owner.password);
      const account = await database.exclusively(async (transaction) => ((await firstOwnerId(transaction)) === null ? insertOwner(transaction, owner, hash) : null));
      return account === null ? null : signIn(owner.email, owner.password);
    },

    /** Makes an account that belongs to a workspace. */
    async createMember(workspace: string, member: NewAccount, role: Role = 'collector'): Promise<void> {
      const hash = await passwords.hash(member.password);
      await database.exclusively(async (transaction) => {
        const account = await insertAccount(transaction, member, hash);
        await transaction.insertInto('members').values({ workspace, account, role, created_at: now() }).execute();
      });
    },
  };
}

function randomId(): string {
  return randomBytes(24).toString('base64url');
}
