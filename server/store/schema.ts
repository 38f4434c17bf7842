/**
 * The tables, and opening a database file with them. Keys lead with the workspace, so that they can be sharded by it.
 */
import Database from 'better-sqlite3';
import { StoreUnusable } from './store.ts';

/** Each step brings the database from one `user_version` to the next. Never change one that was released: add another. */
export const RECORD_MIGRATIONS: readonly string[] = [
  `
  -- One row a workspace: the sequence of its commits. Counting it up inside the write's own transaction is what makes
  -- the order of commits the order of numbers.
  CREATE TABLE sequences (
    workspace TEXT NOT NULL PRIMARY KEY,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    purged INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE records (
    workspace TEXT NOT NULL,
    collection TEXT NOT NULL,
    server_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    account TEXT NOT NULL,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    attributes TEXT,
    field_versions TEXT NOT NULL,
    writers TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, collection, server_id)
  ) STRICT;
  CREATE UNIQUE INDEX records_by_client_id ON records (workspace, collection, client_id, account);
  CREATE UNIQUE INDEX records_by_seq ON records (workspace, collection, seq);
  CREATE INDEX records_by_account ON records (workspace, collection, account, seq);
  CREATE INDEX tombstones ON records (changed_at) WHERE attributes IS NULL;

  CREATE TABLE revisions (
    workspace TEXT NOT NULL,
    collection TEXT NOT NULL,
    server_id TEXT NOT NULL,
    device TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (workspace, collection, server_id, device)
  ) STRICT, WITHOUT ROWID;

  -- Every version of a questionnaire, also of a deleted one: responses to it are judged by the version they were given to.
  CREATE TABLE questionnaire_versions (
    workspace TEXT NOT NULL,
    server_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    PRIMARY KEY (workspace, server_id, version)
  ) STRICT;
  `,
  '-- From here on field_versions may be 1: no column changes, but an older server could not read it.',
];

/**
 * Opens the file, creating it if it is not there, and brings its tables up to date.
 * @throws StoreUnusable if it is no database, damaged, newer than this server, or cannot be written
 */
export function openDatabase(file: string, migrations: readonly string[]): Database.Database {
  return openFile(file, (database) => migrate(database, file, migrations));
}

/**
 * The same, with its tables left to `prepare`.
 * @throws StoreUnusable if it is no database, damaged, or cannot be written; and what `prepare` throws
 */
export function openFile(file: string, prepare: (database: Database.Database) => void = () => {}): Database.Database {
  let database: Database.Database | null = null;
  try {
    database = new Database(file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof StoreUnusable) throw error;
    if (error instanceof Database.SqliteError || error instanceof TypeError) {
      throw new StoreUnusable(`The database ${file} cannot be used: ${error.message}.`, { cause: error });
    }
    throw error;
  }
}

function migrate(database: Database.Database, file: string, migrations: readonly string[]): void {
  const current = Number(database.pragma('user_version', { simple: true }));
  if (current > migrations.length) {
    throw new StoreUnusable(`The database ${file} was written by a newer Outpost (format ${current}, this one knows ${migrations.length}). Update Outpost.`);
  }
  const steps = database.transaction(() => {
    for (const [index, sql] of migrations.entries()) {
      if (index >= current) database.exec(sql);
    }
    database.pragma(`user_version = ${migrations.length}`);
  });
  if (current < migrations.length) steps.immediate();
}
