/**
 * Kysely on the client of the records, `postgres`. Not the dialect that its authors keep: that takes a connection for each
 * query and gives it back also when it is lost, and the next query on it ends the whole process.
 */
import { CompiledQuery, type DatabaseConnection, type Dialect, type Driver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type QueryResult, type TransactionSettings } from 'kysely';
import type postgres from 'postgres';
import { isLost } from './client.ts';

export function postgresDialect(pool: postgres.Sql): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PoolDriver(pool),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

/** A query goes to whichever connection is free; a transaction has one to itself. */
class PoolConnection implements DatabaseConnection {
  readonly #pool: postgres.Sql;
  #reserved: postgres.ReservedSql | null = null;
  /** With what error the transaction's connection was lost: it must not go on outside of it. */
  #lost: Error | null = null;

  constructor(pool: postgres.Sql) {
    this.#pool = pool;
  }

  async begin(): Promise<void> {
    this.#reserved = await this.#pool.reserve();
  }

  end(): void {
    if (!this.isLost) this.#reserved?.release();
    this.#reserved = null;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#lost !== null) throw this.#lost;
    try {
      // A prepared one is planned once and takes one way there and back. There are a few dozen that read; those that write may
      // have a text for each number of rows.
      const options = { prepare: sql.startsWith('select ') };
      // For what touches no rows, BEGIN for one, the driver counts null.
      const result = await (this.#reserved ?? this.#pool).unsafe<Row[]>(sql, parameters.map(asParameter), options);
      const { count }: { readonly count: number | null } = result;
      return { rows: [...result], numAffectedRows: BigInt(count ?? 0) };
    } catch (error) {
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

  /** A lost connection goes back to the others by itself, and nothing may be sent on it any more. */
  #note(error: unknown): void {
    if (isLost(error) && this.#reserved !== null) this.#lost = error;
  }
}

function asParameter(value: unknown): string | number | boolean | Date | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Date) return value;
  throw new Error('A query was given a parameter that is no text, number, truth or time.');
}

class PoolDriver implements Driver {
  readonly #pool: postgres.Sql;

  constructor(pool: postgres.Sql) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PoolConnection> {
    return new PoolConnection(this.#pool);
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
