/**
 * Invitations: made and withdrawn by owners, looked at and accepted by whoever holds the link.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Session } from '../../protocol/index.ts';
import type { CreatedInvitation, InvitationList, InvitationShown } from '../../protocol/people.ts';
import { Join, LookAtLink, NewInvitation } from '../../protocol/people-requests.ts';
import { refuseOtherSites } from '../http/authenticate.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import { SMALL_BODY_BYTES, begin, knock, toSession } from './begin.ts';
import type { Context } from './context.ts';

const Params = v.object({ id: v.string() });

export function invitationRoutes(app: App, context: Context): void {
  const { attempts, authenticator, people } = context;
  const { accounts, invitations } = people;
  const onRequest = authenticator.admitTo('people');

  app.post('/invitations', { onRequest, schema: { body: NewInvitation } }, async (request, reply): Promise<CreatedInvitation> => {
    const { Role: role, Uses: uses, Days: days } = request.body;
    reply.code(201).header('cache-control', 'no-store');
    return invitations.make(authenticator.callerOf(request), { role, uses, days });
  });

  app.get('/invitations', { onRequest }, async (request, reply): Promise<InvitationList> => {
    reply.header('cache-control', 'private, no-cache');
    return { Invitations: await invitations.list(authenticator.callerOf(request).workspace) };
  });

  app.delete('/invitations/:id', { onRequest, schema: { params: Params } }, async (request, reply) => {
    if (!(await invitations.withdraw(authenticator.callerOf(request), request.params.id))) throw new HttpProblem(404, 'There is no such invitation.');
    return reply.code(204).send();
  });

  app.post('/invitations/look', { bodyLimit: SMALL_BODY_BYTES, schema: { body: LookAtLink } }, async (request, reply): Promise<InvitationShown> => {
    knock(context, request);
    const shown = await invitations.look(request.body.Token);
    if (shown === null) throw gone();
    reply.header('cache-control', 'no-store');
    return shown;
  });

  const signedInOnly = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    await authenticator.identifyPerson(request, reply);
  };
  app.post('/invitations/accept', { onRequest: signedInOnly, bodyLimit: SMALL_BODY_BYTES, schema: { body: LookAtLink } }, async (request, reply): Promise<Session> => {
    const person = await authenticator.identifyPerson(request, reply);
    const Joined = await invitations.accept(request.body.Token, person.account.Id);
    const now = await accounts.signedIn(person.account.Id);
    if (Joined === null || now === null) throw gone();
    return { ...toSession(now), Joined };
  });

  app.post('/invitations/join', { bodyLimit: SMALL_BODY_BYTES, schema: { body: Join } }, async (request, reply): Promise<Session> => {
    refuseOtherSites(request);
    knock(context, request);
    const { Token, Name: name, Email: email, Password: password } = request.body;
    const waitMs = attempts.begin(email, request.ip);
    if (waitMs > 0) throw new HttpProblem(429, 'Too many attempts with this e-mail address. Wait a while, then try again.', waitMs);
    const outcome = await invitations.join(Token, { name, email, password }, request.headers['user-agent'] ?? '');
    switch (outcome.kind) {
      case 'joined':
        attempts.succeeded(email, request.ip);
        return { ...(await begin(context, request, reply, outcome.signedIn)), Joined: outcome.workspace };
      case 'gone':
        throw gone();
      case 'taken':
        throw new HttpProblem(409, 'There is an account with this e-mail address. Enter its password to join with it, or use another address.');
      default: {
        const never: never = outcome;
        return never;
      }
    }
  });
}

const gone = (): HttpProblem => new HttpProblem(404, 'This invitation is no longer valid. Ask whoever sent it for a new one.');
