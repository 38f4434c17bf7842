/**
 * The page's way to the server. The worker may stand between and keep a push for later; it then says `queued`.
 */
import type Backbone from 'backbone';
import type * as v from 'valibot';
import {
  BASE_PATH,
  Change,
  HEADER,
  PROTOCOL_VERSION,
  PullPage,
  decode,
  readAnswer,
  readOneAnswer,
  readSyncAnswer,
  sendPacked,
  type AuthorId,
  type Cursor,
  type DeviceId,
  type HttpAnswer,
  type PushOutcome,
  type PushResult,
} from '../../protocol/index.ts';
import { entryOf, type Candidate } from './core/plan.ts';
import { gzip } from './gzip.ts';
import { begin, statusesOf } from './happenings.ts';
import { fetchOrNull, sendModel, type Answer } from './server-sync.ts';

/** Longer than the worker waits before it queues, so that the worker's answer is the one that counts. */
const TIMEOUT_MS = 45_000;

export type GetOutcome<Value> = { readonly kind: 'answer'; readonly value: Value } | Unanswered;
export type Unanswered =
  /** The server has no such thing, or not for this account. */
  | { readonly kind: 'none' }
  | { readonly kind: 'offline' | 'sign-in' | 'update-needed' }
  | { readonly kind: 'later'; readonly retryAfterMs: number | null };

export class Transport {
  readonly #account: AuthorId;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #device: DeviceId;

  constructor(account: AuthorId, device: DeviceId) {
    this.#account = account;
    this.#device = device;
    this.#headers = { [HEADER.account]: account, [HEADER.protocol]: PROTOCOL_VERSION, [HEADER.device]: device };
  }

  /** One whole model goes as `PUT` by `Backbone.serverSync`, patches and many as one `POST /sync`; the results are in the batch's order. */
  async push(batch: readonly Candidate[], modelOf: (candidate: Candidate) => Backbone.Model | undefined): Promise<PushOutcome<readonly PushResult[]>> {
    const [first] = batch;
    if (first === undefined) return { kind: 'results', results: [] };
    const end = begin(this.#account, 'push');
    const model = batch.length > 1 || 'Changed' in entryOf(first) ? undefined : modelOf(first);
    const text = JSON.stringify({ Device: this.#device, Push: batch.map(entryOf), Pull: {} });
    const answer = await (model === undefined ? this.#sendMany(text) : this.#sendOne(first, model));
    const outcome = outcomeOf(answer, model !== undefined, batch.length);
    const outcomes = outcome.kind === 'results' ? statusesOf(outcome.results) : [outcome.kind];
    end(outcomes, batch.length, answer, text.length);
    return outcome;
  }

  #sendOne({ collection, row }: Candidate, model: Backbone.Model): Promise<HttpAnswer | null> {
    return sendModel(row.deleted ? 'delete' : 'update', model, {
      url: `${BASE_PATH}/${collection}/${encodeURIComponent(row.id)}`,
      attrs: row.attributes,
      headers: { ...this.#headers, [HEADER.revision]: String(row.revision), [HEADER.base]: String(row.version) },
      timeout: TIMEOUT_MS,
    });
  }

  #sendMany(text: string): Promise<HttpAnswer | null> {
    // A worker must be able to read what it keeps; it compresses for itself.
    return sendPacked(text, isControlled() ? null : gzip, ({ body, headers }) =>
      fetchOrNull(`${BASE_PATH}/sync`, { method: 'POST', headers: { ...this.#headers, ...headers }, body }, TIMEOUT_MS),
    );
  }

  /**
   * One page of what changed since the cursor; null starts at the beginning.
   * @param brief of what this device has written itself only the Versions
   */
  async pull(collection: string, cursor: Cursor | null, own: boolean | undefined, brief: boolean): Promise<GetOutcome<PullPage>> {
    const end = begin(this.#account, 'pull');
    const answer = await this.#get(collection, { since: cursor ?? '', ...(brief ? { brief: '1' } : {}) }, own);
    const outcome = readGet(answer, PullPage);
    const [happened, entries] = outcome.kind === 'answer' ? ['page', outcome.value.Changes.length] : [outcome.kind, 0];
    end([happened], entries, answer, answer?.text.length);
    return outcome;
  }

  /** One record as it is now. */
  async one(collection: string, id: string, own: boolean | undefined): Promise<GetOutcome<Change>> {
    return readGet(await this.#get(`${collection}/${encodeURIComponent(id)}`, { form: 'change' }, own), Change);
  }

  #get(path: string, query: Record<string, string>, own: boolean | undefined): Promise<Answer | null> {
    const all = new URLSearchParams({ ...query, ...(own ? { own: '1' } : {}) });
    return fetchOrNull(`${BASE_PATH}/${path}?${all}`, { headers: this.#headers }, TIMEOUT_MS);
  }
}

/** Whether a worker stands between this page and the server. */
function isControlled(): boolean {
  return 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null;
}

/** What an answer to a push says; null is no answer. */
function outcomeOf(answer: HttpAnswer | null, isOne: boolean, size: number): PushOutcome<readonly PushResult[]> {
  if (answer === null) return { kind: 'offline' };
  if (isOne) {
    const outcome = readOneAnswer(answer);
    return outcome.kind === 'results' ? { kind: 'results', results: [outcome.results] } : outcome;
  }
  const outcome = readSyncAnswer(answer);
  // An answer that leaves entries out says nothing of which: none of them counts as acknowledged.
  return outcome.kind === 'results' && outcome.results.length !== size ? { kind: 'later', retryAfterMs: null } : outcome;
}

/** What an answer to a question says. */
function readGet<Value>(answer: HttpAnswer | null, schema: v.GenericSchema<unknown, Value>): GetOutcome<Value> {
  if (answer === null) return { kind: 'offline' };
  const outcome = readAnswer(answer, answer.status === 200 ? decode(schema, answer.body) : null);
  switch (outcome.kind) {
    case 'results':
      return { kind: 'answer', value: outcome.results };
    case 'queued':
    case 'too-large':
    case 'refused':
      return answer.status === 404 ? { kind: 'none' } : { kind: 'later', retryAfterMs: null };
    case 'offline':
    case 'later':
    case 'sign-in':
    case 'update-needed':
      return outcome;
  }
}
