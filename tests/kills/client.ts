/**
 * A device that pushes without a pause, one request after the other, and sends again whatever got no answer.
 */
import type * as v from 'valibot';
import { PushResult, SyncAnswer, decode } from '../../protocol/index.ts';
import { responseTo } from '../../server/testing/rush.ts';
import type { Chance } from '../harness/chance.ts';
import type { Answer, Ask } from './server.ts';

/** What the server has said of a record: the last edit that it has acknowledged. */
export interface Acknowledged {
  readonly serverId: string;
  readonly version: number;
  readonly revision: number;
}

/** A record of one device, which nobody else writes. */
export interface OwnRecord {
  /** The temporary id. */
  readonly id: string;
  /** The newest edit that was sent. */
  sent: number;
  acknowledged: Acknowledged | null;
}

interface Edit {
  readonly record: OwnRecord;
  /** What the record is called in the request: by its temporary id, or the real one. */
  readonly id: string;
  readonly revision: number;
  readonly base: number;
}

const MAX_BATCH = 8;
/** Far more than all kills together cost; a server that never stores must not be waited for. */
const MAX_TRIES = 200;

export interface ClientOptions {
  readonly ask: Ask;
  readonly chance: Chance;
  /** The questionnaire. */
  readonly form: string;
  /** Hears of every answer that is not as it must be. */
  readonly broken: string[];
}

export class PushingClient {
  readonly #device = crypto.randomUUID();
  readonly #options: ClientOptions;
  readonly records: OwnRecord[] = [];
  /** How many edits were stored and their answers lost. */
  unheard = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Resolves when it need not go on, and all that it has sent is acknowledged. */
  async push(goesOn: () => boolean): Promise<void> {
    const { chance } = this.#options;
    while (goesOn()) {
      const edits = await this.#deliver(this.#next());
      // A device that has not stored the answer before it went away sends what the server knows.
      if (chance() < 0.1) this.#repeated(edits, await this.#send(edits));
    }
  }

  /** @returns the edits as they were acknowledged */
  async #deliver(first: readonly Edit[]): Promise<readonly Edit[]> {
    const { chance } = this.#options;
    const done: Edit[] = [];
    let edits = first;
    for (let tries = 1; ; tries += 1) {
      const results = await this.#send(edits);
      const waiting = results === null ? edits : edits.filter((edit, index) => !this.#isDone(edit, results[index], tries));
      done.push(...edits.filter((edit) => !waiting.includes(edit)));
      if (waiting.length === 0) return done;
      if (tries === MAX_TRIES) throw new Error(`${waiting.map(({ record }) => record.id).join(', ')} was not stored in ${tries} tries: ${JSON.stringify(results)}`);
      // Somebody may have written on while there was no answer.
      edits = chance() < 0.25 ? waiting.map(({ record }) => this.#edit(record)) : waiting;
    }
  }

  /** New records, and edits of older ones. */
  #next(): readonly Edit[] {
    const { chance } = this.#options;
    const size = chance() < 0.5 ? 1 : 2 + Math.floor(chance() * (MAX_BATCH - 1));
    const chosen = new Set<OwnRecord>();
    for (let index = 0; index < size; index += 1) {
      const older = chance() < 0.5 ? this.records[Math.floor(chance() * this.records.length)] : undefined;
      chosen.add(older ?? this.#newRecord());
    }
    return [...chosen].map((record) => this.#edit(record));
  }

  #newRecord(): OwnRecord {
    const record: OwnRecord = { id: crypto.randomUUID(), sent: 0, acknowledged: null };
    this.records.push(record);
    return record;
  }

  #edit(record: OwnRecord): Edit {
    record.sent += 1;
    const { acknowledged } = record;
    const id = acknowledged === null || this.#options.chance() < 0.5 ? record.id : acknowledged.serverId;
    return { record, id, revision: record.sent, base: acknowledged?.version ?? 0 };
  }

  /** One as `PUT`, several as a batch. Null without an answer. */
  async #send(edits: readonly Edit[]): Promise<readonly (PushResult | undefined)[] | null> {
    const { ask } = this.#options;
    const [first] = edits;
    if (first !== undefined && edits.length === 1) {
      const headers = { 'outpost-device': this.#device, 'outpost-revision': String(first.revision), 'outpost-base': String(first.base) };
      const answer = await ask('PUT', `/responses/${first.id}`, this.#attributes(first), headers);
      return answer && [this.#read(PushResult, answer)];
    }
    const Push = edits.map((edit) => ({ Collection: 'responses', Id: edit.id, Revision: edit.revision, Base: edit.base, Op: 'put', Attributes: this.#attributes(edit) }));
    const answer = await ask('POST', '/sync', { Device: this.#device, Push });
    return answer && (this.#read(SyncAnswer, answer)?.Results ?? []);
  }

  #read<S extends v.GenericSchema>(schema: S, { status, body }: Answer): v.InferOutput<S> | undefined {
    const read = decode(schema, body);
    if (read === null) this.#options.broken.push(`A push was answered with ${status}: ${JSON.stringify(body)}`);
    return read ?? undefined;
  }

  #attributes({ record, revision }: Edit): object {
    return responseTo(this.#options.form, textOf(record.id, revision), revision);
  }

  /** Takes what the server says. False for an edit that it has not stored yet. */
  #isDone({ record, revision }: Edit, result: PushResult | undefined, tries: number): boolean {
    if (result?.Status === 'retry') return false;
    const { id, acknowledged } = record;
    if (result?.Status !== 'applied' && !(result?.Status === 'duplicate' && tries > 1)) {
      this.#options.broken.push(`${id} was answered with ${result?.Status ?? 'nothing'} at try ${tries}: ${JSON.stringify(result)}`);
      return true;
    }
    const { ServerId: serverId, Version: version } = result;
    if (acknowledged !== null && acknowledged.serverId !== serverId) this.#options.broken.push(`${id} is two records, ${acknowledged.serverId} and ${serverId}`);
    if (version <= (acknowledged?.version ?? 0) || version > revision) this.#options.broken.push(`${id} is at Version ${version} after ${revision} edits, and was at ${acknowledged?.version ?? 0} before`);
    this.unheard += version - (acknowledged?.version ?? 0) - (result.Status === 'applied' ? 1 : 0);
    record.acknowledged = { serverId, version, revision };
    return true;
  }

  /** What was acknowledged is sent again: nothing new, and the same answer. */
  #repeated(edits: readonly Edit[], results: readonly (PushResult | undefined)[] | null): void {
    for (const [index, { record }] of edits.entries()) {
      const result = results?.[index];
      if (result === undefined || result.Status === 'retry') continue;
      const isSame = result.Status === 'duplicate' && result.ServerId === record.acknowledged?.serverId && result.Version === record.acknowledged.version;
      if (!isSame) this.#options.broken.push(`${record.id} was acknowledged, and sent again it was answered with ${JSON.stringify(result)}`);
    }
  }
}

/** What an edit says, so that it can be told from all others. */
export function textOf(id: string, revision: number): string {
  return `edit ${revision} of ${id}`;
}
