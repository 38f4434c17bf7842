/**
 * What an HTTP answer to a push means. The page and the worker both ask here, so that neither takes for an
 * acknowledgement what the other would not.
 */
import * as v from 'valibot';
import { decode } from './decode.ts';
import { HEADER, PROTOCOL_VERSION } from './http.ts';
import { PushResult, SyncResult } from './push.ts';
import { Problem } from './session.ts';

/** An answer as it came; `header` takes the lower-case name, `body` is the parsed JSON or undefined if it was none. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly body: unknown;
}

/** The parsed text, or undefined where it is no JSON: somebody else's page. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type PushOutcome<Results> =
  /** The server looked at the edits; each has its own result. */
  | { readonly kind: 'results'; readonly results: Results }
  /** The worker keeps the request and will send it. */
  | { readonly kind: 'queued' }
  /** No answer of this server: no network, a captive portal, a proxy's error page. */
  | { readonly kind: 'offline' }
  /** The server is there and asks to come back, after so long if it said so. */
  | { readonly kind: 'later'; readonly retryAfterMs: number | null }
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'update-needed' }
  /** The request is larger than the server takes: split it. */
  | { readonly kind: 'too-large' }
  /** The request as a whole was refused; `message` is a sentence for people. */
  | { readonly kind: 'refused'; readonly message: string };

/** The answer to `PUT` or `DELETE` of one model. */
export function readOneAnswer(answer: HttpAnswer): PushOutcome<PushResult> {
  return readAnswer(answer, decode(PushResult, answer.body));
}

/** The part of a `SyncAnswer` that is about the push. */
const PushedMany = v.object({ Results: v.array(SyncResult) });

/** The answer to `POST /sync`. */
export function readSyncAnswer(answer: HttpAnswer): PushOutcome<SyncResult[]> {
  return readAnswer(answer, decode(PushedMany, answer.body)?.Results ?? null);
}

/** Seconds or an HTTP date are allowed by RFC 9110; dates are left to the sender's own back-off. */
export function readRetryAfter(value: string | null): number | null {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : null;
}

/** @param results what the body says if it is the answer that was asked for, else null */
export function readAnswer<Results>(answer: HttpAnswer, results: Results | null): PushOutcome<Results> {
  const { status, header } = answer;
  if (header(HEADER.queued) !== null) return { kind: 'queued' };
  const version = header(HEADER.protocol);
  if (version !== PROTOCOL_VERSION) return version === null ? { kind: 'offline' } : { kind: 'update-needed' };
  if (results !== null) return { kind: 'results', results };
  switch (status) {
    case 401:
      return { kind: 'sign-in' };
    case 413:
      return { kind: 'too-large' };
    case 426:
      return { kind: 'update-needed' };
    default: {
      // An answer that was cut off on the way refuses nothing: the same push gets a whole one.
      const problem = status >= 400 && status < 500 && status !== 408 && status !== 429 ? decode(Problem, answer.body) : null;
      if (problem !== null) return { kind: 'refused', message: problem.detail ?? problem.title };
      return { kind: 'later', retryAfterMs: readRetryAfter(header('retry-after')) };
    }
  }
}
