/**
 * `GET /api/v1/events`: hints to pull, as server-sent events, for as long as somebody listens.
 */
import type { FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { EventsQuery, HEADER } from '../../protocol/index.ts';
import { COLLECTIONS } from '../access.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import { MAX_STREAMS, standing } from '../live/hints.ts';
import { HintStream } from '../live/stream.ts';
import type { Context } from './context.ts';

const Author = v.object({ account: v.string() });

/** An `EventSource` can set no headers: its address stands in for one. */
async function readAuthor({ headers, query }: FastifyRequest): Promise<void> {
  if (headers[HEADER.account] === undefined && v.is(Author, query)) headers[HEADER.account] = query.account;
}

/** Spread, so that not all pages are back in the same moment after a restart. */
const RETRY_MS = { least: 5_000, most: 10_000 };

export function eventRoutes(app: App, { authenticator, hints, store }: Context): void {
  // Before the server waits for its last answers: these would never end by themselves.
  app.addHook('preClose', async () => hints.close());

  // Without HEAD: a stream that nobody reads would be held open.
  app.get('/events', { onRequest: [readAuthor, authenticator.admit], exposeHeadRoute: false, schema: { querystring: EventsQuery } }, async (request, reply) => {
    const caller = authenticator.callerOf(request);
    const { device = null } = request.query;
    const named = request.query.own.split(',');
    const own = new Set(COLLECTIONS.filter((collection) => named.includes(collection)));

    const stream = new HintStream(Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least)));
    const isStillAdmitted = () => authenticator.isStillAdmitted(request);
    if (!hints.add({ caller, device, own, stream, isStillAdmitted })) {
      throw new HttpProblem(429, `An account may have ${MAX_STREAMS} pages listening. This one asks when it is looked at.`, RETRY_MS.most);
    }
    try {
      // It listens already: what is committed from now on is told after this.
      stream.hint(await standing({ caller, own }, (who, query) => store.cursor(who, query)));
    } catch (error) {
      stream.cut();
      throw error;
    }
    return reply
      .type('text/event-stream')
      .header('cache-control', 'no-store')
      // A proxy that gathers what it passes on would keep every hint to itself.
      .header('x-accel-buffering', 'no')
      .send(stream.readable);
  });
}
