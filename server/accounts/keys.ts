/**
 * API keys: 256 random bits each, of which only the hash is kept, so that a stolen database opens nothing.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { CreatedKey } from '../../protocol/index.ts';
import type { Caller } from '../access.ts';
import type { AccountsDatabase } from './database.ts';

export type Keys = ReturnType<typeof openKeys>;

/** Lets a key be recognised where it should not be, in a log or a repository. */
const PREFIX = 'outpost_';

export function openKeys({ db }: AccountsDatabase, now: () => number) {
  return {
    /** The key itself is in this answer and nowhere else. */
    async create({ workspace, account, role }: Caller, name: string): Promise<CreatedKey> {
      const Id = randomBytes(12).toString('base64url');
      const Key = PREFIX + randomBytes(32).toString('base64url');
      await db.insertInto('api_keys').values({ id: Id, hash: sha256(Key), workspace, account, role, name, created_at: now() }).execute();
      return { Id, Key };
    },

    /** Whom this key speaks for. Looked up by its hash: how long that takes tells nothing about the key. */
    async callerOf(key: string): Promise<Caller | null> {
      const found = await db.selectFrom('api_keys').select(['workspace', 'account', 'role']).where('hash', '=', sha256(key)).executeTakeFirst();
      return found ?? null;
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
