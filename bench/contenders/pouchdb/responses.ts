import type PouchDB from 'pouchdb';
import type { Row } from '../../contract.ts';
import { remarkAfter } from '../../rows.ts';

/** A row as a document: its `id` is its name. */
export type Response = Omit<Row, 'id'>;

/** Where the database is, on the server. */
export const DATABASE_PATH = '/db/responses';

export function documentOf({ id, ...response }: Row): Response & { readonly _id: string } {
  return { _id: id, ...response };
}

/** Stores the documents in one go. @throws if any was refused */
export async function storeAll(database: PouchDB<Response>, documents: readonly (Response & { readonly _id: string })[]): Promise<void> {
  for (const result of await database.bulkDocs(documents)) {
    if ('error' in result) throw new Error(`A document was not stored: ${result.message}`);
  }
}

/** Edits the remark of each. @returns them as they are now */
export async function changeAll(database: PouchDB<Response>, references: readonly string[]): Promise<(Response & { readonly _id: string })[]> {
  const { rows } = await database.allDocs({ include_docs: true, keys: references });
  const changed = rows.map(({ doc }) => ({ ...doc, answers: { ...doc.answers, remark: remarkAfter(doc.answers.remark) } }));
  await storeAll(database, changed);
  return changed;
}
