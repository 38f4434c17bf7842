/**
 * Kysely on the client of the records, `postgres`. Not the dialect that its authors keep: that takes a connection for each
 * query and gives it back also when it is lost, and the next query on it ends the whole process.
 */
import { CompiledQuery, type DatabaseConnection, type Dialect, type Driver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type QueryResult, type TransactionSettings } from 'kysely';
import type postgres from 'postgres';
import { StoreUnavailable } from '../store.ts';
import { isLost } from './client.ts';

/** Waits for the database no longer than it likes, and says in its own words what went wrong there. */
type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** @param limit of each query; without it each may take as long as it takes */
export function postgresDialect(pool: postgres.Sql, limit: Limit = (work) => work()): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PoolDriver(pool, limit),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

/** A query goes to whichever connection is free; a transaction has one to itself. */
class PoolConnection implements DatabaseConnection {
  readonly #pool: postgres.Sql;
  readonly #limit: Limit;
  #reserved: postgres.ReservedSql | null = null;
  /** With what error the transaction's connection was lost, or given up: it must not go on outside of it. */
  #lost: Error | null = null;
  /** A query that nobody waits for any more, and that the database may still be at. */
  #givenUp: Promise<unknown> | null = null;

  constructor(pool: postgres.Sql, limit: Limit) {
    this.#pool = pool;
    this.#limit = limit;
  }

  async begin(): Promise<void> {
    const reserving = this.#pool.reserve();
    try {
      this.#reserved = await this.#limit(() => reserving);
    } catch (error) {
      // One that comes when nobody waits for it any more is for the next.
      void Promise.allSettled([reserving]).then(([late]) => {
        if (late.status === 'fulfilled') late.value.release();
      });
      throw error;
    }
  }

  end(): void {
    const reserved = this.#reserved;
    this.#reserved = null;
    if (reserved === null) return;
    if (this.#givenUp !== null) void reuse(reserved, this.#givenUp);
    else if (!this.isLost) reserved.release();
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#lost !== null) throw this.#lost;
    // A prepared one is planned once and takes one way there and back. There are a few dozen that read; those that write may
    // have a text for each number of rows.
    const options = { prepare: sql.startsWith('select ') };
    const asked = (this.#reserved ?? this.#pool).unsafe<Row[]>(sql, parameters.map(asParameter), options).execute();
    let isAnswered = false;
    try {
      const result = await this.#limit(() => asked.finally(() => (isAnswered = true)));
      // For what touches no rows, BEGIN for one, the driver counts null.
      const { count }: { readonly count: number | null } = result;
      return { rows: [...result], numAffectedRows: BigInt(count ?? 0) };
    } catch (error) {
      if (!isAnswered) this.#givenUp = asked;
      this.#note(error);
      throw error;
    }
  }

  /** Within a transaction: a cursor needs a connection to itself. */
  async *streamQuery<Row>({ sql, parameters }: CompiledQuery, chunkRows: number): AsyncIterableIterator<QueryResult<Row>> {
    if (this.#reserved === null) throw this.#lost ?? new Error('Only a transaction is read as a stream.');
    try {
      const chunks = this.#reserved.unsafe<Row[]>(sql, parameters.map(asParameter)).cursor(chunkRows);
      for await (const rows of chunks) yield { rows: [...rows] };
    } catch (error) {
      this.#note(error);
      throw error;
    }
  }

  /** Nothing may be sent any more on a connection that is lost, or that the database is still at. */
  #note(error: unknown): void {
    const isOver = this.#givenUp !== null || isLost(error instanceof StoreUnavailable ? error.cause : error);
    if (isOver && this.#reserved !== null && error instanceof Error) this.#lost = error;
  }
}

/** Once the database has come to the end of what was given up, the transaction is undone and the connection is for the next. */
async function reuse(reserved: postgres.ReservedSql, givenUp: Promise<unknown>): Promise<void> {
  const [ended] = await Promise.allSettled([givenUp]);
  // A lost one goes back to the others by itself.
  if (ended.status === 'rejected' && isLost(ended.reason)) return;
  const [undone] = await Promise.allSettled([reserved`ROLLBACK`]);
  if (undone.status === 'fulfilled') reserved.release();
}

function asParameter(value: unknown): string | number | boolean | Date | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Date) return value;
  throw new Error('A query was given a parameter that is no text, number, truth or time.');
}

class PoolDriver implements Driver {
  readonly #pool: postgres.Sql;
  readonly #limit: Limit;

  constructor(pool: postgres.Sql, limit: Limit) {
    this.#pool = pool;
    this.#limit = limit;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PoolConnection> {
    return new PoolConnection(this.#pool, this.#limit);
  }

  async beginTransaction(connection: PoolConnection, { accessMode, isolationLevel }: TransactionSettings): Promise<void> {
    await connection.begin();
    const isolation = isolationLevel === undefined ? '' : ` ISOLATION LEVEL ${isolationLevel}`;
    await connection.executeQuery(CompiledQuery.raw(`BEGIN${isolation}${accessMode === undefined ? '' : ` ${accessMode}`}`));
  }

  async commitTransaction(connection: PoolConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'));
  }

  async rollbackTransaction(connection: PoolConnection): Promise<void> {
    if (!connection.isLost) await connection.executeQuery(CompiledQuery.raw('ROLLBACK'));
  }

  async releaseConnection(connection: PoolConnection): Promise<void> {
    connection.end();
  }

  /** The pool is the caller's. */
  async destroy(): Promise<void> {}
}
