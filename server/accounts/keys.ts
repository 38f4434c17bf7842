/**
 * API keys: 256 random bits each, of which only the hash is kept, so that a stolen database opens nothing.
 */
import { createHash, randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import * as v from 'valibot';
import { type AccountId, AccountId as AccountIdSchema, type CreatedKey } from '../../protocol/index.ts';

export type Keys = ReturnType<typeof openKeys>;

/** Lets a key be recognised where it should not be, in a log or a repository. */
const PREFIX = 'outpost_';

/** Our own table beside those of better-auth, which looks after itself. */
export const KEY_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  `,
];

export function openKeys(database: Database.Database, now: () => number) {
  const insert = database.prepare('INSERT INTO api_keys (id, hash, account, name, created_at) VALUES (?, ?, ?, ?, ?)');
  const accountByHash = database.prepare('SELECT account FROM api_keys WHERE hash = ?').pluck();

  return {
    /** The key itself is in this answer and nowhere else. */
    create(account: AccountId, name: string): CreatedKey {
      const Id = randomBytes(12).toString('base64url');
      const Key = PREFIX + randomBytes(32).toString('base64url');
      insert.run(Id, sha256(Key), account, name, now());
      return { Id, Key };
    },

    /** Looked up by its hash: how long that takes tells nothing about the key. */
    accountOf(key: string): AccountId | null {
      const found = accountByHash.get(sha256(key));
      return found === undefined ? null : v.parse(AccountIdSchema, found);
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
