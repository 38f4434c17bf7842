/**
 * Public links of questionnaires: `/api/v1/links`, for whoever makes questionnaires.
 */
import * as v from 'valibot';
import { ServerId } from '../../protocol/index.ts';
import type { LinkList, PublicLink } from '../../protocol/people.ts';
import { NewLink } from '../../protocol/people-requests.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import type { Context } from './context.ts';

const Params = v.object({ id: v.string() });
const Query = v.object({ questionnaire: v.optional(ServerId) });

export function linkRoutes(app: App, { authenticator, people: { links }, store }: Context): void {
  const onRequest = authenticator.admitTo('links');

  app.post('/links', { onRequest, schema: { body: NewLink } }, async (request, reply): Promise<PublicLink> => {
    const caller = authenticator.callerOf(request);
    const { Questionnaire: id, Limit: limit, ClosesAt } = request.body;
    const questionnaire = await store.one(caller, { collection: 'questionnaires', own: false, id, device: null });
    if (questionnaire === null) throw new HttpProblem(404, 'There is no such questionnaire.');
    reply.code(201);
    return links.make(caller, { questionnaire: questionnaire.Id, limit, closesAt: ClosesAt === null ? null : Date.parse(ClosesAt) });
  });

  app.get('/links', { onRequest, schema: { querystring: Query } }, async (request, reply): Promise<LinkList> => {
    reply.header('cache-control', 'private, no-cache');
    return { Links: await links.list(authenticator.callerOf(request).workspace, request.query.questionnaire ?? null) };
  });

  app.delete('/links/:id', { onRequest, schema: { params: Params } }, async (request, reply) => {
    if (!(await links.close(authenticator.callerOf(request), request.params.id))) throw new HttpProblem(404, 'There is no such link.');
    return reply.code(204).send();
  });
}
