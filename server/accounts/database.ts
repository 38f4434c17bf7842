/**
 * The tables of accounts, sessions and workspaces, behind Kysely, on SQLite or on PostgreSQL.
 *
 * On SQLite they have a file of their own: a transaction here waits for others' turns of the event loop, so it must never
 * share a connection with the group commits of the records.
 */
import type Database from 'better-sqlite3';
import { Kysely, SqliteDialect, type Transaction, sql } from 'kysely';
import { type PostgresClient, translated } from '../store/postgres/client.ts';
import { postgresDialect } from '../store/postgres/dialect.ts';
import { openFile } from '../store/schema.ts';
import type { AccountId, ServerId } from '../../protocol/index.ts';
import type { Audited, LinkLimit, Role } from '../../protocol/people.ts';

/** Times are milliseconds since 1970; PostgreSQL's driver hands a bigint over as text, which `readTime` takes as well. */
type Time = number | string;
/** better-auth keeps its times in the database's own way. */
type NativeTime = string | Date;

export interface Tables {
  /** The first four are better-auth's: accounts, their sessions, their passwords. Only the columns that are used here. */
  user: { id: AccountId; email: string; name: string; emailVerified: boolean | number; createdAt: NativeTime; updatedAt: NativeTime };
  session: { id: string; token: string; userId: AccountId; userAgent: string | null; expiresAt: NativeTime; createdAt: NativeTime; updatedAt: NativeTime };
  account: { id: string; accountId: AccountId; providerId: string; userId: AccountId; password: string | null; createdAt: NativeTime; updatedAt: NativeTime };
  /** A `hash` is a SHA-256 as hexadecimal digits: of what is secret nothing else is kept. */
  workspaces: { id: string; name: string; created_at: Time };
  members: { workspace: string; account: AccountId; role: Role; created_at: Time };
  api_keys: { id: string; hash: string; workspace: string; account: AccountId; role: Role; name: string; created_at: Time; used_at: Time | null };
  /** Sessions that a removal has ended, so that whoever still holds one can be told. */
  ended_sessions: { hash: string; workspace: string; ended_at: Time };
  invitations: { id: string; hash: string; workspace: string; role: Role; uses_left: number; expires_at: Time; created_at: Time; account: AccountId };
  /** `account` sets a new password; `made_by` is the owner who made the link. */
  reset_links: { hash: string; workspace: string; account: AccountId; expires_at: Time; made_by: AccountId };
  /** `token` is no secret: whoever may fill in has it. */
  form_links: { id: string; workspace: string; questionnaire: ServerId; token: string; use_limit: LinkLimit; closes_at: Time | null; created_at: Time };
  /** Who has used a link that may be used once, or once by each device. */
  form_link_uses: { link: string; holder: string; client_id: string };
  audit: { workspace: string; id: string; at: Time; account: AccountId | null; action: Audited; member: AccountId | null; subject: string | null; role: Role | null };
}

export type AccountsTransaction = Transaction<Tables>;

export interface AccountsDatabase {
  readonly kind: 'sqlite' | 'postgres';
  readonly db: Kysely<Tables>;
  /** A transaction that no other of its kind overlaps, in whichever process. */
  readonly exclusively: <T>(work: (transaction: AccountsTransaction) => Promise<T>) => Promise<T>;
  /** Other than before after any change of the tables, whoever made it; null where to ask for that costs as much as to look. */
  readonly changes: (() => string) | null;
  /** A time as better-auth's tables hold it. */
  readonly nativeTime: (ms: number) => NativeTime;
  readonly close: () => Promise<void>;
}

/** There are a few dozen, and one for each number of rows that are inserted at once. */
const MAX_STATEMENTS = 200;

/** Any number; it must be no other program's on the same database. */
export const POSTGRES_LOCK = 7_303_012_027;

/**
 * Opens the file, creating it if it is not there.
 * @throws StoreUnusable if it is no database or cannot be written
 */
export function openSqliteAccounts(file: string): AccountsDatabase {
  const database = openFile(file);
  // Preparing one takes longer than running it.
  const statements = new Map<string, Database.Statement>();
  const prepare = (text: string): Database.Statement => {
    const statement = statements.get(text) ?? database.prepare(text);
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    statements.set(text, statement);
    return statement;
  };
  const byOthers = database.prepare('PRAGMA data_version').pluck();
  const byUs = database.prepare('SELECT total_changes()').pluck();
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: { prepare, close: () => void database.close() } }) });
  return {
    kind: 'sqlite',
    db,
    // There is one connection, and a transaction has it to itself.
    exclusively: (work) => db.transaction().execute(work),
    changes: () => `${String(byOthers.get())}.${String(byUs.get())}`,
    nativeTime: (ms) => new Date(ms).toISOString(),
    close: () => db.destroy(),
  };
}

/** Whatever the database does not answer in time is refused with `StoreUnavailable`. @param client stays the caller's: closing this does not end it */
export function postgresAccounts(client: PostgresClient): AccountsDatabase {
  const db = new Kysely<Tables>({ dialect: postgresDialect(client.pool, (work) => translated(client, work)) });
  return {
    kind: 'postgres',
    db,
    exclusively: (work) =>
      db.transaction().execute(async (transaction) => {
        await sql`SELECT pg_advisory_xact_lock(${POSTGRES_LOCK})`.execute(transaction);
        return work(transaction);
      }),
    changes: null,
    nativeTime: (ms) => new Date(ms),
    close: async () => {},
  };
}

/** Milliseconds since 1970, from any of the ways in which a database hands over a time. */
export function readTime(value: Time | NativeTime): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value;
  return /^\d+$/.test(value) ? Number(value) : Date.parse(value);
}
