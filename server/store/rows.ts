/**
 * The rows of the database, decoded. What a row holds is checked as it is read, so that a damaged one is an error here
 * and not a wrong answer somewhere else.
 */
import * as v from 'valibot';
import { AccountId, Attributes, DeviceId, ServerId, toFields } from '../../protocol/index.ts';
import { COLLECTIONS } from '../access.ts';
import type { Stored } from '../decide.ts';
import type { Seen, Sequence } from './plan.ts';
import type { Kept } from './records.ts';
import type { Referenced } from './store.ts';

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const json = <const S extends v.GenericSchema>(schema: S) => v.pipe(v.string(), v.parseJson(), schema);
const StoredAttributes = json(Attributes);

const Collection = v.picklist(COLLECTIONS);

/** 1 for a record that is as it was created: all its fields are of that Version. */
const FieldVersions = json(v.union([v.literal(1), v.array(v.tuple([v.string(), Count]))]));

const RecordRow = v.object({
  workspace: v.string(),
  collection: Collection,
  server_id: ServerId,
  client_id: v.string(),
  account: AccountId,
  version: Count,
  attributes: v.nullable(StoredAttributes),
  field_versions: FieldVersions,
  writers: json(v.array(v.tuple([Count, DeviceId]))),
});
const SeenRow = v.object({ workspace: v.string(), collection: Collection, server_id: ServerId, device: DeviceId, revision: Count });
const ChangeRow = v.object({
  server_id: ServerId,
  client_id: v.string(),
  version: Count,
  seq: Count,
  changed_at: Count,
  attributes: v.nullable(v.string()),
  revision: v.optional(v.nullable(Count), null),
  /** Whether the asking device has written this Version. */
  is_own: v.optional(v.nullable(Count), null),
});
const SequenceRow = v.object({ workspace: v.string(), epoch: v.string(), seq: Count, purged: Count });
const VersionRow = v.object({ server_id: ServerId, version: Count, attributes: StoredAttributes });
const ReferencedRow = v.object({ place: Count, ...VersionRow.entries });

export type ChangeRow = v.InferOutput<typeof ChangeRow>;

export function readRecord(row: unknown): Kept {
  const { workspace, collection, server_id, client_id, account, version, attributes, field_versions, writers } = v.parse(RecordRow, row);
  const fieldVersions = field_versions === 1 ? new Map([...toFields(attributes ?? {}).keys()].map((path) => [path, 1])) : new Map(field_versions);
  const stored = { serverId: server_id, version, attributes, fieldVersions, writers: new Map(writers) };
  return { workspace, collection, clientId: client_id, creator: account, stored };
}

/** The columns of what changes with every write. */
export function recordContent({ version, attributes, fieldVersions, writers }: Stored) {
  const isAsCreated = version === 1 && attributes !== null;
  return {
    attributes: attributes === null ? null : JSON.stringify(attributes),
    fieldVersions: isAsCreated ? '1' : JSON.stringify([...fieldVersions]),
    writers: JSON.stringify([...writers]),
  };
}

export function readSeen(row: unknown): Seen {
  const { server_id, ...seen } = v.parse(SeenRow, row);
  return { ...seen, serverId: server_id };
}

export function readSequence(row: unknown): Sequence {
  return v.parse(SequenceRow, row);
}

/** Attributes stay text here: their length is what a page is measured by. */
export function readChange(row: unknown): ChangeRow {
  return v.parse(ChangeRow, row);
}

export function readAttributes(text: string): Attributes {
  return v.parse(StoredAttributes, text);
}

export function readVersion(row: unknown): Referenced {
  const { server_id, version, attributes } = v.parse(VersionRow, row);
  return { serverId: server_id, version, attributes };
}

/** `place`: which of the references that were asked for it answers. */
export function readReferenced(row: unknown): { readonly place: number; readonly referenced: Referenced } {
  const { place, server_id, version, attributes } = v.parse(ReferencedRow, row);
  return { place, referenced: { serverId: server_id, version, attributes } };
}

/** A number that a query gives alone, `null` where there is none. */
export function readNumber(value: unknown): number | null {
  return v.parse(v.optional(v.nullable(Count), null), value);
}
