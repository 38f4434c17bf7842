/**
 * The rows of the database, decoded. What a row holds is checked as it is read, so that a damaged one is an error here
 * and not a wrong answer somewhere else.
 */
import * as v from 'valibot';
import { AccountId, Attributes, type ClientId, DeviceId, ServerId, isClientId, isCount, isServerId, toFields } from '../../protocol/index.ts';
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
const SequenceRow = v.object({ workspace: v.string(), epoch: v.string(), seq: Count, purged: Count });
const VersionRow = v.object({ server_id: ServerId, version: Count, attributes: StoredAttributes });
const ReferencedRow = v.object({ place: Count, ...VersionRow.entries });

export interface ChangeRow {
  readonly server_id: ServerId;
  readonly client_id: ClientId;
  readonly version: number;
  readonly seq: number;
  readonly changed_at: number;
  /** Text: its length is what a page is measured by. */
  readonly attributes: string | null;
  /** Of the asking device; where nobody asks for it, it is not there. */
  readonly revision?: number | null;
  /** 1 if the asking device has written this Version. */
  readonly is_own?: number | null;
}

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

export function readChange(row: unknown): ChangeRow {
  if (!isChangeRow(row)) throw new Error('A record in the database is damaged.');
  return row;
}

/** By plain predicates: a pull is mostly this, and a schema takes three times as long. */
function isChangeRow(row: unknown): row is ChangeRow {
  return (
    typeof row === 'object' && row !== null &&
    'server_id' in row && isServerId(row.server_id) &&
    'client_id' in row && isClientId(row.client_id) &&
    'version' in row && isCount(row.version) &&
    'seq' in row && isCount(row.seq) &&
    'changed_at' in row && isCount(row.changed_at) &&
    'attributes' in row && isTextOrNull(row.attributes) &&
    (!('revision' in row) || isCountOrNull(row.revision)) &&
    (!('is_own' in row) || isCountOrNull(row.is_own))
  );
}

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
const isCountOrNull = (value: unknown): boolean => value === null || isCount(value);

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
