/**
 * Connections to PostgreSQL, and what their errors mean.
 */
import postgres from 'postgres';
import { type Every, everyInterval } from '../../every.ts';
import { StoreUnavailable, StoreUnusable } from '../store.ts';

/** For everything but writes of records. Some hold a transaction while they wait for another query, so never only one. */
export const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_SECONDS = 5;
/** A server that stands still in the middle of a write must not hold up a workspace for all others. */
const MAX_STANDSTILL_MS = 10_000;

type Options = postgres.Options<Record<string, postgres.PostgresType<number>>>;

/**
 * Every query of records has its index. A plan made while a table was small would read all of it, and is kept for long
 * after it has grown. And to plan anew with each question takes longer than the answer. Texts, since the driver leaves out
 * what is false or 0.
 */
const BY_INDEX = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off', plan_cache_mode: 'force_generic_plan' };

export interface PostgresClient {
  readonly pool: postgres.Sql;
  /** What it is called in messages to people: hosts and database, and no password. */
  readonly name: string;
  /** How long anything may take before it is answered that nobody knows, in milliseconds. */
  readonly maxWaitMs: number;
  readonly every: Every;
  /** One connection more, for writes alone. `onWarning` hears what the server warns of on it. */
  writer(onWarning: () => void): postgres.Sql;
  /** Ends a writer at once. */
  drop(writer: postgres.Sql): Promise<void>;
  close(): Promise<void>;
}

/** With several hosts of which none answers, the driver would wait for ever; so does a commit for a standby that is gone. */
const MAX_WAIT_MS = 20_000;

/**
 * Does not connect yet. The address may name several hosts: whichever takes writes is used, also after another has
 * taken over.
 */
export function postgresClient(url: string, { maxWaitMs = MAX_WAIT_MS, every = everyInterval }: Partial<Pick<PostgresClient, 'maxWaitMs' | 'every'>> = {}): PostgresClient {
  const name = nameOf(url);
  const options: Options = {
    target_session_attrs: 'read-write',
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    // A second at most, so that a standby that has taken over is found soon.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => {},
    // Counts are bigint there and numbers here; a sequence that passes 2^53 would have to be counted up for 285,000 years.
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
  };
  const all = new Set<postgres.Sql>();
  const connect = (more: Options): postgres.Sql => {
    const client = attempt(name, () => postgres(url, { ...options, ...more }));
    all.add(client);
    return client;
  };
  const end = async (client: postgres.Sql, timeout: number): Promise<void> => {
    all.delete(client);
    await client.end({ timeout });
  };
  return {
    name,
    maxWaitMs,
    every,
    pool: connect({ max: MAX_CONNECTIONS, connection: { application_name: 'outpost', ...BY_INDEX } }),
    writer: (onWarning) =>
      connect({
        max: 1,
        onnotice: ({ severity }) => {
          if (severity === 'WARNING') onWarning();
        },
        connection: {
          application_name: 'outpost writer',
          ...BY_INDEX,
          // Whatever the database says for everybody: nothing may end a write from outside, and no warning may be kept back.
          options: '-c statement_timeout=0',
          client_min_messages: 'warning',
          idle_in_transaction_session_timeout: MAX_STANDSTILL_MS,
        },
      }),
    drop: (writer) => end(writer, 0),
    close: async () => {
      await Promise.all([...all].map((client) => end(client, CONNECT_TIMEOUT_SECONDS)));
    },
  };
}

function nameOf(url: string): string {
  const [, hosts = '', database = ''] = /^postgres(?:ql)?:\/\/(?:[^@/]*@)?([^/?]+)\/([^/?]+)/.exec(url) ?? [];
  if (hosts === '') throw new StoreUnusable('DATABASE_URL must look like postgres://user:password@host:5432/database; several hosts are parted by commas.');
  return `${database} at ${hosts}`;
}

function attempt(name: string, work: () => postgres.Sql): postgres.Sql {
  try {
    return work();
  } catch (error) {
    throw new StoreUnusable(`The database ${name} cannot be used: ${messageOf(error)}.`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : codeOf(error);
}

/**
 * What the database or the network refuses now (gone, ending, full, not primary any more) is not for ever; anything else is
 * a bug and goes up as it is. What takes too long is not stopped, but nobody waits for it any more.
 */
export async function translated<T>({ maxWaitMs, every }: PostgresClient, work: () => Promise<T>): Promise<T> {
  let stop = (): void => {};
  const tooLong = new Promise<never>((_, reject) => {
    stop = every(maxWaitMs, () => reject(new StoreUnavailable(`The database did not answer within ${maxWaitMs / 1_000} s.`)));
  });
  try {
    return await Promise.race([work(), tooLong]);
  } catch (error) {
    if (!isPassing(error)) throw error;
    throw new StoreUnavailable(`The database could not be asked (${codeOf(error)}).`, { cause: error });
  } finally {
    stop();
  }
}

/** Connection, resources, operator, system, and a transaction that another one ended. */
const PASSING_CLASSES: ReadonlySet<string> = new Set(['08', '53', '57', '58', '40']);
const READ_ONLY = '25006';
/** The driver's own, and those of the network. */
const PASSING_ERROR = /^(CONNECT|E[A-Z]+$)/;

export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  if (error instanceof postgres.PostgresError) return PASSING_CLASSES.has(code.slice(0, 2)) || code === READ_ONLY;
  return PASSING_ERROR.test(code);
}

/**
 * Runs `work` in a transaction. Not by the driver's own `begin`: after a lost connection that sends its ROLLBACK to a socket
 * that is gone, which ends the whole process.
 */
export async function inTransaction<T>(sql: postgres.Sql, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const connection = await sql.reserve();
  try {
    // What comes first in it is sent behind it, without waiting.
    const [, result] = await Promise.all([connection`BEGIN`.execute(), work(connection)]);
    await connection`COMMIT`;
    connection.release();
    return result;
  } catch (error) {
    // A lost one goes back to the others by itself.
    if (!isLost(error)) {
      await connection`ROLLBACK`;
      connection.release();
    }
    throw error;
  }
}

/** Whether the connection has ended with this error. */
export function isLost(error: unknown): error is Error {
  return error instanceof postgres.PostgresError ? error.severity === 'FATAL' || error.severity === 'PANIC' : error instanceof Error && PASSING_ERROR.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';
}
