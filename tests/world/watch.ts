/**
 * Looks at each request as it is answered: the edits that the server applies come in each device's own order, and what a
 * worker has promised to send it sends.
 */
import * as v from 'valibot';
import { SyncRequest, SyncAnswer } from '../../protocol/index.ts';
import type { Ledger } from './ledger.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

const Response = v.object({ answers: v.record(v.string(), v.string()) });
const Put = v.object({ Attributes: Response });
const Result = v.object({ Status: v.string() });

interface Edited {
  readonly device: string;
  /** Of the device, the response and the field. */
  readonly name: string;
  readonly tag: string;
  readonly startedAt: number;
}

export class Watch {
  readonly #ledger: Ledger;
  /** By device, response and field: when the last applied edit was begun, and the last that the server has looked at. */
  readonly #applied = new Map<string, number>();
  readonly #answered = new Map<string, number>();
  /** By the same: when the last edit was begun that a worker has promised to send. */
  readonly #queued = new Map<string, Edited>();
  /** Devices that have been answered 401. */
  readonly #askedForSignIn = new Set<string>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  queued(device: string, body: string): void {
    const sent: unknown = JSON.parse(body);
    const many = v.safeParse(SyncRequest, sent);
    const entries = many.success ? many.output.Push : [{ Attributes: sent }];
    for (const entry of entries) for (const edit of this.#edits(device, entry)) {
      const { name, startedAt } = edit;
      if (startedAt > (this.#queued.get(name)?.startedAt ?? 0)) this.#queued.set(name, edit);
    }
  }

  /**
   * What no request of the device has brought to the server, though its worker has said that it will. A removal takes the place of what it removes.
   * @param haveSignedIn whether everybody has by now: before that, a worker that was told to wait for it may
   */
  forgotten({ haveSignedIn }: { haveSignedIn: boolean }): string[] {
    const missing = [...this.#queued].filter(
      ([name, { device, tag, startedAt }]) => startedAt > (this.#answered.get(name) ?? 0) && (haveSignedIn || !this.#askedForSignIn.has(device)) && this.#ledger.removalsOf(tag).length === 0,
    );
    return missing.map(([name]) => `Forgotten: the worker has taken an edit and not sent it: ${name}.`);
  }

  /** @returns what is broken */
  answered(device: string, { method, path, headers, body }: WireRequest, answer: WireAnswer, account: string | null): string[] {
    if (answer.status >= 500) return [`The server answered ${answer.status}: ${answer.body}`];
    if (answer.status === 401) this.#askedForSignIn.add(device);
    if (answer.status === 401 || method !== 'PUT' && path !== '/api/v1/sync') return [];
    const meant = headers['outpost-account'];
    if (meant !== account) return [`Crossed: what was made as ${meant} was taken as ${account}.`];
    const sent: unknown = JSON.parse(body?.toString() ?? '');
    const said: unknown = JSON.parse(answer.body);
    if (path === '/api/v1/sync') {
      const { Push } = v.parse(SyncRequest, sent);
      return v.parse(SyncAnswer, said).Results.flatMap(({ Status }, index) => this.#looked(device, Push[index], Status));
    }
    return this.#looked(device, { Attributes: sent }, v.parse(Result, said).Status);
  }

  #looked(device: string, entry: unknown, status: string): string[] {
    if (status === 'rejected') return [`The server refused ${JSON.stringify(entry)}.`];
    return this.#edits(device, entry).flatMap(({ name, startedAt }) => {
      keepHighest(this.#answered, name, startedAt);
      if (status !== 'applied') return [];
      const last = this.#applied.get(name) ?? 0;
      keepHighest(this.#applied, name, startedAt);
      return startedAt < last ? [`Out of order: an edit was applied after a later one: ${name}.`] : [];
    });
  }

  /** The device's own edits in it: another's come along, or because a person has decided for them. */
  #edits(device: string, entry: unknown): Edited[] {
    const put = v.safeParse(Put, entry);
    if (!put.success) return [];
    return Object.entries(put.output.Attributes.answers).flatMap(([field, token]) => {
      const edit = this.#ledger.edit(token);
      return edit?.device === device ? [{ device, name: `${device} ${edit.tag} ${field}`, tag: edit.tag, startedAt: edit.startedAt }] : [];
    });
  }
}

function keepHighest(all: Map<string, number>, name: string, value: number): void {
  all.set(name, Math.max(all.get(name) ?? 0, value));
}
