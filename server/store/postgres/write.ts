/**
 * The queries of a group commit. Each takes whole lists at once.
 */
import type postgres from 'postgres';
import type { Kept, Push } from '../records.ts';
import type { Plan, Reference, Seen, Sequence } from '../plan.ts';
import { readRecord, readReferenced, readSeen, readSequence, recordContent } from '../rows.ts';
import type { Referenced } from '../store.ts';

type Query = postgres.Sql;

/**
 * Takes the lock of each workspace's counter, and as many numbers as there are edits in it. This comes first in a write,
 * and in the order of the workspaces, so that two servers never wait for each other. Numbers that are not used leave a gap, which nobody minds.
 */
export async function takeSequences(sql: Query, pushes: readonly Push[], newEpoch: () => string): Promise<readonly Sequence[]> {
  const counts = new Map<string, number>();
  for (const { caller } of pushes) counts.set(caller.workspace, (counts.get(caller.workspace) ?? 0) + 1);
  const workspaces = [...counts.keys()].toSorted();
  const rows = await sql`
    INSERT INTO sequences AS kept (workspace, epoch, seq, purged)
    SELECT workspace, epoch, count, 0 FROM unnest(${workspaces}::text[], ${workspaces.map(newEpoch)}::text[], ${workspaces.map((workspace) => counts.get(workspace) ?? 0)}::bigint[]) AS wanted (workspace, epoch, count)
    ON CONFLICT (workspace) DO UPDATE SET seq = kept.seq + excluded.seq
    RETURNING workspace, epoch, seq, purged`;
  return rows.map(readSequence).map((sequence) => ({ ...sequence, seq: sequence.seq - (counts.get(sequence.workspace) ?? 0) }));
}

export async function loadRecords(sql: Query, pushes: readonly Push[]): Promise<readonly Kept[]> {
  const named = new Map(pushes.map((push) => [`${push.caller.workspace}\n${push.collection}\n${push.edit.id}`, push]));
  const each = [...named.values()];
  const rows = await sql`
    WITH named AS MATERIALIZED (
      SELECT * FROM unnest(${each.map(({ caller }) => caller.workspace)}::text[], ${each.map(({ collection }) => collection)}::text[], ${each.map(({ edit }) => edit.id)}::text[])
        AS named (workspace, collection, id)
    )
    SELECT records.* FROM named JOIN records USING (workspace, collection) WHERE server_id = id
    UNION ALL SELECT records.* FROM named JOIN records USING (workspace, collection) WHERE client_id = id`;
  return rows.map(readRecord);
}

export async function loadSeen(sql: Query, wanted: readonly Omit<Seen, 'revision'>[]): Promise<readonly Seen[]> {
  if (wanted.length === 0) return [];
  const rows = await sql`
    SELECT revisions.* FROM unnest(
      ${wanted.map(({ workspace }) => workspace)}::text[], ${wanted.map(({ collection }) => collection)}::text[],
      ${wanted.map(({ serverId }) => serverId)}::text[], ${wanted.map(({ device }) => device)}::text[]
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

export async function writePlan(sql: Query, { records, seen, versions }: Plan, changedAt: number): Promise<void> {
  const contents = records.map(({ stored }) => recordContent(stored));
  await Promise.all([
    records.length > 0 &&
      sql`
        INSERT INTO records (workspace, collection, server_id, client_id, account, version, seq, attributes, field_versions, writers, changed_at)
        SELECT *, ${changedAt}::bigint FROM unnest(
          ${records.map(({ workspace }) => workspace)}::text[], ${records.map(({ collection }) => collection)}::text[],
          ${records.map(({ stored }) => stored.serverId)}::text[], ${records.map(({ clientId }) => clientId)}::text[], ${records.map(({ creator }) => creator)}::text[],
          ${records.map(({ stored }) => stored.version)}::bigint[], ${records.map(({ seq }) => seq)}::bigint[],
          ${contents.map(({ attributes }) => attributes)}::text[], ${contents.map(({ fieldVersions }) => fieldVersions)}::text[], ${contents.map(({ writers }) => writers)}::text[]
        )
        ON CONFLICT (workspace, collection, server_id) DO UPDATE SET
          version = excluded.version, seq = excluded.seq, attributes = excluded.attributes,
          field_versions = excluded.field_versions, writers = excluded.writers, changed_at = excluded.changed_at`,
    seen.length > 0 &&
      sql`
        INSERT INTO revisions (workspace, collection, server_id, device, revision)
        SELECT * FROM unnest(
          ${seen.map(({ workspace }) => workspace)}::text[], ${seen.map(({ collection }) => collection)}::text[],
          ${seen.map(({ serverId }) => serverId)}::text[], ${seen.map(({ device }) => device)}::text[], ${seen.map(({ revision }) => revision)}::bigint[]
        )
        ON CONFLICT (workspace, collection, server_id, device) DO UPDATE SET revision = excluded.revision`,
    versions.length > 0 &&
      sql`
        INSERT INTO questionnaire_versions (workspace, server_id, version, attributes)
        SELECT * FROM unnest(
          ${versions.map(({ workspace }) => workspace)}::text[], ${versions.map(({ serverId }) => serverId)}::text[],
          ${versions.map(({ version }) => version)}::bigint[], ${versions.map(({ attributes }) => JSON.stringify(attributes))}::text[]
        )`,
  ]);
}
