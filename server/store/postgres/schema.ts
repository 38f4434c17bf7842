/**
 * The tables on PostgreSQL, and bringing them up to date. Keys lead with the workspace, so that they can be sharded by it.
 */
import postgres from 'postgres';
import * as v from 'valibot';
import { StoreUnavailable, StoreUnusable } from '../store.ts';
import { type PostgresClient, inTransaction, translated } from './client.ts';

/**
 * Each step brings the database from one format to the next. Never change one that was released: add another. Texts are in
 * the order of their bytes: nothing here is shown in the order of a language, and indexes stay right whatever the system's library does.
 */
const MIGRATIONS: readonly string[] = [
  `
  -- One row a workspace: the sequence of its commits. A write takes this row's lock before it looks at anything, so the
  -- writers of a workspace come one after the other, whichever process they are in, and the order of commits is the order
  -- of numbers. Room is left in its pages, since it is written again and again.
  CREATE TABLE sequences (
    workspace text COLLATE "C" PRIMARY KEY,
    epoch text NOT NULL,
    seq bigint NOT NULL,
    purged bigint NOT NULL
  ) WITH (fillfactor = 50);

  CREATE TABLE records (
    workspace text COLLATE "C" NOT NULL,
    collection text COLLATE "C" NOT NULL,
    server_id text COLLATE "C" NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    seq bigint NOT NULL,
    attributes text,
    field_versions text NOT NULL,
    writers text NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (workspace, collection, server_id)
  );
  CREATE UNIQUE INDEX records_by_client_id ON records (workspace, collection, client_id, account);
  CREATE UNIQUE INDEX records_by_seq ON records (workspace, collection, seq);
  CREATE INDEX records_by_account ON records (workspace, collection, account, seq);
  CREATE INDEX tombstones ON records (workspace, changed_at) WHERE attributes IS NULL;


  -- What the columns are like: how many workspaces, collections and ids there are among so many rows. A planner that knows
  -- nothing takes (workspace, collection) for as good as a whole key, and its plans would read a collection for each id.
  INSERT INTO records SELECT 'workspace' || n % 20, CASE WHEN n % 10 = 0 THEN 'questionnaires' ELSE 'responses' END, n, n, 'account' || n % 200, 1, n, '{}', '1', '[]', 0 FROM generate_series(1, 2000) AS n;
  ANALYZE records;
  TRUNCATE records;

  CREATE TABLE revisions (
    workspace text COLLATE "C" NOT NULL,
    collection text COLLATE "C" NOT NULL,
    server_id text COLLATE "C" NOT NULL,
    device text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    PRIMARY KEY (workspace, collection, server_id, device)
  );

  -- Every version of a questionnaire, also of a deleted one: responses to it are judged by the version they were given to.
  CREATE TABLE questionnaire_versions (
    workspace text COLLATE "C" NOT NULL,
    server_id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    attributes text NOT NULL,
    PRIMARY KEY (workspace, server_id, version)
  );

  -- One row: what signs the session cookies of all servers.
  CREATE TABLE server_secret (secret text NOT NULL);
  INSERT INTO server_secret SELECT replace(gen_random_uuid()::text || gen_random_uuid(), '-', '');
  `,
];

/** Any number; it must be no other program's on the same database. */
const MIGRATION_LOCK = 7_303_012_028;

const Formats = v.tuple([v.object({ format: v.number() })]);

const Secrets = v.tuple([v.object({ secret: v.string() })]);

/**
 * The secret that all servers of this database share, made with its tables.
 * @throws StoreUnusable as `migrate`, which it does first
 */
export async function sharedSecret(client: PostgresClient): Promise<string> {
  await migrate(client);
  return v.parse(Secrets, [...(await client.pool`SELECT secret FROM server_secret`)])[0].secret;
}

/**
 * Of several servers that start at once, one does it and the others wait.
 * @throws StoreUnusable if it cannot be reached, or a newer server has written it
 */
export async function migrate(client: PostgresClient): Promise<void> {
  const { pool, name } = client;
  try {
    await translated(client, () => inTransaction(pool, async (transaction) => {
      await transaction`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`;
      await transaction`CREATE TABLE IF NOT EXISTS record_format (format integer NOT NULL)`;
      const [{ format }] = v.parse(Formats, [...(await transaction`SELECT coalesce(max(format), 0) AS format FROM record_format`)]);
      if (format > MIGRATIONS.length) {
        throw new StoreUnusable(`The database ${name} was written by a newer Outpost (format ${format}, this one knows ${MIGRATIONS.length}). Update Outpost.`);
      }
      for (const step of MIGRATIONS.slice(format)) await transaction.unsafe(step);
      if (format < MIGRATIONS.length) await transaction`INSERT INTO record_format (format) VALUES (${MIGRATIONS.length})`;
    }));
  } catch (error) {
    if (error instanceof StoreUnavailable || error instanceof postgres.PostgresError) {
      throw new StoreUnusable(`The database ${name} cannot be used: ${reasonOf(error)}`, { cause: error });
    }
    throw error;
  }
}

/** A sentence, with its full stop. */
function reasonOf(error: Error): string {
  const { message } = error instanceof StoreUnavailable && error.cause instanceof Error ? error.cause : error;
  return message.endsWith('.') ? message : `${message}.`;
}
