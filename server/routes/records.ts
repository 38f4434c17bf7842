/**
 * One model: `GET`, `PUT` and `DELETE /api/v1/{collection}/{id}`.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { DeviceId, HEADER, RecordId } from '../../protocol/index.ts';
import { type Collection, collectionNamed } from '../access.ts';
import type { Edit, Origin } from '../decide.ts';
import { withoutBookkeeping } from '../http/bookkeeping.ts';
import { HttpProblem, PROBLEM_TYPE, problemBody } from '../http/problem.ts';
import { toResult, toStatus } from '../http/results.ts';
import { type App, ModelAttributes } from '../http/validate.ts';
import type { Context } from './context.ts';
import { deviceOf } from './list.ts';

const Params = v.object({ collection: v.string(), id: v.string() });

const Query = v.object({
  own: v.optional(v.picklist(['0', '1']), '0'),
  /** `model` is what `Backbone.Model.fetch` expects, `change` what a pull gives. */
  form: v.optional(v.picklist(['model', 'change']), 'model'),
});

/** Numbers in a header are text by nature; only plain ones are read. */
const CountHeader = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number));

export function recordRoutes(app: App, { store, authenticator }: Context): void {
  const onRequest = authenticator.admit;

  app.get('/:collection/:id', { onRequest, schema: { params: Params, querystring: Query } }, async (request, reply) => {
    const { collection, id } = target(request.params);
    const { own, form } = request.query;
    const change = await store.one(authenticator.callerOf(request), { collection, id, own: own === '1', device: deviceOf(request) });
    if (change === null) throw new HttpProblem(404, 'There is no such record.');
    reply.header('cache-control', 'private, no-cache');
    return form === 'change' ? change : { ...change.Attributes, id: change.Id, version: change.Version };
  });

  app.put('/:collection/:id', { onRequest, schema: { params: Params, body: ModelAttributes } }, async (request, reply) => {
    const { collection, id } = target(request.params);
    const edit: Edit = { op: 'put', id, attributes: withoutBookkeeping(request.body), changed: null, merge: true, ...readEditHeaders(request) };
    return push(request, reply, collection, edit);
  });

  app.delete('/:collection/:id', { onRequest, schema: { params: Params } }, async (request, reply) => {
    const { collection, id } = target(request.params);
    return push(request, reply, collection, { op: 'delete', id, ...readEditHeaders(request) });
  });

  async function push(request: FastifyRequest, reply: FastifyReply, collection: Collection, edit: Edit) {
    const outcome = await store.push(authenticator.callerOf(request), collection, edit);
    const result = toResult(edit, outcome);
    const answer = toStatus(outcome);
    if (answer.status === 200) return result;
    return reply.code(answer.status).type(PROBLEM_TYPE).send({ ...problemBody(answer.status, answer.detail), ...result });
  }
}

function target(params: v.InferOutput<typeof Params>): { collection: Collection; id: string } {
  const collection = collectionNamed(params.collection);
  if (collection === null) throw new HttpProblem(404, 'There is no such collection.');
  if (!v.is(RecordId, params.id)) throw new HttpProblem(404, 'There is no such record.');
  return { collection, id: params.id };
}

/** Without these headers the client counts nothing, and its last write wins. */
function readEditHeaders({ headers }: FastifyRequest): { origin: Origin | null; base: number | null } {
  const device = readHeader(headers[HEADER.device], DeviceId, HEADER.device);
  const revision = readHeader(headers[HEADER.revision], CountHeader, HEADER.revision);
  const base = readHeader(headers[HEADER.base], CountHeader, HEADER.base);
  if ((device === null) !== (revision === null)) throw new HttpProblem(400, `${HEADER.device} and ${HEADER.revision} go together.`);
  return { origin: device === null || revision === null ? null : { device, revision }, base };
}

function readHeader<S extends v.GenericSchema>(value: unknown, schema: S, name: string): v.InferOutput<S> | null {
  if (value === undefined) return null;
  const decoded = v.safeParse(schema, value);
  if (!decoded.success) throw new HttpProblem(400, `The header ${name} is not as it should be.`);
  return decoded.output;
}
