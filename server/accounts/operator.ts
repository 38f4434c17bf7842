/**
 * What whoever runs the server asks and does about accounts, on nobody's behalf.
 */
import type { AccountId, Role } from '../../protocol/index.ts';
import type { Audit } from './audit.ts';
import type { AccountsDatabase } from './database.ts';

export interface Place {
  readonly workspace: string;
  readonly name: string;
  readonly role: Role;
  /** How many others belong to it, and how many of them own it. */
  readonly others: number;
  readonly otherOwners: number;
}

export interface FoundAccount {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string;
  /** Where it belongs to, the first one first. */
  readonly places: readonly Place[];
}

export interface Erased {
  readonly sessions: number;
  readonly keys: number;
}

export function openOperator({ db, exclusively }: AccountsDatabase, audit: Audit) {
  return {
    async workspaces(): Promise<readonly { readonly id: string; readonly name: string }[]> {
      return db.selectFrom('workspaces').select(['id', 'name']).orderBy('created_at').orderBy('id').execute();
    },

    /** Null if nobody has this address. */
    async find(email: string): Promise<FoundAccount | null> {
      const user = await db.selectFrom('user').select(['id', 'name', 'email']).where('email', '=', email.toLowerCase()).executeTakeFirst();
      if (user === undefined) return null;
      const mine = await db
        .selectFrom('members')
        .innerJoin('workspaces', 'workspaces.id', 'members.workspace')
        .select(['members.workspace', 'workspaces.name', 'role'])
        .where('account', '=', user.id)
        .orderBy('members.created_at')
        .orderBy('members.workspace')
        .execute();
      const places = mine.map(async ({ workspace, name, role }) => {
        const others = await db.selectFrom('members').select('role').where('workspace', '=', workspace).where('account', '<>', user.id).execute();
        return { workspace, name, role, others: others.length, otherOwners: others.filter((other) => other.role === 'owner').length };
      });
      return { ...user, places: await Promise.all(places) };
    },

    /** The account, its password, sessions, memberships and keys, and the workspaces that are left without anybody. */
    async erase({ id, places }: FoundAccount): Promise<Erased> {
      return exclusively(async (transaction) => {
        const sessions = await transaction.selectFrom('session').select('id').where('userId', '=', id).execute();
        const keys = await transaction.selectFrom('api_keys').select('id').where('account', '=', id).execute();
        await audit.note(
          places.filter(({ others }) => others > 0).map(({ workspace, role }) => ({ workspace, account: null, action: 'member.removed' as const, member: id, role })),
          transaction,
        );
        await transaction.deleteFrom('user').where('id', '=', id).execute();
        for (const { workspace } of places.filter(({ others }) => others === 0)) {
          await transaction.deleteFrom('audit').where('workspace', '=', workspace).execute();
          await transaction.deleteFrom('workspaces').where('id', '=', workspace).execute();
        }
        return { sessions: sessions.length, keys: keys.length };
      });
    },
  };
}
