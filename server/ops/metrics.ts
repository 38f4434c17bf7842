/**
 * Numbers for Prometheus. They name routes and collections, and nobody.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { HttpProblem } from '../http/problem.ts';
import type { Hints } from '../live/hints.ts';
import type { Committed } from '../store/store.ts';

export interface Metrics {
  /** Measures every answer of the app, and serves the numbers at `/metrics`. */
  serve(app: FastifyInstance, hints: Hints): void;
  /** To be told of every commit. */
  committed(committed: readonly Committed[]): void;
}

export const NO_METRICS: Metrics = { serve: () => {}, committed: () => {} };

const PATH = '/metrics';

/** @param token what whoever asks has to bring; null to answer programs of this machine alone */
export function createMetrics(token: string | null): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const answers = new Histogram({
    name: 'outpost_http_request_duration_seconds',
    help: 'How long requests took, by route; a stream of hints counts when it ends.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const writes = new Counter({ name: 'outpost_writes_total', help: 'Committed writes of records.', labelNames: ['collection'], registers });
  const streams = new Gauge({ name: 'outpost_streams', help: 'Open streams of hints.', registers });
  const commits = new Counter({ name: 'outpost_commits_total', help: 'Commits, each of all edits that arrived together.', registers });

  return {
    serve(app, hints) {
      app.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
        answers.observe({ method, route: routeOptions.url ?? 'none', status: reply.statusCode }, reply.elapsedTime / 1_000);
        done();
      });
      app.get(PATH, { exposeHeadRoute: false }, async (request, reply) => {
        // What may not be seen is answered like what does not exist.
        if (!mayRead(request, token)) throw new HttpProblem(404, 'There is nothing at this address.');
        streams.set(hints.size);
        return reply.header('cache-control', 'no-store').type(Registry.PROMETHEUS_CONTENT_TYPE).send(await register.metrics());
      });
    },
    committed(committed) {
      commits.inc();
      for (const { collection } of committed) writes.inc({ collection });
    },
  };
}

/** A proxy on this machine comes from this machine as well: whatever was passed on is somebody else's. */
function mayRead({ headers, socket }: FastifyRequest, token: string | null): boolean {
  if (token !== null) return isSame(headers.authorization ?? '', `Bearer ${token}`);
  const isPassedOn = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'].some((name) => name in headers);
  const address = socket.remoteAddress ?? '';
  return !isPassedOn && (address === '::1' || /^(::ffff:)?127\./.test(address));
}

/** How long it takes tells nothing about the secret. */
function isSame(given: string, secret: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}
