/**
 * Filling in by a public link, without an account: `/api/v1/form`. Nothing that anybody has answered leaves here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { ClientId, HEADER, LINK_HEADER, decode } from '../../protocol/index.ts';
import type { FormStored, OpenForm } from '../../protocol/people.ts';
import { LinkToken } from '../../protocol/people-requests.ts';
import { type OpenLink, anonymousCaller } from '../accounts/links.ts';
import { type Caller, NOBODY } from '../access.ts';
import type { Edit, Outcome } from '../decide.ts';
import { withoutBookkeeping } from '../http/bookkeeping.ts';
import { HttpProblem, PROBLEM_TYPE, problemBody } from '../http/problem.ts';
import { type App, ModelAttributes } from '../http/validate.ts';
import { knock } from './begin.ts';
import type { Context } from './context.ts';
import { deviceOf } from './list.ts';

/** Of somebody whom nobody knows. */
const MAX_RESPONSE_BYTES = 500_000;

const Params = v.object({ id: v.string() });

export function formRoutes(app: App, context: Context): void {
  const { people: { links }, store } = context;

  async function linkOf(request: FastifyRequest): Promise<OpenLink> {
    knock(context, request);
    const token = decode(LinkToken, request.headers[LINK_HEADER]);
    const link = token === null ? null : await links.find(token);
    if (link === null) throw closed();
    return link;
  }

  app.get('/form', async (request, reply): Promise<OpenForm> => {
    const { workspace, workspaceName, questionnaire: id, limit } = await linkOf(request);
    // The link lets its holder see this one questionnaire, which a caller without a role may not.
    const reader: Caller = { workspace, account: NOBODY, role: 'viewer' };
    const questionnaire = await store.one(reader, { collection: 'questionnaires', own: false, id, device: null });
    if (questionnaire === null || questionnaire.Attributes['published'] === false) throw closed();
    reply.header('cache-control', 'no-store');
    return { Workspace: workspaceName, Limit: limit, Questionnaire: { Id: questionnaire.Id, Version: questionnaire.Version, Attributes: questionnaire.Attributes } };
  });

  /** Once stored it stays as it is: the same again is answered as before, anything else under the same id is refused. */
  app.put('/form/:id', { bodyLimit: MAX_RESPONSE_BYTES, schema: { params: Params, body: ModelAttributes } }, async (request, reply) => {
    const link = await linkOf(request);
    const device = deviceOf(request);
    const clientId = decode(ClientId, request.params.id);
    if (device === null || clientId === null) throw new HttpProblem(400, `A response has a UUID in its address, and in the header ${HEADER.device} one of its device.`);
    if (request.body['questionnaireId'] !== link.questionnaire) throw new HttpProblem(422, 'This link is of another questionnaire.');
    if (!(await links.take(link, device, clientId))) throw new HttpProblem(409, USED[link.limit === 'once' ? 'once' : 'device']);
    const edit: Edit = { op: 'put', id: clientId, attributes: withoutBookkeeping(request.body), changed: null, merge: false, origin: { device, revision: 1 }, base: 0 };
    const outcome = await store.push(anonymousCaller(link, device), 'responses', edit);
    if (outcome.status === 'rejected') await links.giveBack(link, clientId);
    return answer(reply, clientId, outcome);
  });
}

const USED = {
  once: 'This link was used already; it works once.',
  device: 'This questionnaire was filled in on this device already. It can be filled in once.',
} as const;

const closed = (): HttpProblem => new HttpProblem(404, 'This link does not work, or not any more. Ask whoever gave it to you.');

function answer(reply: FastifyReply, clientId: ClientId, outcome: Outcome): FormStored | FastifyReply {
  const problem = (status: number, detail: string, extra: object = {}) => reply.code(status).type(PROBLEM_TYPE).send({ ...problemBody(status, detail), ...extra });
  switch (outcome.status) {
    case 'applied':
    case 'duplicate':
    case 'merged':
      return { ClientId: clientId, Version: outcome.version };
    case 'conflict':
    case 'gone':
      return problem(409, 'This response was stored already.');
    case 'rejected':
      return problem(422, 'This cannot be stored as it is.', { Errors: outcome.errors });
    case 'retry':
      return problem(503, 'Not now. Try again later.');
    default: {
      const never: never = outcome;
      return never;
    }
  }
}
