/**
 * The collection, with the sync adapter that TanStack DB has one write for a server of one's own: it takes rows in
 * pieces, where a query collection would fetch all of them anew each time.
 */
import { createBrowserWASQLitePersistence, openBrowserWASQLiteOPFSDatabase, persistedCollectionOptions } from '@tanstack/browser-db-sqlite-persistence';
import { createCollection, type Collection, type SyncConfig } from '@tanstack/db';
import type { Row } from '../../contract.ts';

const SEQUENCE = 'sequence';

export interface Responses {
  readonly collection: Collection<Row, string>;
  /** How far the server's writes are here. */
  sequence(): number;
  /** Takes what the server has. Resolves when it is in SQLite. */
  accept(rows: readonly Row[], sequence: number): Promise<void>;
}

type Controls = Parameters<SyncConfig<Row, string>['sync']>[0];

/** Resolves with what SQLite holds in the collection. */
export async function openResponses(): Promise<Responses> {
  const database = await openBrowserWASQLiteOPFSDatabase({ databaseName: 'bench.sqlite' });
  let controls: Controls | null = null;
  const collection = createCollection(
    persistedCollectionOptions<Row, string>({
      id: 'responses',
      getKey: ({ id }) => id,
      sync: {
        rowUpdateMode: 'full',
        sync(given) {
          controls = given;
          given.markReady();
        },
      },
      persistence: createBrowserWASQLitePersistence({ database }),
      schemaVersion: 1,
    }),
  );
  await collection.preload();
  return {
    collection,
    sequence: () => Number(started(controls).metadata?.collection.get(SEQUENCE) ?? 0),
    async accept(rows, sequence) {
      const { begin, write, commit, metadata } = started(controls);
      begin({ immediate: true });
      for (const value of rows) write({ type: 'update', value });
      metadata?.collection.set(SEQUENCE, sequence);
      await commit();
    },
  };
}

function started(controls: Controls | null): Controls {
  if (controls === null) throw new Error('The collection was not started.');
  return controls;
}
