/**
 * Outpost's server, with an owner and the questionnaire that the rows answer.
 */
import { randomUUID } from 'node:crypto';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import * as v from 'valibot';
import { BASE_PATH, MAX_ENTRIES } from '../../../protocol/index.ts';
import { CreatedKey } from '../../../protocol/people.ts';
import { createServer } from '../../../server/index.ts';
import type { Row, StartServer } from '../../contract.ts';
import { QUESTIONNAIRE, remarkAfter } from '../../rows.ts';
import { OWNER } from './owner.ts';

const Stored = v.array(v.looseObject({ id: v.string(), version: v.number(), answers: v.looseObject({ reference: v.string(), remark: v.string() }) }));
const Synced = v.object({ Results: v.array(v.object({ Status: v.string() })) });

export const startServer: StartServer = async (folder, appFolder) => {
  const server = await createServer({ dataDir: folder, appDir: appFolder });
  await server.makeOwner(OWNER);
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const cookie = await signIn();
  const { Key } = v.parse(CreatedKey, (await ask({ method: 'POST', url: '/keys', payload: { Name: 'bench' }, headers: { cookie } })).json());
  const headers = { authorization: `Bearer ${Key}` };
  const put = await ask({ method: 'PUT', url: `/questionnaires/${randomUUID()}`, payload: QUESTIONNAIRE, headers });
  const { ServerId } = v.parse(v.object({ ServerId: v.string() }), put.json());

  async function ask(request: InjectOptions & { readonly url: string }): Promise<LightMyRequestResponse> {
    const answer = await server.app.inject({ ...request, url: `${BASE_PATH}${request.url}` });
    if (answer.statusCode >= 300) throw new Error(`${request.url} was answered with ${answer.statusCode}: ${answer.body}`);
    return answer;
  }

  async function signIn(): Promise<string> {
    const { cookies } = await ask({ method: 'POST', url: '/session', payload: { Email: OWNER.email, Password: OWNER.password } });
    return cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ');
  }

  async function stored(): Promise<v.InferOutput<typeof Stored>> {
    return v.parse(Stored, (await ask({ method: 'GET', url: '/responses', headers })).json());
  }

  /** @param all `base` is the version that they were edited on, 0 for new ones */
  async function store(all: readonly { readonly id: string; readonly base: number; readonly attributes: object }[]): Promise<void> {
    for (let from = 0; from < all.length; from += MAX_ENTRIES) {
      const Push = all.slice(from, from + MAX_ENTRIES).map(({ id, base, attributes }) => ({ Collection: 'responses', Id: id, Revision: 0, Base: base, Op: 'put', Attributes: attributes }));
      const { Results } = v.parse(Synced, (await ask({ method: 'POST', url: '/sync', payload: { Device: randomUUID(), Push, Pull: {} }, headers })).json());
      const refused = Results.find(({ Status }) => Status !== 'applied');
      if (refused !== undefined) throw new Error(`A row was not stored: ${JSON.stringify(refused)}`);
    }
  }

  return {
    url: `http://127.0.0.1:${port}/`,
    questionnaireId: ServerId,
    seed: (rows: readonly Row[]) => store(rows.map(({ id, ...attributes }) => ({ id, base: 0, attributes }))),
    references: async () => (await stored()).map(({ answers }) => answers.reference),
    async change(references) {
      const wanted = new Set(references);
      const rows = (await stored()).filter(({ answers }) => wanted.has(answers.reference));
      await store(rows.map(({ id, version, ...attributes }) => ({ id, base: version, attributes: { ...attributes, answers: { ...attributes.answers, remark: remarkAfter(attributes.answers.remark) } } })));
    },
    stop: () => server.close(),
  };
};
