/**
 * API keys: 256 random bits each, of which only the hash is kept, so that a stolen database opens nothing. A key speaks in
 * one workspace, in one role.
 */
import type { AccountId } from '../../protocol/index.ts';
import type { CreatedKey, Key, Role } from '../../protocol/people.ts';
import type { Caller } from '../access.ts';
import type { Audit } from './audit.ts';
import { type AccountsDatabase, readTime } from './database.ts';
import { hashOf, newId, newToken } from './tokens.ts';

/** Lets a key be recognised where it should not be, in a log or a repository. */
const PREFIX = 'outpost_';

export function openKeys({ db, exclusively }: AccountsDatabase, audit: Audit, now: () => number) {
  return {
    /** The key itself is in this answer and nowhere else. */
    async create({ workspace, account }: Caller, name: string, role: Role): Promise<CreatedKey> {
      const Id = newId();
      const Key = PREFIX + newToken();
      await exclusively(async (transaction) => {
        await transaction.insertInto('api_keys').values({ id: Id, hash: hashOf(Key), workspace, account, role, name, created_at: now(), used_at: null }).execute();
        await audit.note([{ workspace, account, action: 'key.made', subject: Id, role }], transaction);
      });
      return { Id, Key };
    },

    /** Newest first. @param account whose; null for everybody's */
    async list(workspace: string, account: AccountId | null): Promise<Key[]> {
      const all = db.selectFrom('api_keys').selectAll().where('workspace', '=', workspace).orderBy('created_at', 'desc').orderBy('id');
      const rows = await (account === null ? all : all.where('account', '=', account)).execute();
      const iso = (time: number | string): string => new Date(readTime(time)).toISOString();
      return rows.map(({ id, name, role, account: by, created_at: made, used_at: used }) => ({ Id: id, Name: name, Role: role, Account: by, MadeAt: iso(made), LastUsedAt: used === null ? null : iso(used) }));
    },

    /** Whose it was; null if there is none of this id here, or it is somebody else's and the caller no owner. */
    async revoke({ workspace, account, role }: Caller, id: string): Promise<AccountId | null> {
      return exclusively(async (transaction) => {
        const here = transaction.deleteFrom('api_keys').where('workspace', '=', workspace).where('id', '=', id);
        const gone = await (role === 'owner' ? here : here.where('account', '=', account)).returning(['account', 'role']).executeTakeFirst();
        if (gone === undefined) return null;
        await audit.note([{ workspace, account, action: 'key.revoked', member: gone.account, subject: id, role: gone.role }], transaction);
        return gone.account;
      });
    },
  };
}
