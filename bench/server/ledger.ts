/**
 * The server's tables without the server: the same rows straight through the driver, on the same terms with the disk.
 */
import postgres from 'postgres';
import * as v from 'valibot';
import { openDatabase, RECORD_MIGRATIONS } from '../../server/store/schema.ts';
import { postgresClient } from '../../server/store/postgres/client.ts';
import { migrate } from '../../server/store/postgres/schema.ts';
import type { LedgerRow } from './rows.ts';
import type { Place } from './target.ts';

export interface Ledger {
  /** All of them in one durable transaction, with the counter that goes with them. */
  insert(rows: readonly LedgerRow[]): Promise<void>;
  /** The responses that are stored, and under how many different temporary ids. */
  count(): Promise<Counted>;
  /** What a pull is at least: those above a number, in order, by the index. @returns how many */
  changesAfter(place: Place, seq: number, limit: number): Promise<number>;
  /** The workspace's counter, and which history it counts. */
  standing(place: Place): Promise<Standing>;
  /** What all of it takes on the disk, indexes included. */
  bytes(): Promise<number>;
  /** After many rows were put in. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const Counted = v.object({ stored: v.number(), different: v.number() });
export type Counted = v.InferOutput<typeof Counted>;

const Standing = v.object({ epoch: v.string(), seq: v.number() });
export type Standing = v.InferOutput<typeof Standing>;

const Bytes = v.object({ bytes: v.number() });

const CHANGE = 'server_id, client_id, version, seq, changed_at, attributes';

/** @param file made if it is not there */
export function sqliteLedger(file: string): Ledger {
  const database = openDatabase(file, RECORD_MIGRATIONS);
  const putRecord = database.prepare(
    `INSERT INTO records (workspace, collection, server_id, client_id, account, version, seq, attributes, field_versions, writers, changed_at) VALUES (?, 'responses', ?, ?, ?, 1, ?, ?, '1', ?, ?)`,
  );
  const putRevision = database.prepare(`INSERT INTO revisions (workspace, collection, server_id, device, revision) VALUES (?, 'responses', ?, ?, 1)`);
  const putSequence = database.prepare(`INSERT INTO sequences (workspace, epoch, seq, purged) VALUES (?, 'floor', ?, 0) ON CONFLICT DO UPDATE SET seq = excluded.seq`);
  const count = database.prepare(`SELECT count(*) AS stored, count(DISTINCT client_id) AS different FROM records WHERE collection = 'responses'`);
  const changes = database.prepare(`SELECT ${CHANGE} FROM records WHERE workspace = ? AND collection = 'responses' AND seq > ? ORDER BY seq LIMIT ?`);
  const standing = database.prepare('SELECT epoch, seq FROM sequences WHERE workspace = ?');
  const size = database.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size');
  const insert = database.transaction((rows: readonly LedgerRow[]) => {
    for (const { workspace, serverId, clientId, account, seq, attributes, writers, changedAt } of rows) putRecord.run(workspace, serverId, clientId, account, seq, attributes, writers, changedAt);
    for (const { workspace, serverId, device } of rows) putRevision.run(workspace, serverId, device);
    const last = rows.at(-1);
    if (last !== undefined) putSequence.run(last.workspace, last.seq);
  });
  return {
    insert: async (rows) => insert.immediate(rows),
    count: async () => v.parse(Counted, count.get()),
    changesAfter: async ({ workspace }, seq, limit) => changes.all(workspace, seq, limit).length,
    standing: async ({ workspace }) => v.parse(Standing, standing.get(workspace)),
    bytes: async () => v.parse(Bytes, size.get()).bytes,
    settle: async () => void database.pragma('wal_checkpoint(TRUNCATE)'),
    close: async () => void database.close(),
  };
}

/** By one connection. Makes the tables if they are not there. */
export async function postgresLedger(url: string): Promise<Ledger> {
  const client = postgresClient(url);
  await migrate(client);
  await client.close();
  const sql = postgres(url, { max: 1, onnotice: () => {}, types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } } });
  return {
    async insert(rows) {
      const last = rows.at(-1);
      if (last === undefined) return;
      const { workspace, account, changedAt, seq } = last;
      const serverIds = rows.map(({ serverId }) => serverId);
      // One after the other without waiting in between, as the driver does for a list.
      await sql.begin((transaction) => [
        transaction`INSERT INTO sequences (workspace, epoch, seq, purged) VALUES (${workspace}, 'floor', ${seq}, 0) ON CONFLICT (workspace) DO UPDATE SET seq = excluded.seq`,
        transaction`
          INSERT INTO records (workspace, collection, server_id, client_id, account, version, seq, attributes, field_versions, writers, changed_at)
          SELECT ${workspace}, 'responses', server_id, client_id, ${account}, 1, seq, attributes, '1', writers, ${changedAt} FROM unnest(
            ${serverIds}::text[], ${rows.map(({ clientId }) => clientId)}::text[], ${rows.map((row) => row.seq)}::bigint[],
            ${rows.map(({ attributes }) => attributes)}::text[], ${rows.map(({ writers }) => writers)}::text[]
          ) AS row (server_id, client_id, seq, attributes, writers)`,
        transaction`
          INSERT INTO revisions (workspace, collection, server_id, device, revision)
          SELECT ${workspace}, 'responses', server_id, device, 1 FROM unnest(${serverIds}::text[], ${rows.map(({ device }) => device)}::text[]) AS row (server_id, device)`,
      ]);
    },
    count: async () => v.parse(Counted, (await sql`SELECT count(*) AS stored, count(DISTINCT client_id) AS different FROM records WHERE collection = 'responses'`)[0]),
    changesAfter: async ({ workspace }, seq, limit) =>
      (await sql`SELECT ${sql(CHANGE.split(', '))} FROM records WHERE workspace = ${workspace} AND collection = 'responses' AND seq > ${seq} ORDER BY seq LIMIT ${limit}`).length,
    standing: async ({ workspace }) => v.parse(Standing, (await sql`SELECT epoch, seq FROM sequences WHERE workspace = ${workspace}`)[0]),
    bytes: async () => v.parse(Bytes, (await sql`SELECT pg_total_relation_size('records') + pg_total_relation_size('revisions') AS bytes`)[0]).bytes,
    settle: async () => {
      await sql`VACUUM ANALYZE records`;
      await sql`VACUUM ANALYZE revisions`;
    },
    close: () => sql.end({ timeout: 5 }),
  };
}
