/**
 * Who did what: `GET /api/v1/audit`, for owners; and `POST /api/v1/exports`, by which the app tells what was taken out of it.
 */
import * as v from 'valibot';
import type { AuditPage } from '../../protocol/people.ts';
import { Exported } from '../../protocol/people-requests.ts';
import type { App } from '../http/validate.ts';
import type { Context } from './context.ts';

const Query = v.object({
  before: v.optional(v.pipe(v.string(), v.regex(/^[\da-z]{1,40}$/))),
  limit: v.optional(v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(200)), '50'),
});

export function auditRoutes(app: App, { authenticator, people: { audit } }: Context): void {
  app.get('/audit', { onRequest: authenticator.admitTo('audit'), schema: { querystring: Query } }, async (request, reply): Promise<AuditPage> => {
    const { before = null, limit } = request.query;
    reply.header('cache-control', 'private, no-cache');
    return audit.page(authenticator.callerOf(request).workspace, before, limit);
  });

  app.post('/exports', { onRequest: authenticator.admitTo('export'), schema: { body: Exported } }, async (request, reply) => {
    const { workspace, account } = authenticator.callerOf(request);
    await audit.note([{ workspace, account, action: 'responses.exported', subject: request.body.Questionnaire }]);
    return reply.code(204).send();
  });
}
