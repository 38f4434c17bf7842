/**
 * The queries of a group commit. Each takes whole lists at once.
 */
import type postgres from 'postgres';
import { isClientId } from '../../../protocol/index.ts';
import { type Kept, type Push, countsOf } from '../records.ts';
import type { Plan, Reference, Seen, Sequence } from '../plan.ts';
import { readRecord, readReferenced, readSeen, readSequence, recordContent } from '../rows.ts';
import type { Referenced } from '../store.ts';

type Query = postgres.Sql;
/** A part of a query. */
type Fragment = postgres.Fragment;

/** One column of what a query is about, as text. Not as one of the driver's arrays: those take this process twice the time, and the database somewhat more. */
function list(sql: Query, values: readonly (string | number | null)[]): Fragment {
  return sql`json_array_elements_text(${JSON.stringify(values)}::text::json)`;
}

/**
 * Takes the lock of each workspace's counter, and as many numbers as there are edits in it. This comes first in a write,
 * and in the order of the workspaces, so that two servers never wait for each other. Numbers that are not used leave a gap, which nobody minds.
 */
export async function takeSequences(sql: Query, pushes: readonly Push[], newEpoch: () => string): Promise<readonly Sequence[]> {
  const counts = countsOf(pushes);
  const workspaces = [...counts.keys()].toSorted();
  const rows = await sql`
    INSERT INTO sequences AS kept (workspace, epoch, seq, purged)
    SELECT workspace, epoch, count, 0 FROM unnest(${workspaces}::text[], ${workspaces.map(newEpoch)}::text[], ${workspaces.map((workspace) => counts.get(workspace) ?? 0)}::bigint[]) AS wanted (workspace, epoch, count)
    ON CONFLICT (workspace) DO UPDATE SET seq = kept.seq + excluded.seq
    RETURNING workspace, epoch, seq, purged`;
  return rows.map(readSequence).map((sequence) => ({ ...sequence, seq: sequence.seq - (counts.get(sequence.workspace) ?? 0) }));
}

/** The ids that devices give are UUIDs, and those of the server never are: each is looked for where it can be. */
export async function loadRecords(sql: Query, pushes: readonly Push[]): Promise<readonly Kept[]> {
  const named = [...new Map(pushes.map((push) => [`${push.caller.workspace}\n${push.collection}\n${push.edit.id}`, push])).values()];
  const [temporary, real] = [named.filter(({ edit }) => isClientId(edit.id)), named.filter(({ edit }) => !isClientId(edit.id))];
  const found = await Promise.all([loadBy(sql, sql`client_id`, temporary), loadBy(sql, sql`server_id`, real)]);
  return found.flat();
}

async function loadBy(sql: Query, column: Fragment, named: readonly Push[]): Promise<readonly Kept[]> {
  if (named.length === 0) return [];
  const rows = await sql`
    WITH named AS MATERIALIZED (
      SELECT * FROM ROWS FROM (${list(sql, named.map(({ caller }) => caller.workspace))}, ${list(sql, named.map(({ collection }) => collection))}, ${list(sql, named.map(({ edit }) => edit.id))})
        AS named (workspace, collection, id)
    )
    SELECT records.* FROM named JOIN records USING (workspace, collection) WHERE ${column} = id`;
  return rows.map(readRecord);
}

export async function loadSeen(sql: Query, wanted: readonly Omit<Seen, 'revision'>[]): Promise<readonly Seen[]> {
  if (wanted.length === 0) return [];
  const rows = await sql`
    SELECT revisions.* FROM ROWS FROM (
      ${list(sql, wanted.map(({ workspace }) => workspace))}, ${list(sql, wanted.map(({ collection }) => collection))},
      ${list(sql, wanted.map(({ serverId }) => serverId))}, ${list(sql, wanted.map(({ device }) => device))}
    ) AS wanted (workspace, collection, server_id, device) JOIN revisions USING (workspace, collection, server_id, device)`;
  return rows.map(readSeen);
}

/** A questionnaire is named by its ServerId, or by the temporary id that it was created under. */
export async function loadQuestionnaires(sql: Query, references: readonly Reference[]): Promise<readonly (readonly [Reference, Referenced | null])[]> {
  if (references.length === 0) return [];
  const rows = await sql`
    SELECT named.place, versions.server_id, versions.version, versions.attributes
    FROM unnest(${references.map(({ workspace }) => workspace)}::text[], ${references.map(({ id }) => id)}::text[], ${references.map(({ version }) => version)}::bigint[])
      WITH ORDINALITY AS named (workspace, id, version, place)
    JOIN questionnaire_versions AS versions ON versions.workspace = named.workspace AND versions.version = named.version AND versions.server_id IN (
      named.id,
      (SELECT server_id FROM records WHERE records.workspace = named.workspace AND collection = 'questionnaires' AND client_id = named.id ORDER BY server_id LIMIT 1)
    )
    ORDER BY versions.server_id <> named.id`;
  const found = new Map<number, Referenced>();
  for (const { place, referenced } of rows.map(readReferenced)) if (!found.has(place)) found.set(place, referenced);
  return references.map((reference, index) => [reference, found.get(index + 1) ?? null]);
}

/** What is new is simply inserted: the lock of the counter, and what was looked for under it, say that it is not there. */
export async function writePlan(sql: Query, { records, seen, versions }: Plan, changedAt: number): Promise<void> {
  const created = new Set(records.filter(({ isNew }) => isNew).map(({ stored }) => stored.serverId));
  await Promise.all([
    insertRecords(sql, records.filter(({ isNew }) => isNew), changedAt, sql``),
    insertRecords(sql, records.filter(({ isNew }) => !isNew), changedAt, sql`
      ON CONFLICT (workspace, collection, server_id) DO UPDATE SET
        version = excluded.version, seq = excluded.seq, attributes = excluded.attributes,
        field_versions = excluded.field_versions, writers = excluded.writers, changed_at = excluded.changed_at`),
    insertSeen(sql, seen.filter(({ serverId }) => created.has(serverId)), sql``),
    insertSeen(sql, seen.filter(({ serverId }) => !created.has(serverId)), sql`ON CONFLICT (workspace, collection, server_id, device) DO UPDATE SET revision = excluded.revision`),
    insertVersions(sql, versions),
  ]);
}

async function insertRecords(sql: Query, records: Plan['records'], changedAt: number, orElse: Fragment): Promise<void> {
  if (records.length === 0) return;
  const contents = records.map(({ stored }) => recordContent(stored));
  await sql`
    INSERT INTO records (workspace, collection, server_id, client_id, account, version, seq, attributes, field_versions, writers, changed_at)
    SELECT workspace, collection, server_id, client_id, account, version::bigint, seq::bigint, attributes, field_versions, writers, ${changedAt}::bigint FROM ROWS FROM (
      ${list(sql, records.map(({ workspace }) => workspace))}, ${list(sql, records.map(({ collection }) => collection))},
      ${list(sql, records.map(({ stored }) => stored.serverId))}, ${list(sql, records.map(({ clientId }) => clientId))}, ${list(sql, records.map(({ creator }) => creator))},
      ${list(sql, records.map(({ stored }) => stored.version))}, ${list(sql, records.map(({ seq }) => seq))},
      ${list(sql, contents.map(({ attributes }) => attributes))}, ${list(sql, contents.map(({ fieldVersions }) => fieldVersions))}, ${list(sql, contents.map(({ writers }) => writers))}
    ) AS written (workspace, collection, server_id, client_id, account, version, seq, attributes, field_versions, writers) ${orElse}`;
}

async function insertSeen(sql: Query, seen: Plan['seen'], orElse: Fragment): Promise<void> {
  if (seen.length === 0) return;
  await sql`
    INSERT INTO revisions (workspace, collection, server_id, device, revision)
    SELECT workspace, collection, server_id, device, revision::bigint FROM ROWS FROM (
      ${list(sql, seen.map(({ workspace }) => workspace))}, ${list(sql, seen.map(({ collection }) => collection))},
      ${list(sql, seen.map(({ serverId }) => serverId))}, ${list(sql, seen.map(({ device }) => device))}, ${list(sql, seen.map(({ revision }) => revision))}
    ) AS written (workspace, collection, server_id, device, revision) ${orElse}`;
}

async function insertVersions(sql: Query, versions: Plan['versions']): Promise<void> {
  if (versions.length === 0) return;
  await sql`
    INSERT INTO questionnaire_versions (workspace, server_id, version, attributes)
    SELECT workspace, server_id, version::bigint, attributes FROM ROWS FROM (
      ${list(sql, versions.map(({ workspace }) => workspace))}, ${list(sql, versions.map(({ serverId }) => serverId))},
      ${list(sql, versions.map(({ version }) => version))}, ${list(sql, versions.map(({ attributes }) => JSON.stringify(attributes)))}
    ) AS written (workspace, server_id, version, attributes)`;
}
