/**
 * Invitations: links that let somebody into a workspace, in a role, so many times, until they expire.
 */
import type { AccountId } from '../../protocol/index.ts';
import type { CreatedInvitation, Invitation, InvitationShown, Role } from '../../protocol/people.ts';
import type { Caller } from '../access.ts';
import type { Accounts, NewAccount, SignedIn } from './accounts.ts';
import type { Audit } from './audit.ts';
import { type AccountsDatabase, type AccountsTransaction, readTime } from './database.ts';
import { hashOf, newId, newToken } from './tokens.ts';

/** `gone`: expired, withdrawn, used up, or never made; `taken`: the address has an account, with another password. */
export type JoinOutcome = { readonly kind: 'joined'; readonly signedIn: SignedIn; readonly workspace: string } | { readonly kind: 'gone' } | { readonly kind: 'taken' };

const DAY_MS = 24 * 60 * 60_000;

export function openInvitations(database: AccountsDatabase, accounts: Accounts, audit: Audit, now: () => number) {
  const { db, exclusively } = database;
  const iso = (time: number | string): string => new Date(readTime(time)).toISOString();

  /** The invitation behind a token, also one that is used up. */
  async function find(token: string) {
    const query = db.selectFrom('invitations').innerJoin('workspaces', 'workspaces.id', 'workspace').where('hash', '=', hashOf(token)).where('expires_at', '>', now());
    const found = await query.select(['workspace', 'workspaces.name', 'role', 'uses_left', 'expires_at']).executeTakeFirst();
    return found ?? null;
  }

  /** Uses the invitation once; null if it cannot be. */
  async function use(transaction: AccountsTransaction, token: string): Promise<{ id: string; workspace: string; role: Role } | null> {
    const usable = transaction.updateTable('invitations').where('hash', '=', hashOf(token)).where('expires_at', '>', now()).where('uses_left', '>', 0);
    const used = await usable.set((row) => ({ uses_left: row('uses_left', '-', 1) })).returning(['id', 'workspace', 'role']).executeTakeFirst();
    return used ?? null;
  }

  async function enter(transaction: AccountsTransaction, token: string, account: AccountId): Promise<boolean> {
    const used = await use(transaction, token);
    if (used === null) return false;
    const { id, workspace, role } = used;
    await transaction.insertInto('members').values({ workspace, account, role, created_at: now() }).execute();
    await audit.note([{ workspace, account, action: 'invitation.accepted', member: account, subject: id, role }], transaction);
    return true;
  }

  /**
   * Adds the account. Whoever belongs to the workspace already has accepted before, and the answer was lost.
   * @returns the workspace; null if the invitation cannot be accepted any more
   */
  async function accept(token: string, account: AccountId): Promise<string | null> {
    const invitation = await find(token);
    if (invitation === null) return null;
    const { workspace } = invitation;
    const isIn = await exclusively(async (transaction) => {
      const belongs = await transaction.selectFrom('members').select('role').where('workspace', '=', workspace).where('account', '=', account).executeTakeFirst();
      return belongs !== undefined || enter(transaction, token, account);
    });
    return isIn ? workspace : null;
  }

  return {
    accept,

    async make({ workspace, account }: Caller, { role, uses, days }: { readonly role: Role; readonly uses: number; readonly days: number }): Promise<CreatedInvitation> {
      const Token = newToken();
      const id = newId();
      const row = { id, workspace, role, uses_left: uses, expires_at: now() + days * DAY_MS, created_at: now() };
      await exclusively(async (transaction) => {
        await transaction.deleteFrom('invitations').where('expires_at', '<=', now()).execute();
        await transaction.insertInto('invitations').values({ ...row, hash: hashOf(Token), account }).execute();
        await audit.note([{ workspace, account, action: 'invitation.made', subject: id, role }], transaction);
      });
      return { Id: id, Role: role, UsesLeft: uses, ExpiresAt: iso(row.expires_at), MadeAt: iso(row.created_at), Token };
    },

    /** Those that can still be accepted, newest first. */
    async list(workspace: string): Promise<Invitation[]> {
      const open = db.selectFrom('invitations').where('workspace', '=', workspace).where('expires_at', '>', now()).where('uses_left', '>', 0);
      const rows = await open.select(['id', 'role', 'uses_left', 'expires_at', 'created_at']).orderBy('created_at', 'desc').orderBy('id').execute();
      return rows.map(({ id, role, uses_left, expires_at, created_at }) => ({ Id: id, Role: role, UsesLeft: uses_left, ExpiresAt: iso(expires_at), MadeAt: iso(created_at) }));
    },

    /** False if there is none of this id here. */
    async withdraw({ workspace, account }: Caller, id: string): Promise<boolean> {
      return exclusively(async (transaction) => {
        const gone = await transaction.deleteFrom('invitations').where('workspace', '=', workspace).where('id', '=', id).returning('role').executeTakeFirst();
        if (gone === undefined) return false;
        await audit.note([{ workspace, account, action: 'invitation.withdrawn', subject: id, role: gone.role }], transaction);
        return true;
      });
    },

    /** What it is an invitation to; null if it cannot be accepted any more. */
    async look(token: string): Promise<InvitationShown | null> {
      const found = await find(token);
      return found === null || found.uses_left === 0 ? null : { Workspace: found.name, Role: found.role, ExpiresAt: iso(found.expires_at) };
    },

    /** Makes the account and lets it in; one that has this address and this password is let in as it is. */
    async join(token: string, person: NewAccount, userAgent: string): Promise<JoinOutcome> {
      // Before any password is looked at, which takes its time.
      const invitation = await find(token);
      if (invitation === null) return { kind: 'gone' };
      const known = await accounts.signIn(person.email, person.password, userAgent);
      if (known !== null) {
        const workspace = await accept(token, known.account.Id);
        const signedIn = workspace === null ? null : await accounts.signedIn(known.account.Id, known.session, known.cookies);
        if (workspace !== null && signedIn !== null) return { kind: 'joined', signedIn, workspace };
        await accounts.endSession(known);
        return { kind: 'gone' };
      }
      if (invitation.uses_left === 0) return { kind: 'gone' };
      const hash = await accounts.hashPassword(person.password);
      const outcome = await exclusively(async (transaction) => {
        const account = await accounts.insert(transaction, person, hash);
        if (account === null) return 'taken';
        if (await enter(transaction, token, account)) return 'joined';
        // Nobody is made who gets nowhere.
        await transaction.deleteFrom('user').where('id', '=', account).execute();
        return 'gone';
      });
      if (outcome !== 'joined') return { kind: outcome };
      const signedIn = await accounts.signIn(person.email, person.password, userAgent);
      if (signedIn === null) throw new Error('The account that was just made cannot sign in.');
      return { kind: 'joined', signedIn, workspace: invitation.workspace };
    },
  };
}
