/**
 * The store on SQLite, in one file of this machine.
 */
import Database from 'better-sqlite3';
import * as v from 'valibot';
import { AccountId, type Attributes, type Cursor, type FieldError, type PullPage, ServerId } from '../../protocol/index.ts';
import { type Caller, type Collection, MAY_NOT, mayWrite, scopeOf, writeScopeOf } from '../access.ts';
import { type Edit, type Outcome, type Stored, decide } from '../decide.ts';
import { writeCursor } from './cursor.ts';
import { Group } from './group.ts';
import { pullPage, toChange } from './pull.ts';
import { readAttributes, readChange, readNumber, readRecord, readSequence, readVersion } from './rows.ts';
import { RECORD_MIGRATIONS, openDatabase } from './schema.ts';
import { type Statements, prepareStatements, within } from './statements.ts';
import { type Committed, type ListQuery, type Listed, type LiveChange, type OneQuery, type PullQuery, type Referenced, type Rules, type Store, StoreUnavailable } from './store.ts';

export interface SqliteOptions {
  /** Path of the database file; created if it is not there. */
  readonly file: string;
  readonly rules: Rules;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Unguessable bytes, for ids. */
  readonly randomBytes: (size: number) => Buffer;
  /** Called after a commit is durable and before its edits are answered. */
  readonly onCommitted: (committed: readonly Committed[]) => void | Promise<void>;
}

/** @throws StoreUnusable if the file cannot be opened as a database of this or an older format */
export function openSqliteStore(options: SqliteOptions): Store {
  return new SqliteStore(openDatabase(options.file, RECORD_MIGRATIONS), options);
}

const FORBIDDEN: Outcome = {
  status: 'rejected',
  reason: 'forbidden',
  errors: [{ Path: '', Message: MAY_NOT }],
};

class SqliteStore implements Store {
  readonly #database: Database.Database;
  readonly #sql: Statements;
  readonly #options: SqliteOptions;
  readonly #group: Group;
  #written: Committed[] = [];

  constructor(database: Database.Database, options: SqliteOptions) {
    this.#database = database;
    this.#options = options;
    this.#sql = prepareStatements(database);
    this.#group = new Group({
      transaction: (work) => translated(() => this.#transaction(work)),
      savepoint: (work) => translated(() => database.transaction(work)()),
      committed: async () => {
        const written = this.#written;
        this.#written = [];
        if (written.length > 0) await options.onCommitted(written);
      },
    });
  }

  push(caller: Caller, collection: Collection, edit: Edit): Promise<Outcome> {
    if (!mayWrite(caller, collection)) return Promise.resolve(FORBIDDEN);
    return this.#group.add(() => this.#pushNow(caller, collection, edit));
  }

  async pull(caller: Caller, query: PullQuery): Promise<PullPage> {
    const scope = scopeOf(caller, query.collection, query.own);
    const where = within(caller.workspace, query.collection, scope);
    // One read transaction: the sequence and the rows must be of the same moment.
    return this.#database.transaction(() =>
      pullPage(query, scope, this.#sequence(caller.workspace), (seq, limit) =>
        this.#sql.changesAfter(where).iterate({ ...where, seq, limit, device: query.device }),
      ),
    )();
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
    await this.#group.add(() => {
      const before = { before: deletedBefore };
      this.#sql.notePurged.run(before);
      this.#sql.purgeRevisions.run(before);
      this.#sql.purgeRecords.run(before);
    });
  }

  async ping(): Promise<void> {
    this.#sql.ping.get();
  }

  async close(): Promise<void> {
    await this.#group.drained();
    this.#database.close();
  }

  #transaction(work: () => void): void {
    this.#written = [];
    this.#database.transaction(work).immediate();
  }

  #pushNow(caller: Caller, collection: Collection, edit: Edit): Outcome {
    const stored = this.#find(caller, collection, edit.id);
    const record = { workspace: caller.workspace, collection };
    const lastRevision =
      stored === null || edit.origin === null
        ? null
        : readNumber(this.#sql.lastRevision.get({ ...record, serverId: stored.serverId, device: edit.origin.device }));
    const decision = decide(stored, lastRevision, edit, this.#newServerId());
    switch (decision.write) {
      case 'nothing':
        return decision.outcome;
      case 'revision':
        this.#noteRevision(caller, collection, edit, stored?.serverId);
        return decision.outcome;
      case 'record': {
        const errors = decision.next.attributes === null ? [] : this.#check(caller, collection, decision.next.attributes);
        if (errors.length > 0) return refused(decision.outcome, stored, errors);
        this.#write(caller, collection, edit, decision.next);
        return decision.outcome;
      }
      default: {
        const never: never = decision;
        return never;
      }
    }
  }

  #find(caller: Caller, collection: Collection, id: string): Stored | null {
    const where = within(caller.workspace, collection, writeScopeOf(caller, collection));
    const query = { ...where, id, caller: caller.account };
    return readRecord(this.#sql.byServerId(where).get(query)) ?? readRecord(this.#sql.byClientId(where).get(query));
  }

  #check(caller: Caller, collection: Collection, attributes: Attributes): ReturnType<Rules['check']> {
    const { rules } = this.#options;
    const reference = rules.reference(collection, attributes);
    return rules.check(collection, attributes, reference === null ? null : this.#questionnaire(caller.workspace, reference));
  }

  #questionnaire(workspace: string, { id, version }: { readonly id: string; readonly version: number }): Referenced | null {
    const byServerId = readVersion(this.#sql.questionnaireVersion.get({ workspace, id, version }));
    if (byServerId !== null) return byServerId;
    const mapped = this.#sql.questionnaireByClientId.get({ workspace, id });
    return mapped === undefined ? null : readVersion(this.#sql.questionnaireVersion.get({ workspace, id: mapped, version }));
  }

  #write(caller: Caller, collection: Collection, edit: Edit, next: Stored): void {
    const { workspace, account } = caller;
    const attributes = next.attributes === null ? null : JSON.stringify(next.attributes);
    const sequence = readSequence(this.#sql.nextSeq.get({ workspace, epoch: this.#newEpoch() }));
    if (sequence === null) throw new Error('The sequence of the workspace was not counted up.');
    const { epoch, seq, purged } = sequence;
    const creator = this.#sql.putRecord.get({
      workspace,
      collection,
      account,
      seq,
      attributes,
      serverId: next.serverId,
      // Of use for a new record only; for an old one the statement keeps what it has.
      clientId: edit.id,
      version: next.version,
      fieldVersions: JSON.stringify([...next.fieldVersions]),
      writers: JSON.stringify([...next.writers]),
      changedAt: this.#options.now(),
    });
    if (collection === 'questionnaires' && attributes !== null) {
      this.#sql.putVersion.run({ workspace, serverId: next.serverId, version: next.version, attributes });
    }
    this.#noteRevision(caller, collection, edit, next.serverId);
    const place = { epoch, seq, floor: purged };
    this.#written.push({ workspace, collection, creator: v.parse(AccountId, creator), device: edit.origin?.device ?? null, place, write: { by: account, serverId: next.serverId, attributes: next.attributes } });
  }

  #noteRevision(caller: Caller, collection: Collection, edit: Edit, serverId: ServerId | undefined): void {
    if (edit.origin === null || serverId === undefined) return;
    this.#sql.putRevision.run({ workspace: caller.workspace, collection, serverId, ...edit.origin });
  }

  /** A workspace that nobody has written to yet gets its epoch now, so that its first cursors hold. */
  #sequence(workspace: string) {
    const sequence = readSequence(this.#sql.sequence.get({ workspace }));
    if (sequence !== null) return sequence;
    const epoch = this.#newEpoch();
    this.#sql.startSequence.run({ workspace, epoch });
    return { epoch, seq: 0, purged: 0 };
  }

  /** Begins with the time, so that new rows lie together in the index; 12 random bytes make it unique. Never in the form of a UUID. */
  #newServerId(): ServerId {
    const { now, randomBytes } = this.#options;
    return v.parse(ServerId, Math.max(0, now()).toString(36).padStart(9, '0') + randomBytes(12).toString('base64url'));
  }

  #newEpoch(): string {
    return this.#options.randomBytes(6).toString('base64url');
  }
}

/** Two edits that are fine alone may break a rule together: then nobody is wrong, and a person has to decide. */
function refused(intended: Outcome, stored: Stored | null, errors: readonly FieldError[]): Outcome {
  if (intended.status === 'merged' && stored !== null && stored.attributes !== null) {
    return { status: 'conflict', serverId: stored.serverId, version: stored.version, attributes: stored.attributes };
  }
  return { status: 'rejected', reason: 'invalid', errors };
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
