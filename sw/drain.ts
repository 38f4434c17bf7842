/**
 * Sends what is queued.
 *
 * 1. Under one lock, so that no two drains remove each other's entries, the queue is read without removing.
 * 2. Edits of one record are joined, and go out in batches for each account.
 * 3. What the server said goes to the pages and is stored as receipts; only after that the queue forgets the requests.
 * A crash anywhere leaves the requests, which the server answers again without storing anything twice.
 */
import {
  BASE_PATH,
  BATCH_LIMITS,
  HEADER,
  PROTOCOL_VERSION,
  readSyncAnswer,
  sendPacked,
  takeBatch,
  type AuthorId,
  type BatchLimits,
  type PushEntry,
  type PushOutcome,
  type SyncResult,
} from '../protocol/index.ts';
import { gzip } from './gzip.ts';
import { fetchAnswer } from './network.ts';
import type { PushQueue } from './push-queue.ts';
import { handOver } from './pages.ts';
import { keepReceipt } from './receipts.ts';
import { join, recordName, type Joined } from './requests.ts';

export interface Drained {
  /** Accounts that still have something in the queue. */
  readonly left: ReadonlySet<AuthorId>;
  readonly needsSignIn: ReadonlySet<AuthorId>;
  readonly updateNeeded: boolean;
  /** There was no answer, or the server said: later. Worth another try. */
  readonly failed: boolean;
}

export function drain(queue: PushQueue): Promise<Drained> {
  return navigator.locks.request('outpost-drain', () => drainAlone(queue));
}

async function drainAlone(queue: PushQueue): Promise<Drained> {
  const peeked = await queue.peek();
  const settled = new Set<string>();
  const needsSignIn = new Set<AuthorId>();
  let updateNeeded = false;
  let failed = false;
  for (const group of join(peeked.pushes)) {
    const ended = await sendGroup(group, settled);
    if (ended === 'sign-in') needsSignIn.add(group.account);
    if (ended === 'update-needed') updateNeeded = true;
    if (ended === 'failed') failed = true;
  }
  const unsettled = peeked.pushes.filter(({ account, entries }) => entries.some((entry) => !settled.has(recordName(account, entry))));
  const stay = [...unsettled.map(({ request }) => request), ...peeked.newer];
  if (stay.length < peeked.size) await queue.remove(peeked, stay);
  return { left: new Set(unsettled.map(({ account }) => account)), needsSignIn, updateNeeded, failed };
}

type GroupEnd = 'done' | 'failed' | 'sign-in' | 'update-needed';

/** Sends batch after batch and names in `settled` the records whose receipts are stored. */
async function sendGroup({ account, device, entries }: Joined, settled: Set<string>): Promise<GroupEnd> {
  let limits: BatchLimits = BATCH_LIMITS;
  let isAnyLeft = false;
  for (let from = 0; from < entries.length; ) {
    const batch = takeBatch(entries.slice(from), (entry) => entry, limits);
    const outcome = await send(account, device, batch);
    if (outcome.kind === 'too-large' && batch.length > 1) {
      limits = { ...limits, maxEntries: Math.ceil(batch.length / 2) };
      continue;
    }
    const results = resultsOf(batch, outcome);
    if (results === null) return outcome.kind === 'sign-in' || outcome.kind === 'update-needed' ? outcome.kind : 'failed';
    const final = results.filter((result) => result.Status !== 'retry');
    isAnyLeft ||= final.length < results.length;
    await keepReceipt(account, final, handOver);
    results.forEach((result, index) => {
      const entry = batch[index];
      if (entry !== undefined && result.Status !== 'retry') settled.add(recordName(account, entry));
    });
    from += batch.length;
  }
  return isAnyLeft ? 'failed' : 'done';
}

/** One result for each entry, or null if the server did not look at them. */
function resultsOf(batch: readonly PushEntry[], outcome: PushOutcome<readonly SyncResult[]>): readonly SyncResult[] | null {
  switch (outcome.kind) {
    case 'results':
      return outcome.results.length === batch.length ? outcome.results : null;
    case 'refused':
      return batch.map((entry) => rejected(entry, outcome.message));
    case 'too-large':
      return batch.map((entry) => rejected(entry, 'This is larger than the server takes.'));
    case 'queued':
    case 'offline':
    case 'later':
    case 'sign-in':
    case 'update-needed':
      return null;
  }
}

function rejected({ Collection, Id, Revision }: PushEntry, message: string): SyncResult {
  return { Collection, ClientId: Id, Revision, Status: 'rejected', Errors: [{ Path: '', Message: message }] };
}

async function send(account: AuthorId, device: Joined['device'], batch: readonly PushEntry[]): Promise<PushOutcome<readonly SyncResult[]>> {
  const own = { [HEADER.protocol]: PROTOCOL_VERSION, [HEADER.account]: account };
  const answer = await sendPacked(JSON.stringify({ Device: device, Push: batch, Pull: {} }), gzip, ({ body, headers }) =>
    fetchAnswer(new Request(`${BASE_PATH}/sync`, { method: 'POST', headers: { ...own, ...headers }, body })),
  );
  return answer === null ? { kind: 'offline' } : readSyncAnswer(answer);
}
