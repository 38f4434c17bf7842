/**
 * The log: JSON lines that say what was asked for by its kind, how it ended and how long it took. What people wrote, who
 * they are and what lets them in never gets there: only what is named here is written, and words are cleared of values.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import * as v from 'valibot';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a line of the log goes to. */
export interface LogStream {
  write(line: string): void;
}

/** Also the name under which a proxy in front may send it. */
export const REQUEST_ID = 'x-request-id';

/** Fields that a line may have beside level, time, request and words; any other is left out. */
const FIELDS = ['err', 'method', 'route', 'status', 'durationMs', 'address'] as const;

type LogOptions = Pick<FastifyServerOptions, 'logger' | 'genReqId' | 'requestIdHeader'>;

export interface Log {
  readonly level: LogLevel;
  readonly stream: LogStream;
}

/** @param log where to and how much; undefined for none */
export function logOptions(log: Log | undefined): LogOptions {
  return { ...(log === undefined ? {} : { logger: loggerOptions(log) }), requestIdHeader: false, genReqId: requestId };
}

function loggerOptions({ level, stream }: Log): Exclude<LogOptions['logger'], boolean | undefined> {
  return {
    level,
    stream,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {
      level: (label) => ({ level: label }),
      log: (line) => Object.fromEntries(FIELDS.flatMap((field) => (field in line ? [[field, line[field]]] : []))),
    },
    serializers: { err: describeError },
    hooks: {
      // An error alone would be its own words, as they are.
      logMethod([first, second], method) {
        const thrown: unknown = first;
        if (thrown instanceof Error) method.call(this, { err: thrown }, wordsOf(thrown));
        else if (typeof second === 'string') method.call(this, first, withoutValues(second));
        else method.call(this, typeof first === 'string' ? withoutValues(first) : first);
      },
    },
  };
}

/** The proxy's, where it is one that cannot forge a line of the log; else a new one. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers[REQUEST_ID];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}

/** One line for each answer, with the route's pattern in place of the address, which may hold what a link lets in. */
export function logAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID, request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    request.log.info({ method, route: routeOptions.url ?? 'none', status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) }, 'answered');
    done();
  });
}

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Where it was thrown, without the message that a stack begins with. */
  readonly stack: string;
  readonly cause?: DescribedError;
  readonly [more: string]: unknown;
}

/** A database's errors carry the values that it refused; of an error only this is taken. */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Something that is no error was thrown.', stack: '' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    message: wordsOf(error),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    stack: frames.map((frame) => frame.trim()).join('\n'),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function wordsOf(error: Error): string {
  // Its message holds what it was given.
  if (v.isValiError(error)) return `A value is not as it should be: ${error.issues.map((issue) => `${v.getDotPath(issue) ?? 'all of it'} (${issue.type})`).join(', ')}`;
  return withoutValues(error.message);
}

const LONGEST = 500;

/** Words of a program, without what stands in quotes, addresses of people, and what looks like a secret or an id. */
function withoutValues(words: string): string {
  return words
    .slice(0, LONGEST)
    .replaceAll(/[^\s<>"'(),;:=]+@[^\s<>"'(),;:=]+/g, '[address]')
    .replaceAll(/"[^"]*("|$)/g, '"…"')
    .replaceAll(/(?<!\w)'[^']*('|$)/g, "'…'")
    .replaceAll(/[\w-]{24,}/g, '[…]');
}
