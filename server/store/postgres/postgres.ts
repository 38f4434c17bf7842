/**
 * The store on PostgreSQL, for any number of server processes.
 */
import type postgres from 'postgres';
import type { Cursor, PullPage } from '../../../protocol/index.ts';
import { type Caller, type Collection, type Scope, scopeOf } from '../../access.ts';
import type { Edit, Outcome } from '../../decide.ts';
import { seqNamedBy, writeCursor } from '../cursor.ts';
import { type Committing, Group } from '../group.ts';
import { newEpoch, serverIds } from '../ids.ts';
import { type Loaded, type Plan, type Sequence, planGroup, wantedBy } from '../plan.ts';
import { pageOf, startOf, toChange } from '../pull.ts';
import type { Push } from '../records.ts';
import { readAttributes, readChange } from '../rows.ts';
import { type Within, within } from '../statements.ts';
import { type Committed, type ListQuery, type Listed, type LiveChange, type OneQuery, type PullQuery, type Store, type StoreOptions, StoreUnavailable } from '../store.ts';
import { KeptVersions } from '../versions.ts';
import { type PostgresClient, inTransaction, isPassing, translated } from './client.ts';
import { type NewsPorts, hearNews, tellNews } from './news.ts';
import { changesAfter, lastSeq, live, one, purge, purgeable, sequenceOf, startSequence } from './read.ts';
import { migrate } from './schema.ts';
import { loadQuestionnaires, loadRecords, loadSeen, takeSequences, writePlan } from './write.ts';

export interface PostgresOptions extends StoreOptions, NewsPorts {
  /** Stays the caller's: closing the store does not close it. */
  readonly client: PostgresClient;
  /** What went wrong and is nobody's answer: a hint that could not be told to other processes. */
  readonly onError: (error: unknown) => void;
}

/** @throws StoreUnusable if the database cannot be reached or is of a newer format */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  await migrate(options.client);
  const from = options.randomBytes(12).toString('base64url');
  await hearNews(options.client.pool, from, options);
  return new PostgresStore(options, from);
}

/** Undoes the transaction of a group that has nothing to write, so that nobody waits for the disk. */
class NothingToWrite extends Error {
  override readonly name = 'NothingToWrite';
  readonly plan: Plan;

  constructor(plan: Plan) {
    super('This group of edits writes nothing.');
    this.plan = plan;
  }
}

class PostgresStore implements Store {
  readonly kind = 'postgres';
  readonly #options: PostgresOptions;
  readonly #from: string;
  readonly #pool: postgres.Sql;
  #writer: postgres.Sql;
  readonly #group: Group<Push, Outcome>;
  readonly #versions = new KeptVersions();
  #warnings = 0;

  constructor(options: PostgresOptions, from: string) {
    this.#options = options;
    this.#from = from;
    this.#pool = options.client.pool;
    this.#writer = this.#newWriter();
    this.#group = new Group((pushes) => this.#asked(() => this.#commit(pushes)));
  }

  push(caller: Caller, collection: Collection, edit: Edit): Promise<Outcome> {
    return this.#group.add({ caller, collection, edit });
  }

  async pull(caller: Caller, query: PullQuery): Promise<PullPage> {
    const scope = scopeOf(caller, query.collection, query.own);
    const where = within(caller.workspace, query.collection, scope);
    return this.#asked(async () => {
      const named = query.since === null ? 0 : (seqNamedBy(query.since) ?? 0);
      return (await this.#page(query, scope, where, named)) ?? (await this.#page(query, scope, where, 0)) ?? impossible();
    });
  }

  cursor(caller: Caller, { collection, own }: ListQuery): Promise<Cursor> {
    return this.#asked(async () => {
      const { epoch, seq, purged } = await this.#sequence(caller.workspace);
      return writeCursor({ epoch, scope: scopeOf(caller, collection, own), seq, floor: purged });
    });
  }

  listTag(caller: Caller, query: ListQuery): Promise<string> {
    const where = within(caller.workspace, query.collection, scopeOf(caller, query.collection, query.own));
    return this.#asked(async () => {
      const [{ epoch }, last] = await Promise.all([this.#sequence(caller.workspace), lastSeq(this.#pool, where)]);
      return [epoch, where.account ?? 'all', last].join('.');
    });
  }

  list(caller: Caller, query: ListQuery): Promise<readonly Listed[]> {
    const where = within(caller.workspace, query.collection, scopeOf(caller, query.collection, query.own));
    return this.#asked(async () =>
      (await live(this.#pool, where)).map((raw) => {
        const row = readChange(raw);
        return { serverId: row.server_id, version: row.version, attributes: readAttributes(row.attributes ?? '{}') };
      }),
    );
  }

  one(caller: Caller, { collection, own, id, device }: OneQuery): Promise<LiveChange | null> {
    const where = within(caller.workspace, collection, scopeOf(caller, collection, own));
    return this.#asked(async () => {
      const row = await one(this.#pool, where, id, caller.account, device);
      const change = row === undefined ? null : toChange(readChange(row));
      return change === null || 'Deleted' in change ? null : change;
    });
  }

  isUntouched(workspace: string): Promise<boolean> {
    return this.#asked(async () => ((await sequenceOf(this.#pool, workspace))?.seq ?? 0) === 0);
  }

  purgeTombstones(deletedBefore: number): Promise<void> {
    return this.#asked(async () => {
      for (const workspace of await purgeable(this.#pool, deletedBefore)) await purge(this.#pool, workspace, deletedBefore);
    });
  }

  async ping(): Promise<void> {
    await this.#asked(async () => this.#pool`SELECT`);
  }

  async close(): Promise<void> {
    await this.#group.drained();
  }

  async #commit(pushes: readonly Push[]): Promise<Committing<Outcome>> {
    let warningsBefore = Infinity;
    const { outcomes, committed } = await inTransaction(this.#writer, async (transaction) => {
      const plan = await this.#plan(transaction, pushes);
      if (plan.records.length === 0 && plan.seen.length === 0) throw new NothingToWrite(plan);
      await writePlan(transaction, plan, this.#options.now());
      warningsBefore = this.#warnings;
      return plan;
    }).catch((error: unknown) => {
      if (error instanceof NothingToWrite) return error.plan;
      if (isPassing(error)) this.#renewWriter();
      throw error;
    });
    // An operator who cancels the wait for the standby makes the commit succeed, with no more than a warning.
    if (this.#warnings > warningsBefore) throw new StoreUnavailable('The commit may not have reached the standby.');
    return { answers: outcomes, tell: () => this.#tell(committed) };
  }

  #asked<T>(work: () => Promise<T>): Promise<T> {
    return translated(this.#options.client, work);
  }

  #newWriter(): postgres.Sql {
    return this.#options.client.writer(() => (this.#warnings += 1));
  }

  /** What is left of a broken transaction must not meet the next one, and another host may be the primary now. */
  #renewWriter(): void {
    const { client, onError } = this.#options;
    client.drop(this.#writer).catch(onError);
    this.#writer = this.#newWriter();
  }

  async #plan(transaction: postgres.Sql, pushes: readonly Push[]): Promise<Plan> {
    const { rules } = this.#options;
    // Sent at once, done in this order: nothing is looked at before the locks are taken.
    const [sequences, records] = await Promise.all([takeSequences(transaction, pushes, () => newEpoch(this.#options)), loadRecords(transaction, pushes)]);
    const wanted = wantedBy(pushes, records, rules);
    const { known, others } = this.#versions.split(wanted.references);
    const [seen, found] = await Promise.all([loadSeen(transaction, wanted.seen), loadQuestionnaires(transaction, others)]);
    this.#versions.keep(found);
    const loaded: Loaded = { sequences, records, seen, questionnaires: [...known, ...found] };
    return planGroup(pushes, loaded, { rules, newServerId: serverIds(this.#options, pushes.length) });
  }

  async #tell(committed: readonly Committed[]): Promise<void> {
    if (committed.length === 0) return;
    // Not in the transaction: PostgreSQL lets only one notifying transaction commit at a time, in the whole cluster.
    tellNews(this.#pool, this.#from, committed).catch(this.#options.onError);
    await this.#options.onCommitted(committed);
  }

  /** Null if the cursor does not count any more, and the rows were not looked for from the beginning. */
  async #page(query: PullQuery, scope: Scope, where: Within, seq: number): Promise<PullPage | null> {
    const ask = () => changesAfter(this.#pool, where, seq, query);
    let found = await ask();
    if (found === null) {
      await this.#sequence(where.workspace);
      // Asked again, since the counter and the rows must be of the same moment.
      found = (await ask()) ?? impossible();
    }
    const { sequence, rows } = found;
    const start = startOf(query.since, scope, sequence);
    return start.seq === seq ? pageOf(query, scope, sequence, start, rows) : null;
  }

  /** A workspace that nobody has written to yet gets its epoch now, so that its first cursors hold. */
  async #sequence(workspace: string): Promise<Sequence> {
    const known = await sequenceOf(this.#pool, workspace);
    if (known !== null) return known;
    await startSequence(this.#pool, { workspace, epoch: newEpoch(this.#options), seq: 0, purged: 0 });
    return (await sequenceOf(this.#pool, workspace)) ?? impossible();
  }
}

function impossible(): never {
  throw new Error('The database gave two answers that do not go together.');
}
