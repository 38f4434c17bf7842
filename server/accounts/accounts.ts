/**
 * Accounts and their sessions by better-auth; the workspaces that they belong to, in tables of our own beside it.
 */
import { randomBytes } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { getMigrations } from 'better-auth/db/migration';
import * as v from 'valibot';
import { AccountId, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, type Session } from '../../protocol/index.ts';
import type { Role } from '../../protocol/people.ts';
import { mayPassOn } from '../access.ts';
import type { Audit } from './audit.ts';
import { type AccountsDatabase, type AccountsTransaction, readTime } from './database.ts';
import { prepareHolders, readToken } from './hot.ts';
import { migrateAccounts } from './migrations.ts';
import { hashOf } from './tokens.ts';

const SESSION_SECONDS = 90 * 24 * 60 * 60;
const RENEW_AFTER_SECONDS = 24 * 60 * 60;
/** How exactly the last use of a key is known, so that not every request of a program writes. */
const KEY_USE_MS = 60 * 60_000;

export interface Membership {
  readonly Id: string;
  readonly Name: string;
  readonly Role: Role;
}

/** Somebody who is signed in, and the `Set-Cookie` values to send along. */
export interface SignedIn {
  readonly account: Session['Account'];
  readonly workspaces: readonly Membership[];
  /** Id of the session; null for a key, and where nobody has signed in. */
  readonly session: string | null;
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
  readonly audit: Audit;
  /** Of the database, for messages. */
  readonly name: string;
  /** Signs the session cookies; a new one signs everybody out. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** @throws StoreUnusable if a newer server has written the database */
export async function openAccounts({ database, audit, name, secret, now }: AccountsOptions) {
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
  const holders = prepareHolders(database);

  async function signedIn(id: AccountId, session: string | null = null, cookies: readonly string[] = []): Promise<SignedIn | null> {
    const rows = await db
      .selectFrom('user')
      .leftJoin('members', 'members.account', 'user.id')
      .leftJoin('workspaces', 'workspaces.id', 'members.workspace')
      .where('user.id', '=', id)
      .orderBy('members.created_at')
      .orderBy('members.workspace')
      .select(['user.id as account', 'email', 'user.name', 'members.role', 'workspaces.id as workspace', 'workspaces.name as workspaceName'])
      .execute();
    const [first] = rows;
    return first === undefined ? null : toSignedIn(first, rows, session, cookies);
  }

  async function signIn(email: string, password: string, userAgent = ''): Promise<SignedIn | null> {
    try {
      const { headers, response } = await auth.api.signInEmail({ body: { email, password }, headers: new Headers({ 'user-agent': userAgent }), returnHeaders: true });
      const session = await db.selectFrom('session').select('id').where('token', '=', response.token).executeTakeFirst();
      return await signedIn(v.parse(AccountId, response.user.id), session?.id, headers.getSetCookie());
    } catch (error) {
      if (error instanceof APIError && error.statusCode < 500) return null;
      throw error;
    }
  }

  /** As better-auth would make it; null if the address has an account. `hash` is of the password, which takes its time: not within the transaction. */
  async function insert(transaction: AccountsTransaction, { name: called, email }: Omit<NewAccount, 'password'>, hash: string): Promise<AccountId | null> {
    const taken = await transaction.selectFrom('user').select('id').where('email', '=', email.toLowerCase()).executeTakeFirst();
    if (taken !== undefined) return null;
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

  /** On the word of whoever runs the server. */
  async function enter(transaction: AccountsTransaction, workspace: string, account: AccountId, role: Role): Promise<void> {
    await transaction.insertInto('members').values({ workspace, account, role, created_at: now() }).execute();
    await audit.note([{ workspace, account: null, action: 'member.added', member: account, role }], transaction);
  }

  async function insertMember(transaction: AccountsTransaction, workspace: string, member: NewAccount, hash: string, role: Role): Promise<AccountId | null> {
    const account = await insert(transaction, member, hash);
    if (account === null) return null;
    await enter(transaction, workspace, account, role);
    return account;
  }

  async function insertOwner(transaction: AccountsTransaction, owner: NewAccount, hash: string): Promise<AccountId | null> {
    const account = await insert(transaction, owner, hash);
    if (account === null) return null;
    const workspace = randomId();
    await transaction.insertInto('workspaces').values({ id: workspace, name: `${owner.name}’s workspace`, created_at: now() }).execute();
    await enter(transaction, workspace, account, 'owner');
    return account;
  }

  return {
    signedIn,

    /** Null if the address or the password is wrong; which one is not said. */
    signIn,

    insert,

    /** Takes its time, as it should. */
    hashPassword: (password: string): Promise<string> => passwords.hash(password),

    /** Who holds this cookie header's session. Using it renews it, unless there is no way to send the renewed cookie. */
    async bySession(cookie: string, renews: boolean): Promise<SignedIn | null> {
      const token = readToken(cookie, secret);
      const rows = token === null ? [] : await holders.bySession(token);
      const [first] = rows;
      if (first === undefined) return null;
      const leftMs = readTime(first.expiresAt) - Date.now();
      if (leftMs <= 0) return null;
      const isDue = leftMs <= (SESSION_SECONDS - RENEW_AFTER_SECONDS) * 1_000;
      if (!renews || !isDue) return toSignedIn(first, rows, first.session, []);
      const { headers, response } = await auth.api.getSession({ headers: new Headers({ cookie }), returnHeaders: true });
      return response === null ? null : signedIn(v.parse(AccountId, response.user.id), response.session.id, headers.getSetCookie());
    },

    /** The workspace that whoever holds this cookie header's session was removed from, if that is how it ended. */
    async removedFrom(cookie: string): Promise<string | null> {
      const token = readToken(cookie, secret);
      if (token === null) return null;
      const ended = db.selectFrom('ended_sessions').innerJoin('workspaces', 'workspaces.id', 'workspace').where('hash', '=', hashOf(token));
      return (await ended.select('name').executeTakeFirst())?.name ?? null;
    },

    /** Whom this key speaks for: its maker, in its one workspace and its role. Null once they may not pass this role on any more. @param uses whether this is to be noted as a use of it */
    async byKey(key: string, uses: boolean): Promise<SignedIn | null> {
      // Looked up by its hash: how long that takes tells nothing about the key.
      const rows = await holders.byKey(hashOf(key));
      const [row] = rows;
      if (row === undefined || !mayPassOn(row.role, row.keyRole)) return null;
      const isNoted = row.usedAt !== null && now() - readTime(row.usedAt) < KEY_USE_MS;
      if (uses && !isNoted) await db.updateTable('api_keys').set({ used_at: now() }).where('id', '=', row.key).execute();
      return toSignedIn(row, [{ ...row, role: row.keyRole }], null, []);
    },

    /** Ends a session that was begun in vain. */
    async endSession({ session }: SignedIn): Promise<void> {
      if (session !== null) await db.deleteFrom('session').where('id', '=', session).execute();
    },

    /** Ends the session; returns whose it was, if there was one, and the cookies that clear it in the browser. */
    async signOut(cookie: string): Promise<{ readonly account: AccountId | null; readonly cookies: readonly string[] }> {
      const token = readToken(cookie, secret);
      // Not by better-auth, which says that it is done also when the database could not be asked.
      const ended = token === null ? undefined : await db.deleteFrom('session').where('token', '=', token).returning('userId').executeTakeFirst();
      const { headers } = await auth.api.signOut({ headers: new Headers(), returnHeaders: true });
      return { account: ended?.userId ?? null, cookies: headers.getSetCookie() };
    },

    async hasOwner(): Promise<boolean> {
      return (await firstOwnerId(db)) !== null;
    },

    /** Whoever was made first; nobody is signed in by this. */
    async firstOwner(): Promise<SignedIn | null> {
      const id = await firstOwnerId(db);
      return id === null ? null : signedIn(id);
    },

    /** Makes the account with a workspace of its own; nobody is signed in by this. Null if the address has an account. */
    async createOwner(owner: NewAccount): Promise<SignedIn | null> {
      const hash = await passwords.hash(owner.password);
      const account = await database.exclusively((transaction) => insertOwner(transaction, owner, hash));
      return account === null ? null : signedIn(account);
    },

    /** The same, if there is no owner yet, and signs it in; else null. */
    async createFirstOwner(owner: NewAccount): Promise<SignedIn | null> {
      const hash = await passwords.hash(owner.password);
      const account = await database.exclusively(async (transaction) => ((await firstOwnerId(transaction)) === null ? insertOwner(transaction, owner, hash) : null));
      return account === null ? null : signIn(owner.email, owner.password);
    },

    /** Makes an account that belongs to a workspace. False if the address has an account. */
    async createMember(workspace: string, member: NewAccount, role: Role = 'collector'): Promise<boolean> {
      const hash = await passwords.hash(member.password);
      return (await database.exclusively((transaction) => insertMember(transaction, workspace, member, hash, role))) !== null;
    },
  };
}

interface HolderRow {
  readonly account: AccountId;
  readonly email: string;
  readonly name: string;
  readonly workspace: string | null;
  readonly workspaceName: string | null;
  readonly role: Role | null;
}

/** @param rows one for each workspace, the one that the account joined first before the others */
function toSignedIn({ account, email, name }: HolderRow, rows: readonly HolderRow[], session: string | null, cookies: readonly string[]): SignedIn {
  const workspaces = rows.flatMap(({ workspace, workspaceName, role }) => (workspace === null || workspaceName === null || role === null ? [] : [{ Id: workspace, Name: workspaceName, Role: role }]));
  return { account: { Id: account, Email: email, Name: name }, workspaces, session, cookies };
}

function randomId(): string {
  return randomBytes(24).toString('base64url');
}
