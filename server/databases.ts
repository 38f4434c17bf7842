/**
 * Where a server keeps what it stores: in files of this machine, or in a PostgreSQL that any number of servers share.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountId } from '../protocol/index.ts';
import { type AccountsDatabase, openSqliteAccounts, postgresAccounts } from './accounts/database.ts';
import { readOrMakeSecret } from './accounts/secret.ts';
import type { Every } from './every.ts';
import { postgresClient } from './store/postgres/client.ts';
import { type NewsPorts, tellRecheck } from './store/postgres/news.ts';
import { type PostgresOptions, openPostgresStore } from './store/postgres/postgres.ts';
import { sharedSecret } from './store/postgres/schema.ts';
import { openSqliteStore } from './store/sqlite.ts';
import { type Store, type StoreOptions, StoreUnusable } from './store/store.ts';

export interface Databases {
  readonly accounts: AccountsDatabase;
  /** What the accounts' database is called in messages to people. */
  readonly name: string;
  /** Signs session cookies; the same for all servers of one database. */
  readonly secret: string;
  openStore(options: StoreOptions & NewsPorts & Pick<PostgresOptions, 'onError'>): Promise<Store>;
  /** For other servers that hold streams of this account. */
  tellRecheck(account: AccountId): Promise<void>;
  /** Last of all, after the store. */
  close(): Promise<void>;
}

/** @throws StoreUnusable if the folder cannot be made, or what keeps the accounts cannot be opened */
export function openFiles(dataDir: string): Databases {
  makeFolder(dataDir);
  const name = join(dataDir, 'accounts.sqlite');
  const secret = readOrMakeSecret(dataDir);
  const accounts = openSqliteAccounts(name);
  return {
    accounts,
    name,
    secret,
    openStore: async (options) => openSqliteStore({ ...options, file: join(dataDir, 'outpost.sqlite') }),
    // There is no other.
    tellRecheck: async () => {},
    close: () => accounts.close(),
  };
}

/** @throws StoreUnusable if the database cannot be reached, or a newer server has written it */
export async function openPostgres(url: string, every: Every): Promise<Databases> {
  const client = postgresClient(url, { every });
  try {
    const secret = await sharedSecret(client);
    const accounts = postgresAccounts(client);
    return {
      accounts,
      name: client.name,
      secret,
      openStore: (options) => openPostgresStore({ ...options, client }),
      tellRecheck: (account) => tellRecheck(client, account),
      async close() {
        await accounts.close();
        await client.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreUnusable(`The folder ${folder} cannot be made or written: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}
