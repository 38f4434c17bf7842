/**
 * Responses of this account on this device, drafts and sent ones.
 */
import Backbone from 'backbone';
import type { Answers } from '../../forms/index.ts';
import type { Bookkeeping, RecordState } from '../sync/types.ts';
import { needsPerson } from './states.ts';

export interface ResponseAttributes extends Record<string, unknown> {
  questionnaireId: string;
  questionnaireVersion: number;
  answers: Answers;
  /** ISO 8601 with the person's own offset. */
  startedAt: string;
  /** As `startedAt`; null while it is a draft. */
  endedAt: string | null;
  /** Of the server's record that it stands on; 0 for none. */
  version: number;
  outpost: Bookkeeping;
}

const SHORT_ID_LENGTH = 8;

export class Response extends Backbone.Model<ResponseAttributes> {
  /** The temporary id, and from the first acknowledgement on the server's. */
  get key(): string {
    return String(this.id);
  }

  /** Enough of the id to tell two responses apart when speaking of them: its end, since ids may begin with their time. */
  get shortKey(): string {
    return this.key.slice(-SHORT_ID_LENGTH);
  }

  /** The id that it was made under, or had when it came from the server; never changes on this device. */
  get lastingKey(): string {
    return this.clientId ?? this.key;
  }

  /** Whether the server has it, perhaps in an older state. */
  get isOnServer(): boolean {
    return this.key !== this.lastingKey || (this.get('version') ?? 0) > 0;
  }

  get clientId(): string | null {
    return this.get('outpost')?.clientId ?? null;
  }

  get bookkeeping(): Bookkeeping | undefined {
    return this.get('outpost');
  }

  get state(): RecordState {
    return this.get('outpost')?.state ?? 'draft';
  }

  get questionnaireId(): string {
    return this.get('questionnaireId') ?? '';
  }

  get answers(): Answers {
    return this.get('answers') ?? {};
  }

  get startedAt(): string {
    return this.get('startedAt') ?? '';
  }

  get endedAt(): string | null {
    return this.get('endedAt') ?? null;
  }
}

export class Responses extends Backbone.Collection<Response> {
  override preinitialize(): void {
    this.model = Response;
    this.url = '/api/v1/responses';
  }

  /** The response with this id, also by the temporary id that a link or an open screen may still hold. */
  byId(id: string): Response | undefined {
    return this.get(id) ?? this.models.find((response) => response.clientId === id);
  }

  /** The newest draft of a questionnaire. */
  draftOf(questionnaireId: string): Response | undefined {
    const drafts = this.models.filter((response) => response.state === 'draft' && response.questionnaireId === questionnaireId);
    return newestFirst(drafts)[0];
  }

  /** What needs a person first, then the newest. A response keeps its place while it is being sent. */
  inOrder(): Response[] {
    const newest = newestFirst(this.models);
    return [...newest.filter(({ state }) => needsPerson(state)), ...newest.filter(({ state }) => !needsPerson(state))];
  }
}

/** By the moment and not by the letters of its time zone; each is read once, since there may be thousands. */
function newestFirst(responses: readonly Response[]): Response[] {
  const dated = responses.map((response) => ({ response, startedMs: Date.parse(response.startedAt) || 0 }));
  return dated.toSorted((a, b) => b.startedMs - a.startedMs).map(({ response }) => response);
}
