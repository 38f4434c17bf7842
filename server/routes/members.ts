/**
 * Who belongs to the workspace: `/api/v1/members`, for its owners.
 */
import * as v from 'valibot';
import { AccountId } from '../../protocol/index.ts';
import type { CreatedReset, MemberList } from '../../protocol/people.ts';
import { MemberChange } from '../../protocol/people-requests.ts';
import type { MemberOutcome } from '../accounts/members.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import type { Context } from './context.ts';

const Params = v.object({ id: v.string() });

export function memberRoutes(app: App, { authenticator, hints, people }: Context): void {
  const onRequest = authenticator.admitTo('people');
  const { members, resets } = people;

  app.get('/members', { onRequest }, async (request, reply): Promise<MemberList> => {
    reply.header('cache-control', 'private, no-cache');
    return { Members: await members.list(authenticator.callerOf(request).workspace) };
  });

  app.put('/members/:id', { onRequest, schema: { params: Params, body: MemberChange } }, async (request, reply) => {
    const account = target(request.params);
    refuse(await members.changeRole(authenticator.callerOf(request), account, request.body.Role));
    await hints.recheck(account);
    return reply.code(204).send();
  });

  app.delete('/members/:id', { onRequest, schema: { params: Params } }, async (request, reply) => {
    const account = target(request.params);
    refuse(await members.remove(authenticator.callerOf(request), account));
    await hints.recheck(account);
    return reply.code(204).send();
  });

  app.post('/members/:id/reset', { onRequest, schema: { params: Params } }, async (request, reply): Promise<CreatedReset> => {
    const outcome = await resets.make(authenticator.callerOf(request), target(request.params));
    switch (outcome.kind) {
      case 'made':
        reply.code(201).header('cache-control', 'no-store');
        return outcome.reset;
      case 'unknown':
        throw noSuchMember();
      case 'elsewhere':
        throw new HttpProblem(409, 'This person belongs to another workspace too, so nobody here may set their password. Invite them again under another e-mail address.');
      default: {
        const never: never = outcome;
        return never;
      }
    }
  });
}

const noSuchMember = (): HttpProblem => new HttpProblem(404, 'There is no such member.');

function target({ id }: v.InferOutput<typeof Params>): AccountId {
  if (!v.is(AccountId, id)) throw noSuchMember();
  return id;
}

function refuse(outcome: MemberOutcome): void {
  switch (outcome) {
    case 'done':
      return;
    case 'unknown':
      throw noSuchMember();
    case 'last-owner':
      throw new HttpProblem(409, 'A workspace needs an owner. Make somebody else an owner first.');
    default: {
      const never: never = outcome;
      return never;
    }
  }
}
