/**
 * Every error leaves as `application/problem+json` (RFC 9457), with a sentence for people in `detail`.
 */
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { MAX_ENTRIES, MAX_REQUEST_BYTES } from '../../protocol/index.ts';
import { StoreUnavailable } from '../store/store.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** An expected refusal of a request as a whole. Thrown by hooks and routes, answered by `handleError`. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** What kind of problem it is, for a program; most need none. */
  readonly type: string | null;

  constructor(status: number, detail: string, retryAfterMs: number | null = null, type: string | null = null) {
    super(detail);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.type = type;
  }
}

/** The members that every problem has. */
export function problemBody(status: number, detail: string, type: string | null = null) {
  return { type: type ?? 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
}

export function sendProblem(reply: FastifyReply, status: number, detail: string, type: string | null = null): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type(PROBLEM_TYPE).send(problemBody(status, detail, type));
}

/** Fastify's error handler. */
export function handleError(error: FastifyError | HttpProblem | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof HttpProblem) {
    if (error.retryAfterMs !== null) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1_000));
    return sendProblem(reply, error.status, error.message, error.type);
  }
  if (error instanceof StoreUnavailable) {
    request.log.error(error);
    return sendProblem(reply.header('retry-after', 30), 503, 'The server cannot use its database right now. Nothing was acknowledged; try again later.');
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status >= 500) {
    request.log.error(error);
    return sendProblem(reply, status, 'Something went wrong on the server. Nothing was acknowledged; try again later.');
  }
  return sendProblem(reply, status, DETAILS.get('code' in error ? error.code : '')?.(request) ?? error.message);
}

const DETAILS: ReadonlyMap<string, (request: FastifyRequest) => string> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', ({ routeOptions }: FastifyRequest) => tooLarge(routeOptions.bodyLimit)],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', () => 'Send JSON, with the header Content-Type: application/json.'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', () => 'The request has no body.'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', () => 'The request did not arrive whole. Send it again.'],
  ['FST_ERR_BAD_URL', () => 'The address of this request is not well-formed.'],
  ['FST_ERR_MAX_PARAM_LENGTH', () => 'The address of this request is too long.'],
]);

function tooLarge(limitBytes: number): string {
  if (limitBytes < MAX_REQUEST_BYTES) return `A request to this address may have at most ${limitBytes / 1_000} kB.`;
  return `A request may have at most ${MAX_REQUEST_BYTES / 1_000_000} MB and ${MAX_ENTRIES} entries. Split it.`;
}
