/**
 * API keys for programs: `/api/v1/keys`. An owner sees and revokes everybody's.
 */
import * as v from 'valibot';
import type { CreatedKey, KeyList, Role } from '../../protocol/people.ts';
import { NewKey } from '../../protocol/people-requests.ts';
import { type Caller, MAY_NOT, mayPassOn } from '../access.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import type { Context } from './context.ts';

const Params = v.object({ id: v.string() });

export function keyRoutes(app: App, { people: { keys }, authenticator, hints }: Context): void {
  const onRequest = authenticator.admitTo('keys');

  app.post('/keys', { onRequest, schema: { body: NewKey } }, async (request, reply): Promise<CreatedKey> => {
    const caller = authenticator.callerOf(request);
    const role = roleOfKey(caller, request.body.Role);
    reply.code(201).header('cache-control', 'no-store');
    return keys.create(caller, request.body.Name, role);
  });

  app.get('/keys', { onRequest }, async (request, reply): Promise<KeyList> => {
    const { workspace, account, role } = authenticator.callerOf(request);
    reply.header('cache-control', 'private, no-cache');
    return { Keys: await keys.list(workspace, role === 'owner' ? null : account) };
  });

  app.delete('/keys/:id', { onRequest, schema: { params: Params } }, async (request, reply) => {
    const account = await keys.revoke(authenticator.callerOf(request), request.params.id);
    if (account === null) throw new HttpProblem(404, 'There is no such key.');
    await hints.recheck(account);
    return reply.code(204).send();
  });
}

function roleOfKey({ role }: Caller, wanted: Role | undefined): Role {
  if (role === 'anonymous' || (wanted !== undefined && !mayPassOn(role, wanted))) throw new HttpProblem(403, MAY_NOT);
  return wanted ?? role;
}
