/**
 * The store on PostgreSQL, for any number of server processes.
 */
import type postgres from 'postgres';
import type { Cursor, PullPage } from '../../../protocol/index.ts';
import { type Caller, type Collection, type Scope, scopeOf } from '../../access.ts';
import type { Edit, Outcome } from '../../decide.ts';
import { seqNamedBy, writeCursor } from '../cursor.ts';
import { type Committing, Group } from '../group.ts';
import { newEpoch } from '../ids.ts';
import type { Sequence } from '../plan.ts';
import { pageOf, startOf, toChange } from '../pull.ts';
import type { Push } from '../records.ts';
import { readAttributes, readChange } from '../rows.ts';
import { type Within, within } from '../statements.ts';
import type { Committed, ListQuery, Listed, LiveChange, OneQuery, PullQuery, Store, StoreOptions } from '../store.ts';
import { type PostgresClient, translated } from './client.ts';
import { type NewsPorts, hearNews, tellNews } from './news.ts';
import { changesAfter, lastSeq, live, one, purge, purgeable, sequenceOf, startSequence } from './read.ts';
import { migrate } from './schema.ts';
import { PostgresWriter } from './writer.ts';

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

class PostgresStore implements Store {
  readonly kind = 'postgres';
  readonly #options: PostgresOptions;
  readonly #from: string;
  readonly #pool: postgres.Sql;
  readonly #writer: PostgresWriter;
  readonly #group: Group<Push, Outcome>;

  constructor(options: PostgresOptions, from: string) {
    this.#options = options;
    this.#from = from;
    this.#pool = options.client.pool;
    this.#writer = new PostgresWriter(options);
    this.#group = new Group((pushes) => this.#asked(() => this.#commit(pushes)));
  }

  push(caller: Caller, collection: Collection, edit: Edit): Promise<Outcome> {
    const push = { caller, collection, edit };
    this.#writer.foresee(push);
    return this.#group.add(push);
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
    const { outcomes, committed } = await this.#writer.commit(pushes);
    return { answers: outcomes, tell: () => this.#tell(committed) };
  }

  #asked<T>(work: () => Promise<T>): Promise<T> {
    return translated(this.#options.client, work);
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
