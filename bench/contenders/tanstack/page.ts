/**
 * TanStack DB: its offline transactions keep what is to be sent, its SQLite persistence what is there.
 */
import { startOfflineExecutor, type OfflineExecutor } from '@tanstack/offline-transactions';
import * as v from 'valibot';
import { remarkAfter } from '../../rows.ts';
import { type Responses, openResponses } from './collection.ts';
import { Outbox } from './outbox.ts';
import { Batch, Fetched, RESPONSES_PATH, Taken } from './wire.ts';

const SEND = 'send';

const outbox = new Outbox();
const device = nameOfThisDevice();
let responses: Responses | null = null;
let executor: OfflineExecutor | null = null;
/** What the outbox has not got rid of, by transaction. */
const unsent = new Set<Promise<unknown>>();

/** So that the server need not give a device back what it has sent itself. */
function nameOfThisDevice(): string {
  const known = localStorage.getItem('device') ?? crypto.randomUUID();
  localStorage.setItem('device', known);
  return known;
}

function opened(): Responses {
  if (responses === null) throw new Error('The collection was not opened.');
  return responses;
}

function started(): OfflineExecutor {
  if (executor === null) throw new Error('The executor was not started.');
  return executor;
}

function startExecutor(into: Responses): OfflineExecutor {
  return startOfflineExecutor({
    collections: { responses: into.collection },
    storage: outbox,
    mutationFns: {
      async [SEND]({ transaction, idempotencyKey }) {
        const rows = v.parse(Batch, transaction.mutations.map(({ modified }) => modified));
        const answer = await fetch(`${RESPONSES_PATH}?device=${device}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
          body: JSON.stringify(rows),
        });
        // An error that names a status like 401 would have the transaction thrown away.
        if (!answer.ok) throw new Error('The server did not take the rows.');
        v.parse(Taken, await answer.json());
        await into.accept(rows, into.sequence());
      },
    },
  });
}

/** Writes in one offline transaction. Resolves when the outbox has it. */
async function write(mutate: () => void): Promise<void> {
  const transaction = started().createOfflineTransaction({ mutationFnName: SEND, autoCommit: false });
  const stored = outbox.stored(transaction.id);
  transaction.mutate(mutate);
  const sent = transaction.commit().finally(() => unsent.delete(sent));
  unsent.add(sent);
  await Promise.race([stored, sent]);
}

window.contender = {
  async open() {
    responses = await openResponses();
    executor = startExecutor(responses);
    await executor.waitForInit();
    if (executor.getPendingCount() === 0) return;
    for (const { id } of await executor.peekOutbox()) {
      const sent = executor.waitForTransactionCompletion(id).finally(() => unsent.delete(sent));
      unsent.add(sent);
    }
  },
  createAll: (rows) => write(() => void opened().collection.insert([...rows])),
  async createEach(rows) {
    await Promise.all(rows.map((row) => write(() => void opened().collection.insert(row))));
  },
  async sync() {
    // Ends the wait for the next attempt, if one has failed.
    started().getOnlineDetector().notifyOnline();
    await Promise.all(unsent);
  },
  async pull() {
    const answer = await fetch(`${RESPONSES_PATH}?device=${device}&since=${opened().sequence()}`);
    const { responses, sequence } = v.parse(Fetched, await answer.json());
    await opened().accept(responses, sequence);
  },
  change: (references) =>
    write(
      () =>
        void opened().collection.update([...references], (drafts) => {
          for (const { answers } of drafts) answers.remark = remarkAfter(answers.remark);
        }),
    ),
  list: async () => opened().collection.size,
};
