/**
 * API keys for programs: `POST /api/v1/keys`.
 */
import { type CreatedKey, NewKey } from '../../protocol/index.ts';
import type { App } from '../http/validate.ts';
import type { Context } from './context.ts';

export function keyRoutes(app: App, { keys, authenticator }: Context): void {
  app.post('/keys', { onRequest: authenticator.admitPerson, schema: { body: NewKey } }, async (request, reply): Promise<CreatedKey> => {
    reply.code(201).header('cache-control', 'no-store');
    return keys.create(authenticator.callerOf(request), request.body.Name);
  });
}
