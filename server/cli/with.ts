/**
 * What commands work on, opened for them and closed after them.
 */
import { join } from 'node:path';
import { ACCOUNT_TABLES } from '../accounts/tables.ts';
import type { Dumps } from '../backup/backup.ts';
import { type OutpostServer, createServer } from '../index.ts';
import { openSqliteDump } from '../store/dump.ts';
import { RECORD_TABLES } from '../store/tables.ts';
import { type Given, type Io, dataDirOf } from './command.ts';

/** All that a server has, without listening. One may be running beside it. */
export async function withServer<T>(given: Given, io: Io, work: (server: OutpostServer) => Promise<T>): Promise<T> {
  const server = await createServer({ dataDir: dataDirOf(given, io) });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** The rows; `exclusive` with nobody else at them. */
export async function withDumps<T>(given: Given, io: Io, access: 'read' | 'exclusive', work: (dumps: Dumps) => Promise<T>): Promise<T> {
  const dataDir = dataDirOf(given, io);
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
