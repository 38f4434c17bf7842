/**
 * RxDB with its Dexie storage and its replication over HTTP.
 */
import { createRxDatabase, type RxCollection } from 'rxdb/plugins/core';
import { replicateRxCollection, type RxReplicationState } from 'rxdb/plugins/replication';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import * as v from 'valibot';
import type { Row } from '../../contract.ts';
import { remarkAfter } from '../../rows.ts';
import { SCHEMA } from './schema.ts';
import { type Checkpoint, Conflicts, PULL_PATH, PUSH_PATH, Pulled } from './wire.ts';

/** The fastest of 100 (RxDB's own), 500, 1,000 and 5,000, both for sending and for fetching. */
const BATCH_SIZE = 5000;

let collection: RxCollection<Row> | null = null;
let replication: RxReplicationState<Row, Checkpoint> | null = null;
/** The app's list, by id. */
const list = new Map<string, Row>();

function opened(): RxCollection<Row> {
  if (collection === null) throw new Error('The database was not opened.');
  return collection;
}

/** The first use starts the replication, which fetches and sends what there is; from then on it sends every write by itself. */
async function replicate(isPull: boolean): Promise<void> {
  if (replication === null) {
    // Names this device, so that the server need not give it back what it has sent itself.
    const device = await opened().database.storageToken;
    replication = startReplication(opened(), device);
    await replication.awaitInitialReplication();
    return;
  }
  if (isPull) replication.reSync();
  await replication.awaitInSync();
}

function startReplication(collection: RxCollection<Row>, device: string): RxReplicationState<Row, Checkpoint> {
  const started = replicateRxCollection<Row, Checkpoint>({
    collection,
    replicationIdentifier: 'http',
    waitForLeadership: false,
    push: {
      batchSize: BATCH_SIZE,
      async handler(rows) {
        const answer = await fetch(`${PUSH_PATH}?device=${device}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(rows) });
        return v.parse(Conflicts, await answer.json());
      },
    },
    pull: {
      batchSize: BATCH_SIZE,
      async handler(checkpoint, batchSize) {
        const answer = await fetch(`${PULL_PATH}?device=${device}&sequence=${checkpoint?.sequence ?? 0}&limit=${batchSize}`);
        return v.parse(Pulled, await answer.json());
      },
    },
  });
  started.received$.subscribe((document) => list.set(document.id, document));
  return started;
}

window.contender = {
  async open() {
    const database = await createRxDatabase({ name: 'bench', storage: getRxStorageDexie(), eventReduce: true });
    ({ responses: collection } = await database.addCollections<{ responses: RxCollection<Row> }>({ responses: { schema: SCHEMA } }));
    for (const document of await collection.find().exec()) list.set(document.id, document);
  },
  async createAll(rows) {
    const { error } = await opened().bulkInsert([...rows]);
    if (error.length > 0) throw new Error(`${error.length} rows were not stored.`);
    for (const row of rows) list.set(row.id, row);
  },
  async createEach(rows) {
    await Promise.all(rows.map((row) => opened().insert(row)));
    for (const row of rows) list.set(row.id, row);
  },
  sync: () => replicate(false),
  pull: () => replicate(true),
  async change(references) {
    const documents = await opened().findByIds([...references]).exec();
    const changed = [...documents.values()].map((document) => ({ ...document.toMutableJSON(), answers: { ...document.answers, remark: remarkAfter(document.answers.remark) } }));
    const { error } = await opened().bulkUpsert(changed);
    if (error.length > 0) throw new Error(`${error.length} rows were not changed.`);
    for (const row of changed) list.set(row.id, row);
  },
  list: async () => list.size,
};
