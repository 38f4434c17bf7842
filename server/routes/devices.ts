/**
 * Where the caller is signed in: `/api/v1/devices`.
 */
import * as v from 'valibot';
import type { DeviceList } from '../../protocol/people.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import type { Context } from './context.ts';

const Params = v.object({ id: v.string() });

export function deviceRoutes(app: App, { authenticator, hints, people }: Context): void {
  app.get('/devices', async (request, reply): Promise<DeviceList> => {
    const { account, session } = await authenticator.identifyPerson(request, reply);
    reply.header('cache-control', 'private, no-cache');
    return { Devices: await people.devices.list(account.Id, session) };
  });

  app.delete('/devices/:id', { schema: { params: Params } }, async (request, reply) => {
    const { account } = await authenticator.identifyPerson(request, reply);
    if (!(await people.devices.signOut(account.Id, request.params.id))) throw new HttpProblem(404, 'There is no such device.');
    await hints.recheck(account.Id);
    return reply.code(204).send();
  });
}
