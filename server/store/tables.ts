/**
 * The tables of the records as rows that any database can hold: what a backup is made of.
 */

/** What stands in a column: a text; a count or a time in milliseconds; a yes or no; a time as better-auth keeps it. */
export type Kind = 'text' | 'count' | 'boolean' | 'time';

export interface Table {
  readonly name: string;
  /** By name, in the order of a backup's rows. */
  readonly columns: Readonly<Record<string, Kind>>;
}

/** Those that others refer to come first. */
export const RECORD_TABLES: readonly Table[] = [
  { name: 'sequences', columns: { workspace: 'text', epoch: 'text', seq: 'count', purged: 'count' } },
  {
    name: 'records',
    columns: {
      workspace: 'text',
      collection: 'text',
      server_id: 'text',
      client_id: 'text',
      account: 'text',
      version: 'count',
      seq: 'count',
      attributes: 'text',
      field_versions: 'text',
      writers: 'text',
      changed_at: 'count',
    },
  },
  { name: 'revisions', columns: { workspace: 'text', collection: 'text', server_id: 'text', device: 'text', revision: 'count' } },
  { name: 'questionnaire_versions', columns: { workspace: 'text', server_id: 'text', version: 'count', attributes: 'text' } },
];
