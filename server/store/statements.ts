/**
 * The prepared statements of the push and pull path.
 */
import type Database from 'better-sqlite3';
import type { Collection, Scope } from '../access.ts';

export type Statements = ReturnType<typeof prepareStatements>;

/** Named parameters that say which records of a workspace are meant; `account` is null for all of them. */
export interface Within {
  readonly workspace: string;
  readonly collection: Collection;
  readonly account: string | null;
}

export function within(workspace: string, collection: Collection, scope: Scope): Within {
  return { workspace, collection, account: scope.kind === 'account' ? scope.account : null };
}

/** A prepared statement, as much of it as is used here. */
export interface Prepared {
  /** One object with named parameters, or each by its place, which is quicker. */
  run(...parameters: readonly unknown[]): unknown;
  get(parameters?: object): unknown;
  all(parameters: object): unknown[];
  iterate(parameters: object): Iterable<unknown>;
}

/** CROSS JOIN: first the list, then the index, for each that it names. */
const named = (id: 'server_id' | 'client_id'): string =>
  `WITH named AS MATERIALIZED (SELECT value ->> 0 AS workspace, value ->> 1 AS collection, value ->> 2 AS id FROM json_each(@named))
   SELECT records.* FROM named CROSS JOIN records USING (workspace, collection) WHERE ${id} = id`;

const HERE = 'workspace = @workspace AND collection = @collection';

export function prepareStatements(database: Database.Database) {
  const changeColumns = 'server_id, client_id, version, seq, changed_at, attributes';
  const revisionOfDevice = `(
    SELECT revision FROM revisions WHERE revisions.workspace = records.workspace AND revisions.collection = records.collection
    AND revisions.server_id = records.server_id AND device = @device
  ) AS revision`;
  // As `writers` is written: [[1,"device"],[2,"device"]].
  const isOwn = `instr(writers, '[' || version || ',"' || @device || '"]') > 0 AS is_own`;
  const rows = (sql: string): Prepared => database.prepare(sql);
  /** For a query of one value. */
  const value = (sql: string): Prepared => database.prepare(sql).pluck();
  /** One statement for each scope, so that each finds its own index. */
  const scoped = (prepare: typeof rows, sql: (here: string) => string): ((query: Within) => Prepared) => {
    const all = prepare(sql(HERE));
    const own = prepare(sql(`${HERE} AND account = @account`));
    return ({ account }) => (account === null ? all : own);
  };
  const changesAfter = (here: string, columns: string): string => `SELECT ${columns} FROM records WHERE ${here} AND seq > @seq ORDER BY seq LIMIT @limit`;
  return {
    byServerId: rows(named('server_id')),
    byClientId: rows(named('client_id')),
    seen: rows(
      `SELECT revisions.* FROM json_each(@seen) CROSS JOIN revisions
       WHERE workspace = value ->> 0 AND collection = value ->> 1 AND server_id = value ->> 2 AND device = value ->> 3`,
    ),
    putSeen: rows(
      `INSERT INTO revisions (workspace, collection, server_id, device, revision) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET revision = excluded.revision`,
    ),
    putSequence: rows(
      `INSERT INTO sequences (workspace, epoch, seq, purged) VALUES (@workspace, @epoch, @seq, @purged)
       ON CONFLICT DO UPDATE SET seq = excluded.seq`,
    ),
    sequence: rows('SELECT workspace, epoch, seq, purged FROM sequences WHERE workspace = @workspace'),
    startSequence: rows('INSERT INTO sequences (workspace, epoch, seq, purged) VALUES (@workspace, @epoch, 0, 0) ON CONFLICT DO NOTHING'),
    putRecord: rows(
      `INSERT INTO records (workspace, collection, server_id, client_id, account, version, seq, attributes, field_versions, writers, changed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (workspace, collection, server_id) DO UPDATE SET
         version = excluded.version, seq = excluded.seq, attributes = excluded.attributes,
         field_versions = excluded.field_versions, writers = excluded.writers, changed_at = excluded.changed_at`,
    ),
    putVersion: rows('INSERT INTO questionnaire_versions (workspace, server_id, version, attributes) VALUES (?, ?, ?, ?)'),
    questionnaireByClientId: value(
      `SELECT server_id FROM records WHERE workspace = @workspace AND collection = 'questionnaires' AND client_id = @id ORDER BY server_id LIMIT 1`,
    ),
    questionnaireVersion: rows(
      'SELECT server_id, version, attributes FROM questionnaire_versions WHERE workspace = @workspace AND server_id = @id AND version = @version',
    ),
    changesAfter: scoped(rows, (here) => changesAfter(here, changeColumns)),
    // What it has to do with the device that asks takes half as long again.
    changesForDevice: scoped(rows, (here) => changesAfter(here, `${changeColumns}, ${revisionOfDevice}, ${isOwn}`)),
    // The same order as for an edit: the ServerId, then one's own record under that temporary id, then somebody else's.
    one: scoped(
      rows,
      (here) => `SELECT ${changeColumns}, ${revisionOfDevice} FROM records
        WHERE ${here} AND (server_id = @id OR client_id = @id) ORDER BY server_id <> @id, account <> @caller, server_id LIMIT 1`,
    ),
    live: scoped(rows, (here) => `SELECT ${changeColumns} FROM records WHERE ${here} AND attributes IS NOT NULL ORDER BY seq`),
    lastSeq: scoped(value, (here) => `SELECT max(seq) FROM records WHERE ${here}`),
    notePurged: rows(
      `UPDATE sequences SET purged = max(purged, (
         SELECT coalesce(max(seq), 0) FROM records
         WHERE records.workspace = sequences.workspace AND attributes IS NULL AND changed_at < @before))`,
    ),
    purgeRevisions: rows(
      `DELETE FROM revisions WHERE (workspace, collection, server_id) IN
         (SELECT workspace, collection, server_id FROM records WHERE attributes IS NULL AND changed_at < @before)`,
    ),
    purgeRecords: rows('DELETE FROM records WHERE attributes IS NULL AND changed_at < @before'),
    ping: rows('SELECT count(*) FROM sequences'),
  };
}
