/**
 * The page's way to the server. The worker may stand between and keep a push for later; it then says `queued`.
 */
import type Backbone from 'backbone';
import {
  BASE_PATH,
  HEADER,
  PROTOCOL_VERSION,
  PullPage,
  decode,
  parseJson,
  readOneAnswer,
  readRetryAfter,
  readSyncAnswer,
  sendPacked,
  type AccountId,
  type Cursor,
  type DeviceId,
  type HttpAnswer,
  type PushOutcome,
  type PushResult,
} from '../../protocol/index.ts';
import { entryOf, type Candidate } from './core/plan.ts';
import { gzip } from './gzip.ts';
import { fetchOrNull, sendModel } from './server-sync.ts';

/** Longer than the worker waits before it queues, so that the worker's answer is the one that counts. */
const TIMEOUT_MS = 45_000;

export type PullOutcome =
  | { readonly kind: 'page'; readonly page: PullPage }
  | { readonly kind: 'offline' | 'sign-in' | 'update-needed' }
  | { readonly kind: 'later'; readonly retryAfterMs: number | null };

export class Transport {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #device: DeviceId;

  constructor(account: AccountId, device: DeviceId) {
    this.#device = device;
    this.#headers = { [HEADER.account]: account, [HEADER.protocol]: PROTOCOL_VERSION, [HEADER.device]: device };
  }

  /** One model goes as `PUT` by `Backbone.serverSync`, many as one `POST /sync`; the results are in the batch's order. */
  async push(batch: readonly Candidate[], modelOf: (candidate: Candidate) => Backbone.Model | undefined): Promise<PushOutcome<readonly PushResult[]>> {
    const [first] = batch;
    if (first === undefined) return { kind: 'results', results: [] };
    const model = modelOf(first);
    if (batch.length > 1 || model === undefined) return this.#pushMany(batch);
    const outcome = await this.#pushOne(first, model);
    return outcome.kind === 'results' ? { kind: 'results', results: [outcome.results] } : outcome;
  }

  async #pushOne(candidate: Candidate, model: Backbone.Model): Promise<PushOutcome<PushResult>> {
    const { collection, row } = candidate;
    const answer = await sendModel(row.deleted ? 'delete' : 'update', model, {
      url: `${BASE_PATH}/${collection}/${encodeURIComponent(row.id)}`,
      attrs: row.attributes,
      headers: { ...this.#headers, [HEADER.revision]: String(row.revision), [HEADER.base]: String(row.version) },
      timeout: TIMEOUT_MS,
    });
    return answer === null ? { kind: 'offline' } : readOneAnswer(answer);
  }

  async #pushMany(batch: readonly Candidate[]): Promise<PushOutcome<readonly PushResult[]>> {
    const text = JSON.stringify({ Device: this.#device, Push: batch.map(entryOf), Pull: {} });
    // A worker must be able to read what it keeps; it compresses for itself.
    const answer = await sendPacked(text, isControlled() ? null : gzip, ({ body, headers }) =>
      this.#fetch(`${BASE_PATH}/sync`, { method: 'POST', headers: { ...this.#headers, ...headers }, body }),
    );
    if (answer === null) return { kind: 'offline' };
    const outcome = readSyncAnswer(answer);
    // An answer that leaves entries out says nothing of which: none of them counts as acknowledged.
    if (outcome.kind === 'results' && outcome.results.length !== batch.length) return { kind: 'later', retryAfterMs: null };
    return outcome;
  }

  /** One page of what changed since the cursor; null starts at the beginning. */
  async pull(collection: string, cursor: Cursor | null, own: boolean): Promise<PullOutcome> {
    const query = new URLSearchParams({ since: cursor ?? '', ...(own ? { own: '1' } : {}) });
    const answer = await this.#fetch(`${BASE_PATH}/${collection}?${query}`, { method: 'GET', headers: this.#headers });
    if (answer === null || answer.header(HEADER.protocol) === null) return { kind: 'offline' };
    if (answer.status === 401) return { kind: 'sign-in' };
    if (answer.status === 426 || answer.header(HEADER.protocol) !== PROTOCOL_VERSION) return { kind: 'update-needed' };
    const page = decode(PullPage, answer.body);
    if (answer.status === 200 && page !== null) return { kind: 'page', page };
    return { kind: 'later', retryAfterMs: readRetryAfter(answer.header('retry-after')) };
  }

  async #fetch(url: string, init: RequestInit): Promise<HttpAnswer | null> {
    const response = await fetchOrNull(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response === null) return null;
    return { status: response.status, header: (name) => response.headers.get(name), body: parseJson(response.text) };
  }
}

/** Whether a worker stands between this page and the server. */
function isControlled(): boolean {
  return 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null;
}
