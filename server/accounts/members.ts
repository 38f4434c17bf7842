/**
 * Who belongs to a workspace, in which role, and how that ends.
 */
import type { AccountId } from '../../protocol/index.ts';
import type { Member, Role } from '../../protocol/people.ts';
import type { Caller } from '../access.ts';
import type { Audit } from './audit.ts';
import { type AccountsDatabase, type AccountsTransaction, readTime } from './database.ts';
import { hashOf } from './tokens.ts';

/** `last-owner`: a workspace without an owner could never have one again. */
export type MemberOutcome = 'done' | 'unknown' | 'last-owner';

const TOLD_FOR_MS = 90 * 24 * 60 * 60_000;

export function openMembers(database: AccountsDatabase, audit: Audit, now: () => number) {
  const { db, exclusively } = database;

  async function roleOf(transaction: AccountsTransaction, workspace: string, account: AccountId): Promise<Role | null> {
    const found = await transaction.selectFrom('members').select('role').where('workspace', '=', workspace).where('account', '=', account).executeTakeFirst();
    return found?.role ?? null;
  }

  async function isLastOwner(transaction: AccountsTransaction, workspace: string, account: AccountId): Promise<boolean> {
    const owners = await transaction.selectFrom('members').select('account').where('workspace', '=', workspace).where('role', '=', 'owner').execute();
    return owners.every((owner) => owner.account === account) && owners.length > 0;
  }

  /** Whoever is no owner any more must not come back by a link that they have made and kept. */
  async function withdrawLinksOf(transaction: AccountsTransaction, workspace: string, account: AccountId): Promise<void> {
    await transaction.deleteFrom('invitations').where('workspace', '=', workspace).where('account', '=', account).execute();
    await transaction.deleteFrom('reset_links').where('workspace', '=', workspace).where('made_by', '=', account).execute();
  }

  /** A phone that is away learns why, whenever it comes back within the time that its session would have had. */
  async function endSessions(transaction: AccountsTransaction, workspace: string, account: AccountId): Promise<void> {
    const ended = await transaction.deleteFrom('session').where('userId', '=', account).returning('token').execute();
    await transaction.deleteFrom('ended_sessions').where('ended_at', '<', now() - TOLD_FOR_MS).execute();
    const rows = ended.map(({ token }) => ({ hash: hashOf(token), workspace, ended_at: now() }));
    if (rows.length > 0) await transaction.insertInto('ended_sessions').values(rows).execute();
  }

  return {
    async list(workspace: string): Promise<Member[]> {
      const rows = await db
        .selectFrom('members')
        .innerJoin('user', 'user.id', 'members.account')
        .select(['account', 'name', 'email', 'role', 'created_at'])
        .where('workspace', '=', workspace)
        .orderBy('created_at')
        .orderBy('account')
        .execute();
      return rows.map(({ account, name, email, role, created_at }) => ({ Id: account, Name: name, Email: email, Role: role, Since: new Date(readTime(created_at)).toISOString() }));
    },

    async changeRole(by: Caller, account: AccountId, role: Role): Promise<MemberOutcome> {
      const { workspace } = by;
      return exclusively(async (transaction) => {
        const before = await roleOf(transaction, workspace, account);
        if (before === null) return 'unknown';
        if (before === role) return 'done';
        if (await isLastOwner(transaction, workspace, account)) return 'last-owner';
        await transaction.updateTable('members').set({ role }).where('workspace', '=', workspace).where('account', '=', account).execute();
        if (before === 'owner') await withdrawLinksOf(transaction, workspace, account);
        await audit.note([{ workspace, account: by.account, action: 'member.role', member: account, role }], transaction);
        return 'done';
      });
    },

    /** Ends the sessions of the account and its keys for this workspace. What it has stored stays the workspace's. */
    async remove(by: Caller, account: AccountId): Promise<MemberOutcome> {
      const { workspace } = by;
      return exclusively(async (transaction) => {
        const role = await roleOf(transaction, workspace, account);
        if (role === null) return 'unknown';
        if (await isLastOwner(transaction, workspace, account)) return 'last-owner';
        await withdrawLinksOf(transaction, workspace, account);
        await endSessions(transaction, workspace, account);
        // Its keys and the reset links for it go with it.
        await transaction.deleteFrom('members').where('workspace', '=', workspace).where('account', '=', account).execute();
        await audit.note([{ workspace, account: by.account, action: 'member.removed', member: account, role }], transaction);
        return 'done';
      });
    },
  };
}
