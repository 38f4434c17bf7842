/**
 * All that a server has stored, into one file and back.
 */
import { randomBytes } from 'node:crypto';
import { ACCOUNT_TABLES } from '../accounts/tables.ts';
import type { Dump, DumpRow } from '../store/dump.ts';
import { RECORD_TABLES } from '../store/tables.ts';
import { readBackup, writeBackup } from './file.ts';

export interface Dumps {
  readonly records: Dump;
  readonly accounts: Dump;
}

const TABLES = [...ACCOUNT_TABLES, ...RECORD_TABLES];
const OF_ACCOUNTS: ReadonlySet<string> = new Set(ACCOUNT_TABLES.map(({ name }) => name));

/**
 * While the server goes on. The moment of the accounts is not before that of the records: no record is there without the account
 * that made it.
 * @returns how many rows it has
 */
export function backUp({ records, accounts }: Dumps, file: string, now: Date): Promise<number> {
  return records.read((ofRecords) => {
    const first = ofRecords[Symbol.asyncIterator]();
    // Its moment is that of its first row.
    const begun = first.next();
    return accounts.read(async (ofAccounts) => {
      await begun;
      return writeBackup(file, TABLES, chain(ofAccounts, resumed(begun, first)), now);
    });
  });
}

async function* chain(...parts: readonly AsyncIterable<DumpRow>[]): AsyncGenerator<DumpRow> {
  for (const part of parts) yield* part;
}

async function* resumed(begun: Promise<IteratorResult<DumpRow>>, rest: AsyncIterator<DumpRow>): AsyncGenerator<DumpRow> {
  for (let each = await begun; each.done !== true; each = await rest.next()) yield each.value;
}

/**
 * Puts a backup in the place of all that is there. Each workspace gets a new epoch: a cursor of what was there before, which
 * may be ahead of the backup, is a cursor of another history, and its device starts over, keeping what it made.
 *
 * The file is read twice, so that a damaged one is known before anything is changed, however many databases there are.
 * @throws BackupUnusable if the file cannot be used; then nothing has changed
 */
export async function restore({ records, accounts }: Dumps, file: string): Promise<void> {
  for await (const _ of readBackup(file, TABLES)) continue;
  await accounts.replace(only(file, true));
  await records.replace(renewed(only(file, false)));
}

async function* only(file: string, ofAccounts: boolean): AsyncGenerator<DumpRow> {
  for await (const row of readBackup(file, TABLES)) if (OF_ACCOUNTS.has(row.table) === ofAccounts) yield row;
}

const SEQUENCES = RECORD_TABLES.find(({ name }) => name === 'sequences');
const EPOCH = Object.keys(SEQUENCES?.columns ?? {}).indexOf('epoch');

async function* renewed(rows: AsyncIterable<DumpRow>): AsyncGenerator<DumpRow> {
  for await (const row of rows) yield row.table === 'sequences' ? { table: row.table, values: row.values.with(EPOCH, randomBytes(6).toString('base64url')) } : row;
}
