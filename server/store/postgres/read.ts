/**
 * The queries of a pull and of plain reading.
 */
import type postgres from 'postgres';
import * as v from 'valibot';
import { MAX_PULL_BYTES } from '../../../protocol/index.ts';
import type { Within } from '../statements.ts';
import { readNumber, readSequence } from '../rows.ts';
import type { Sequence } from '../plan.ts';
import type { PullQuery } from '../store.ts';
import { inTransaction } from './client.ts';

type Sql = postgres.Sql;

function here(sql: Sql, { workspace, collection, account }: Within) {
  return sql`workspace = ${workspace} AND collection = ${collection} ${account === null ? sql`` : sql`AND account = ${account}`}`;
}

const CHANGE = ['server_id', 'client_id', 'version', 'seq', 'changed_at', 'attributes'] as const;

function revisionOf(sql: Sql, device: string | null) {
  return sql`(
    SELECT revision FROM revisions WHERE revisions.workspace = records.workspace AND revisions.collection = records.collection
    AND revisions.server_id = records.server_id AND device = ${device}
  ) AS revision`;
}

export async function sequenceOf(sql: Sql, workspace: string): Promise<Sequence | null> {
  const [row] = await sql`SELECT workspace, epoch, seq, purged FROM sequences WHERE workspace = ${workspace}`;
  return row === undefined ? null : readSequence(row);
}

/** Does nothing if somebody else was first. */
export async function startSequence(sql: Sql, { workspace, epoch }: Sequence): Promise<void> {
  await sql`INSERT INTO sequences (workspace, epoch, seq, purged) VALUES (${workspace}, ${epoch}, 0, 0) ON CONFLICT DO NOTHING`;
}

const Counter = v.object({ epoch: v.string(), counted: v.number(), purged: v.number() });

/** Whether the device has written this Version. `writers` is written as [[1,"device"],[2,"device"]]. */
function isOwn(sql: Sql, device: string | null) {
  return sql`(position('[' || version || ',"' || ${device} || '"]' IN writers) > 0)::integer`;
}

/**
 * The counter and the rows above a number, in one query, since they must be of the same moment. One row more than the
 * limit, and no more bytes than a page may have, but for the row that goes beyond it.
 * @returns null for a workspace that has no counter yet
 */
export async function changesAfter(sql: Sql, where: Within, seq: number, query: Pick<PullQuery, 'device' | 'limit' | 'brief'>): Promise<{ readonly sequence: Sequence; readonly rows: readonly unknown[] } | null> {
  const { workspace } = where;
  const { device, limit, brief = false } = query;
  const rows = await sql`
    WITH counter AS (SELECT epoch, seq AS counted, purged FROM sequences WHERE workspace = ${workspace}),
    first AS (
      SELECT server_id, client_id, version, seq, changed_at, ${isOwn(sql, device)} AS is_own, ${revisionOf(sql, device)},
        CASE WHEN ${brief}::boolean AND ${isOwn(sql, device)} = 1 THEN NULL ELSE attributes END AS attributes
      FROM records WHERE ${here(sql, where)} AND seq > ${seq} ORDER BY seq LIMIT ${limit + 1}
    ),
    measured AS (
      SELECT *, sum(octet_length(attributes)) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS bytes_before_last FROM first
    )
    SELECT * FROM counter LEFT JOIN measured ON coalesce(bytes_before_last, 0) <= ${MAX_PULL_BYTES} ORDER BY seq`;
  const [first] = rows;
  if (first === undefined) return null;
  const { epoch, counted, purged } = v.parse(Counter, first);
  return { sequence: { workspace, epoch, seq: counted, purged }, rows: rows.filter((row) => row['seq'] !== null) };
}

export async function lastSeq(sql: Sql, where: Within): Promise<number> {
  const [row] = await sql`SELECT max(seq) AS seq FROM records WHERE ${here(sql, where)}`;
  return readNumber(row?.['seq']) ?? 0;
}

export async function live(sql: Sql, where: Within): Promise<readonly unknown[]> {
  return sql`SELECT ${sql(CHANGE)} FROM records WHERE ${here(sql, where)} AND attributes IS NOT NULL ORDER BY seq`;
}

/** The same order as for an edit: the ServerId, then one's own record under that temporary id, then somebody else's. */
export async function one(sql: Sql, where: Within, id: string, caller: string, device: string | null): Promise<unknown> {
  const [row] = await sql`
    SELECT ${sql(CHANGE)}, ${revisionOf(sql, device)} FROM records
    WHERE ${here(sql, where)} AND (server_id = ${id} OR client_id = ${id}) ORDER BY server_id <> ${id}, account <> ${caller}, server_id LIMIT 1`;
  return row;
}

/** The workspaces that have tombstones of records deleted before this time. */
export async function purgeable(sql: Sql, before: number): Promise<readonly string[]> {
  const rows = await sql`SELECT DISTINCT workspace FROM records WHERE attributes IS NULL AND changed_at < ${before}`;
  return rows.map((row) => v.parse(v.string(), row['workspace']));
}

/** Takes the counter's lock first, as a write does. */
export async function purge(sql: Sql, workspace: string, before: number): Promise<void> {
  await inTransaction(sql, async (transaction) => {
    await transaction`SELECT FROM sequences WHERE workspace = ${workspace} FOR UPDATE`;
    const forgotten = transaction`SELECT server_id, collection, seq FROM records WHERE workspace = ${workspace} AND attributes IS NULL AND changed_at < ${before}`;
    await transaction`UPDATE sequences SET purged = greatest(purged, (SELECT coalesce(max(seq), 0) FROM (${forgotten}) AS forgotten)) WHERE workspace = ${workspace}`;
    await transaction`DELETE FROM revisions USING (${forgotten}) AS forgotten WHERE workspace = ${workspace} AND revisions.collection = forgotten.collection AND revisions.server_id = forgotten.server_id`;
    await transaction`DELETE FROM records WHERE workspace = ${workspace} AND attributes IS NULL AND changed_at < ${before}`;
  });
}
