/**
 * API keys for programs: `POST /api/v1/keys`.
 */
import { type CreatedKey, NewKey } from '../../protocol/index.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import type { Context } from './context.ts';

export function keyRoutes(app: App, { keys, authenticator }: Context): void {
  app.post('/keys', { schema: { body: NewKey } }, async (request, reply): Promise<CreatedKey> => {
    const { account, by } = await authenticator.identify(request, reply);
    // A key that got into the wrong hands must not be able to make itself successors.
    if (by === 'key') throw new HttpProblem(403, 'Sign in with a password to make a key.');
    reply.code(201).header('cache-control', 'no-store');
    return keys.create(account.Id, request.body.Name);
  });
}
