/**
 * A collection: `GET /api/v1/{collection}`, whole as `Backbone.Collection.fetch` expects it, or `?since=` page by page.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { DeviceId, HEADER, MAX_ENTRIES, decode } from '../../protocol/index.ts';
import { type Caller, collectionNamed, scopeOf } from '../access.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import type { ListQuery } from '../store/store.ts';
import type { Context } from './context.ts';

const Params = v.object({ collection: v.string() });
const Query = v.object({
  /** Empty to start from the beginning. */
  since: v.optional(v.pipe(v.string(), v.maxLength(200))),
  limit: v.optional(v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number), v.minValue(1), v.maxValue(MAX_ENTRIES)), String(MAX_ENTRIES)),
  own: v.optional(v.picklist(['0', '1']), '0'),
  brief: v.optional(v.picklist(['0', '1']), '0'),
});

export function listRoutes(app: App, { store, authenticator, people: { audit } }: Context): void {
  app.get('/:collection', { onRequest: authenticator.admit, schema: { params: Params, querystring: Query } }, async (request, reply) => {
    const collection = collectionNamed(request.params.collection);
    if (collection === null) throw new HttpProblem(404, 'There is no such collection.');
    const caller = authenticator.callerOf(request);
    const { since, limit, own, brief } = request.query;
    const query = { collection, own: own === '1' };
    if (since !== undefined) return store.pull(caller, { ...query, since: since === '' ? null : since, limit, device: deviceOf(request), brief: brief === '1' });
    return sendWhole(caller, query, request.headers['if-none-match'], reply);
  });

  async function sendWhole(caller: Caller, query: ListQuery, known: string | undefined, reply: FastifyReply) {
    const etag = `"${createHash('sha256').update(await store.listTag(caller, query)).digest('base64url').slice(0, 22)}"`;
    reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'Cookie, Authorization, Outpost-Account, Outpost-Workspace');
    if (matches(known, etag)) return reply.code(304).send();
    if (query.collection === 'responses' && scopeOf(caller, query.collection, query.own).kind === 'workspace') {
      await audit.note([{ workspace: caller.workspace, account: caller.account, action: 'responses.exported' }]);
    }
    const records = await store.list(caller, query);
    return records.map(({ serverId, version, attributes }) => ({ ...attributes, id: serverId, version }));
  }
}

/** A client that names no device, or none that could be one, has sent no Revisions that it would need to know of. */
export function deviceOf({ headers }: FastifyRequest): DeviceId | null {
  return decode(DeviceId, headers[HEADER.device]);
}

/** `If-None-Match` may list several tags, and a proxy that compresses makes them weak. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
