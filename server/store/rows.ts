/**
 * The rows of the database, decoded. What a row holds is checked as it is read, so that a damaged one is an error here
 * and not a wrong answer somewhere else.
 */
import * as v from 'valibot';
import { Attributes, DeviceId, ServerId } from '../../protocol/index.ts';
import type { Stored } from '../decide.ts';

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const json = <const S extends v.GenericSchema>(schema: S) => v.pipe(v.string(), v.parseJson(), schema);
const StoredAttributes = json(Attributes);

const RecordRow = v.object({
  server_id: ServerId,
  client_id: v.string(),
  version: Count,
  seq: Count,
  attributes: v.nullable(StoredAttributes),
  field_versions: json(v.array(v.tuple([v.string(), Count]))),
  writers: json(v.array(v.tuple([Count, DeviceId]))),
});
const ChangeRow = v.object({
  server_id: ServerId,
  client_id: v.string(),
  version: Count,
  seq: Count,
  changed_at: Count,
  attributes: v.nullable(v.string()),
  revision: v.optional(v.nullable(Count), null),
});
const SequenceRow = v.object({ epoch: v.string(), seq: Count, purged: Count });
const VersionRow = v.object({ server_id: ServerId, version: Count, attributes: StoredAttributes });

export type ChangeRow = v.InferOutput<typeof ChangeRow>;
export type SequenceRow = v.InferOutput<typeof SequenceRow>;

export function readRecord(row: unknown): Stored | null {
  if (row === undefined) return null;
  const { server_id, version, attributes, field_versions, writers } = v.parse(RecordRow, row);
  return { serverId: server_id, version, attributes, fieldVersions: new Map(field_versions), writers: new Map(writers) };
}

export function readSequence(row: unknown): SequenceRow | null {
  return row === undefined ? null : v.parse(SequenceRow, row);
}

/** Attributes stay text here: their length is what a page is measured by. */
export function readChange(row: unknown): ChangeRow {
  return v.parse(ChangeRow, row);
}

export function readAttributes(text: string): Attributes {
  return v.parse(StoredAttributes, text);
}

export function readVersion(row: unknown): { serverId: ServerId; version: number; attributes: Attributes } | null {
  if (row === undefined) return null;
  const { server_id, version, attributes } = v.parse(VersionRow, row);
  return { serverId: server_id, version, attributes };
}

/** A number that a query gives alone, `null` where there is none. */
export function readNumber(value: unknown): number | null {
  return v.parse(v.optional(v.nullable(Count), null), value);
}
