/**
 * What holds in the tables of the records, whatever was written, in SQL that every database understands.
 */

export interface Invariant {
  /** What is wrong where it does not hold: `3 records …`. */
  readonly broken: string;
  /** Counts the rows for which it does not. */
  readonly sql: string;
}

const SAME_RECORD = 'records.workspace = revisions.workspace AND records.collection = revisions.collection AND records.server_id = revisions.server_id';

export const INVARIANTS: readonly Invariant[] = [
  {
    broken: 'records are beyond the sequence of their workspace: a reader would miss what comes next',
    sql: 'SELECT count(*) AS broken FROM records LEFT JOIN sequences ON sequences.workspace = records.workspace WHERE sequences.seq IS NULL OR records.seq > sequences.seq',
  },
  { broken: 'workspaces have forgotten tombstones that they have not come to', sql: 'SELECT count(*) AS broken FROM sequences WHERE purged > seq' },
  {
    broken: 'revisions are of no record: a device would take an edit for a duplicate that is none',
    sql: `SELECT count(*) AS broken FROM revisions WHERE NOT EXISTS (SELECT 1 FROM records WHERE ${SAME_RECORD})`,
  },
  {
    broken: 'questionnaires are not kept in their latest version: responses to it would be refused',
    sql: `SELECT count(*) AS broken FROM records WHERE collection = 'questionnaires' AND attributes IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM questionnaire_versions AS kept WHERE kept.workspace = records.workspace AND kept.server_id = records.server_id AND kept.version = records.version)`,
  },
  { broken: 'records have no version', sql: 'SELECT count(*) AS broken FROM records WHERE version < 1' },
];
