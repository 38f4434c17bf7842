/**
 * What commands work on, opened for them and closed after them: PostgreSQL where DATABASE_URL names one, else files.
 */
import { join } from 'node:path';
import { ACCOUNT_TABLES } from '../accounts/tables.ts';
import type { Dumps } from '../backup/backup.ts';
import { type OutpostServer, createServer } from '../index.ts';
import { openPostgresDump, openSqliteDump } from '../store/dump.ts';
import { messageOf, postgresClient } from '../store/postgres/client.ts';
import { StoreUnusable } from '../store/store.ts';
import { RECORD_TABLES } from '../store/tables.ts';
import { type Given, type Io, dataDirOf, databaseUrlOf } from './command.ts';

/** All that a server has, without listening. One may be running beside it. */
export async function withServer<T>(given: Given, io: Io, work: (server: OutpostServer) => Promise<T>): Promise<T> {
  const server = await createServer({ dataDir: dataDirOf(given, io), databaseUrl: databaseUrlOf(given, io) });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** The rows; `exclusive` with nobody else at them, which of PostgreSQL only its operator can know. */
export async function withDumps<T>(given: Given, io: Io, access: 'read' | 'exclusive', work: (dumps: Dumps) => Promise<T>): Promise<T> {
  const url = databaseUrlOf(given, io);
  return url === null ? inFiles(dataDirOf(given, io), access, work) : inPostgres(url, work);
}

async function inFiles<T>(dataDir: string, access: 'read' | 'exclusive', work: (dumps: Dumps) => Promise<T>): Promise<T> {
  const records = await openSqliteDump(join(dataDir, 'outpost.sqlite'), RECORD_TABLES, access);
  try {
    const accounts = await openSqliteDump(join(dataDir, 'accounts.sqlite'), ACCOUNT_TABLES, access);
    try {
      return await work({ records, accounts });
    } finally {
      await accounts.close();
    }
  } finally {
    await records.close();
  }
}

async function inPostgres<T>(url: string, work: (dumps: Dumps) => Promise<T>): Promise<T> {
  const client = postgresClient(url);
  const { pool, name } = client;
  try {
    await pool`SELECT 1`.catch((error: unknown) => {
      throw new StoreUnusable(`The database ${name} cannot be used: ${messageOf(error)}.`, { cause: error });
    });
    const [records, accounts] = [await openPostgresDump(pool, name, RECORD_TABLES), await openPostgresDump(pool, name, ACCOUNT_TABLES)];
    return await work({ records, accounts });
  } finally {
    await client.close();
  }
}
