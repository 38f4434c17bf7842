/**
 * All rows of a database, out and in, in a form that says nothing of which database it is: for backups, and to move from
 * one kind to another.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import type postgres from 'postgres';
import * as v from 'valibot';
import { parseJson } from '../../protocol/index.ts';
import type { Invariant } from './invariants.ts';
import { postgresDialect } from './postgres/dialect.ts';
import { StoreUnusable } from './store.ts';
import type { Kind, Table } from './tables.ts';

/** Times are ISO 8601, UTC. */
export type Value = string | number | boolean | null;

export interface DumpRow {
  readonly table: string;
  /** In the order of the table's columns. */
  readonly values: readonly Value[];
}

export interface Dump {
  readonly tables: readonly Table[];
  /** Gives `work` all rows as they are at one moment, table after table, whatever is written meanwhile. */
  read<T>(work: (rows: AsyncIterable<DumpRow>) => Promise<T>): Promise<T>;
  /** Puts these rows in the place of all that is there, in one transaction: if reading them fails, nothing has changed. */
  replace(rows: AsyncIterable<DumpRow>): Promise<void>;
  /** Whether no table has a row. */
  isEmpty(): Promise<boolean>;
  /** What is wrong, a sentence each: with the database itself, with what it holds, and with what must hold. */
  problems(invariants: readonly Invariant[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Of any name, with any columns. */
type AnyTables = Record<string, Record<string, unknown>>;

interface DumpOptions {
  readonly db: Kysely<AnyTables>;
  readonly kind: 'sqlite' | 'postgres';
  /** Of the database, for messages. */
  readonly name: string;
  readonly tables: readonly Table[];
}

/** Rows that are inserted by one statement, and about how many characters they may have together. */
const BATCH = { rows: 200, length: 2_000_000 };
/** Rows that PostgreSQL hands over at a time. */
const CHUNK_ROWS = 200;

/** Longer than any group of writes. */
const BUSY_TIMEOUT_MS = 2_000;

/**
 * For a file that a server may have open.
 * @param access `exclusive` keeps everybody else out from its first read on
 * @throws StoreUnusable if there is no such database, somebody else has it where that may not be, or its tables are not those of this version
 */
export async function openSqliteDump(file: string, tables: readonly Table[], access: 'read' | 'exclusive'): Promise<Dump> {
  const database = openFile(file, access);
  const db = new Kysely<AnyTables>({ dialect: new SqliteDialect({ database }) });
  return openDump({ db, kind: 'sqlite', name: file, tables }).catch(async (error: unknown) => {
    await db.destroy();
    throw error;
  });
}

function openFile(file: string, access: 'read' | 'exclusive'): Database.Database {
  if (!existsSync(file)) throw new StoreUnusable(`There is no database ${file}. Make one: outpost migrate`);
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { readonly: access === 'read', fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    if (access === 'exclusive') {
      database.pragma('locking_mode = EXCLUSIVE');
      database.pragma('synchronous = FULL');
      database.pragma('foreign_keys = ON');
      database.exec('BEGIN EXCLUSIVE; COMMIT');
    }
    return database;
  } catch (error) {
    database?.close();
    if (!(error instanceof Database.SqliteError)) throw error;
    const message = error.code.startsWith('SQLITE_BUSY') ? 'is in use. Stop the server first' : `cannot be used: ${error.message}`;
    throw new StoreUnusable(`The database ${file} ${message}.`, { cause: error });
  }
}

/**
 * On a pool that stays the caller's.
 * @throws StoreUnusable if its tables are not those of this version, or it cannot be reached
 */
export function openPostgresDump(pool: postgres.Sql, name: string, tables: readonly Table[]): Promise<Dump> {
  return openDump({ db: new Kysely<AnyTables>({ dialect: postgresDialect(pool) }), kind: 'postgres', name, tables });
}

/** @throws StoreUnusable if its tables are not those of this version */
async function openDump({ db, kind, name, tables }: DumpOptions): Promise<Dump> {
  await requireTables(db, name, tables);
  return {
    tables,
    read: (work) => inSnapshot(db, kind, (snapshot) => work(rowsOf(snapshot, tables))),
    replace: (rows) =>
      db.transaction().execute(async (transaction) => {
        for (const table of tables.toReversed()) await transaction.deleteFrom(table.name).execute();
        await insert(transaction, kind, tables, rows);
      }),
    async isEmpty() {
      for (const { name: table } of tables) {
        const row = await db.selectFrom(table).selectAll().limit(1).executeTakeFirst();
        if (row !== undefined) return false;
      }
      return true;
    },
    problems: (invariants) =>
      inSnapshot(db, kind, async (snapshot) => {
        const found = kind === 'sqlite' ? await damages(snapshot, name) : [];
        for (const { broken, sql: query } of invariants) {
          const [count] = v.parse(Broken, (await sql.raw(query).execute(snapshot)).rows);
          if (count.broken > 0) found.push(`${name}: ${count.broken} ${broken}.`);
        }
        for (const table of tables) found.push(...(await unreadable(snapshot, name, table)));
        return found;
      }),
    close: () => db.destroy(),
  };
}

const Broken = v.tuple([v.object({ broken: v.pipe(v.union([v.number(), v.string()]), v.transform(Number)) })]);
const Damages = v.array(v.object({ integrity_check: v.string() }));

/** What SQLite finds in its own file; PostgreSQL looks after that by itself. */
async function damages(db: Kysely<AnyTables>, name: string): Promise<string[]> {
  const checked = v.parse(Damages, (await sql`PRAGMA integrity_check`.execute(db)).rows).map((row) => row.integrity_check);
  const astray = (await sql`PRAGMA foreign_key_check`.execute(db)).rows.length;
  return [...checked.filter((found) => found !== 'ok').map((found) => `${name}: ${found}.`), ...(astray > 0 ? [`${name}: ${astray} rows refer to what is not there.`] : [])];
}

/** Columns of text that hold JSON. */
const JSON_COLUMNS: ReadonlySet<string> = new Set(['attributes', 'field_versions', 'writers']);

async function unreadable(db: Kysely<AnyTables>, name: string, table: Table): Promise<string[]> {
  const columns = Object.keys(table.columns);
  let broken = 0;
  try {
    for await (const { values } of rowsOf(db, [table])) {
      if (values.some((value, at) => JSON_COLUMNS.has(columns[at] ?? '') && typeof value === 'string' && parseJson(value) === undefined)) broken += 1;
    }
  } catch (error) {
    return [`${name}: ${table.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
  return broken > 0 ? [`${name}: ${broken} rows of ${table.name} hold what is no JSON.`] : [];
}

/** SQLite's transactions see one moment by themselves; in PostgreSQL it has to be asked for. */
function inSnapshot<T>(db: Kysely<AnyTables>, kind: DumpOptions['kind'], work: (snapshot: Kysely<AnyTables>) => Promise<T>): Promise<T> {
  const transaction = db.transaction();
  return kind === 'sqlite' ? transaction.execute(work) : transaction.setIsolationLevel('repeatable read').execute(work);
}

async function requireTables(db: Kysely<AnyTables>, name: string, tables: readonly Table[]): Promise<void> {
  const there = await db.introspection.getTables();
  for (const table of tables) {
    const columns = new Set(there.find((each) => each.name === table.name)?.columns.map((column) => column.name));
    if (!Object.keys(table.columns).every((column) => columns.has(column))) {
      throw new StoreUnusable(`The database ${name} is of another version of Outpost. Bring it up to date first: outpost migrate`);
    }
  }
}

async function* rowsOf(db: Kysely<AnyTables>, tables: readonly Table[]): AsyncGenerator<DumpRow> {
  for (const { name, columns } of tables) {
    for await (const row of db.selectFrom(name).select(Object.keys(columns)).stream(CHUNK_ROWS)) {
      yield { table: name, values: Object.entries(columns).map(([column, kind]) => toNeutral(row[column], kind, `${name}.${column}`)) };
    }
  }
}

async function insert(db: Kysely<AnyTables>, kind: DumpOptions['kind'], tables: readonly Table[], rows: AsyncIterable<DumpRow>): Promise<void> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  let into: Table | null = null;
  let batch: Record<string, unknown>[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    if (into !== null && batch.length > 0) await db.insertInto(into.name).values(batch).execute();
    batch = [];
    length = 0;
  };
  for await (const { table, values } of rows) {
    const next = byName.get(table);
    if (next === undefined) throw new Error(`There is no table ${table}.`);
    if (next !== into || batch.length >= BATCH.rows || length >= BATCH.length) await flush();
    into = next;
    batch.push(Object.fromEntries(Object.entries(next.columns).map(([column, each], at) => [column, toNative(values[at] ?? null, each, kind)])));
    length += values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
  }
  await flush();
}

function toNeutral(value: unknown, kind: Kind, column: string): Value {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'text':
      if (typeof value === 'string') return value;
      break;
    case 'count':
      if (Number.isSafeInteger(Number(value))) return Number(value);
      break;
    case 'boolean':
      if (typeof value === 'boolean' || value === 0 || value === 1) return Boolean(value);
      break;
    case 'time': {
      const time = value instanceof Date || typeof value === 'string' || typeof value === 'number' ? new Date(value) : null;
      if (time !== null && !Number.isNaN(time.getTime())) return time.toISOString();
      break;
    }
    default: {
      const never: never = kind;
      return never;
    }
  }
  throw new Error(`${column} holds something that it should not hold.`);
}

function toNative(value: Value, kind: Kind, database: DumpOptions['kind']): unknown {
  if (value === null) return null;
  if (kind === 'boolean' && database === 'sqlite') return value === true ? 1 : 0;
  return kind === 'time' && database === 'postgres' ? new Date(String(value)) : value;
}
