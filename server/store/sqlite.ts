/**
 * The store on SQLite, in one file of this machine.
 */
import Database from 'better-sqlite3';
import { type Cursor, type PullPage, isClientId } from '../../protocol/index.ts';
import { type Caller, type Collection, scopeOf } from '../access.ts';
import type { Edit, Outcome } from '../decide.ts';
import { writeCursor } from './cursor.ts';
import { type Committing, Group } from './group.ts';
import { newEpoch, serverIds } from './ids.ts';
import { type Loaded, type Plan, type Reference, type Sequence, planGroup, wantedBy } from './plan.ts';
import { pageOf, startOf, toChange } from './pull.ts';
import type { Kept, Push } from './records.ts';
import { readAttributes, readChange, readNumber, readRecord, readSeen, readSequence, readVersion, recordContent } from './rows.ts';
import { RECORD_MIGRATIONS, openDatabase } from './schema.ts';
import { type Prepared, type Statements, prepareStatements, within } from './statements.ts';
import { type ListQuery, type Listed, type LiveChange, type OneQuery, type PullQuery, type Referenced, type Store, type StoreOptions, StoreUnavailable } from './store.ts';
import { KeptVersions } from './versions.ts';

export interface SqliteOptions extends StoreOptions {
  /** Path of the database file; created if it is not there. */
  readonly file: string;
}

/** @throws StoreUnusable if the file cannot be opened as a database of this or an older format */
export function openSqliteStore(options: SqliteOptions): Store {
  return new SqliteStore(openDatabase(options.file, RECORD_MIGRATIONS), options);
}

class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly #database: Database.Database;
  readonly #sql: Statements;
  readonly #options: SqliteOptions;
  readonly #group: Group<Push, Outcome>;
  readonly #versions = new KeptVersions();
  // Made once: to wrap a function in a transaction takes as long as a small pull.
  readonly #pageAtOnce: Database.Transaction<(caller: Caller, query: PullQuery) => PullPage>;
  readonly #planAndWrite: Database.Transaction<(pushes: readonly Push[]) => Plan>;

  constructor(database: Database.Database, options: SqliteOptions) {
    this.#database = database;
    this.#options = options;
    this.#sql = prepareStatements(database);
    this.#group = new Group(async (pushes) => translated(() => this.#commit(pushes)));
    this.#pageAtOnce = database.transaction((caller, query) => this.#page(caller, query));
    this.#planAndWrite = database.transaction((pushes) => {
      const plan = this.#plan(pushes);
      this.#write(plan);
      return plan;
    });
  }

  push(caller: Caller, collection: Collection, edit: Edit): Promise<Outcome> {
    return this.#group.add({ caller, collection, edit });
  }

  async pull(caller: Caller, query: PullQuery): Promise<PullPage> {
    return this.#pageAtOnce(caller, query);
  }

  async cursor(caller: Caller, { collection, own }: ListQuery): Promise<Cursor> {
    const { epoch, seq, purged } = this.#sequence(caller.workspace);
    return writeCursor({ epoch, scope: scopeOf(caller, collection, own), seq, floor: purged });
  }

  async listTag(caller: Caller, query: ListQuery): Promise<string> {
    const scope = scopeOf(caller, query.collection, query.own);
    const where = within(caller.workspace, query.collection, scope);
    const last = readNumber(this.#sql.lastSeq(where).get(where)) ?? 0;
    return [this.#sequence(caller.workspace).epoch, where.account ?? 'all', last].join('.');
  }

  async list(caller: Caller, query: ListQuery): Promise<readonly Listed[]> {
    const where = within(caller.workspace, query.collection, scopeOf(caller, query.collection, query.own));
    return this.#sql.live(where).all(where).map((raw) => {
      const row = readChange(raw);
      return { serverId: row.server_id, version: row.version, attributes: readAttributes(row.attributes ?? '{}') };
    });
  }

  async one(caller: Caller, { collection, own, id, device }: OneQuery): Promise<LiveChange | null> {
    const where = within(caller.workspace, collection, scopeOf(caller, collection, own));
    const row = this.#sql.one(where).get({ ...where, id, device, caller: caller.account });
    const change = row === undefined ? null : toChange(readChange(row));
    return change === null || 'Deleted' in change ? null : change;
  }

  async isUntouched(workspace: string): Promise<boolean> {
    return this.#sequence(workspace).seq === 0;
  }

  async purgeTombstones(deletedBefore: number): Promise<void> {
    const before = { before: deletedBefore };
    const purge = this.#database.transaction(() => {
      this.#sql.notePurged.run(before);
      this.#sql.purgeRevisions.run(before);
      this.#sql.purgeRecords.run(before);
    });
    translated(() => purge.immediate());
  }

  async ping(): Promise<void> {
    this.#sql.ping.get();
  }

  async close(): Promise<void> {
    await this.#group.drained();
    this.#database.close();
  }

  /** Nothing else runs on this connection before it has returned. */
  #commit(pushes: readonly Push[]): Committing<Outcome> {
    const { onCommitted } = this.#options;
    const { outcomes, committed } = this.#planAndWrite.immediate(pushes);
    return { answers: outcomes, tell: () => (committed.length === 0 ? undefined : onCommitted(committed)) };
  }

  #plan(pushes: readonly Push[]): Plan {
    const newServerId = serverIds(this.#options);
    return planGroup(pushes, this.#load(pushes), { rules: this.#options.rules, newServerId });
  }

  #load(pushes: readonly Push[]): Loaded {
    // The ids that devices give are UUIDs, and those of the server never are: each is looked for where it can be.
    const records = [...this.#named(this.#sql.byClientId, pushes.filter(({ edit }) => isClientId(edit.id))), ...this.#named(this.#sql.byServerId, pushes.filter(({ edit }) => !isClientId(edit.id)))];
    const { seen, references } = wantedBy(pushes, records, this.#options.rules);
    const { known, others } = this.#versions.split(references);
    const found = others.map((reference) => [reference, this.#questionnaire(reference)] as const);
    this.#versions.keep(found);
    return {
      records,
      sequences: [...new Set(pushes.map(({ caller }) => caller.workspace))].map((workspace) => this.#sequenceOrNew(workspace)),
      seen: seen.length === 0 ? [] : this.#sql.seen.all({ seen: JSON.stringify(seen.map(({ workspace, collection, serverId, device }) => [workspace, collection, serverId, device])) }).map(readSeen),
      questionnaires: [...known, ...found],
    };
  }

  #named(statement: Prepared, pushes: readonly Push[]): readonly Kept[] {
    if (pushes.length === 0) return [];
    const named = pushes.map(({ caller, collection, edit }) => [caller.workspace, collection, edit.id]);
    return statement.all({ named: JSON.stringify(named) }).map(readRecord);
  }

  #questionnaire({ workspace, id, version }: Reference): Referenced | null {
    const byServerId = this.#sql.questionnaireVersion.get({ workspace, id, version });
    if (byServerId !== undefined) return readVersion(byServerId);
    const mapped = this.#sql.questionnaireByClientId.get({ workspace, id });
    const byClientId = mapped === undefined ? undefined : this.#sql.questionnaireVersion.get({ workspace, id: mapped, version });
    return byClientId === undefined ? null : readVersion(byClientId);
  }

  #write({ records, seen, versions, sequences }: Plan): void {
    const { putRecord, putSeen, putSequence, putVersion } = this.#sql;
    const changedAt = this.#options.now();
    for (const sequence of sequences) putSequence.run(sequence);
    for (const { workspace, collection, clientId, creator, seq, stored } of records) {
      const { attributes, fieldVersions, writers } = recordContent(stored);
      putRecord.run(workspace, collection, stored.serverId, clientId, creator, stored.version, seq, attributes, fieldVersions, writers, changedAt);
    }
    for (const { workspace, collection, serverId, device, revision } of seen) putSeen.run(workspace, collection, serverId, device, revision);
    for (const { workspace, serverId, version, attributes } of versions) putVersion.run(workspace, serverId, version, JSON.stringify(attributes));
  }

  /** In one read transaction: the sequence and the rows must be of the same moment. */
  #page(caller: Caller, query: PullQuery): PullPage {
    const scope = scopeOf(caller, query.collection, query.own);
    const where = within(caller.workspace, query.collection, scope);
    const sequence = this.#sequence(caller.workspace);
    const start = startOf(query.since, scope, sequence);
    const { changesAfter, changesForDevice } = this.#sql;
    const statement = query.device === null ? changesAfter(where) : changesForDevice(where);
    const rows = statement.iterate({ ...where, seq: start.seq, limit: query.limit + 1, device: query.device });
    return pageOf(query, scope, sequence, start, rows);
  }

  /** A workspace that nobody has written to yet gets its epoch now, so that its first cursors hold. */
  #sequence(workspace: string): Sequence {
    const sequence = this.#sequenceOrNew(workspace);
    if (sequence.seq === 0) this.#sql.startSequence.run(sequence);
    return sequence;
  }

  #sequenceOrNew(workspace: string): Sequence {
    const row = this.#sql.sequence.get({ workspace });
    return row === undefined ? { workspace, epoch: newEpoch(this.#options), seq: 0, purged: 0 } : readSequence(row);
  }
}

/** What SQLite itself refuses (disk full, locked, unreadable) is not for ever; anything else is a bug and goes up as it is. */
function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Database.SqliteError && !error.code.startsWith('SQLITE_CONSTRAINT') && error.code !== 'SQLITE_ERROR') {
      throw new StoreUnavailable(`The database could not write (${error.code}).`, { cause: error });
    }
    throw error;
  }
}
