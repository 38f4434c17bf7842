/**
 * Every route of the server × everybody who may come, on either store. The routes are those that Fastify was told of: one
 * that has no entry in the table fails.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { PullPage } from '../protocol/index.ts';
import { CALLERS, type Caller, NOT_THERE, Scene, anyone, tableOf } from './testing/authorization.ts';
import { EventListener } from './testing/listener.ts';
import { startPostgres } from './testing/postgres.ts';
import { type Client, type Method, OWNER, edit, putQuestionnaire, response, signIn } from './testing/server.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'outpost-server-'));
const postgres = await startPostgres();
const scenes = [
  { store: 'SQLite', scene: await Scene.open({ dataDir, databaseUrl: null }) },
  { store: 'PostgreSQL', scene: await Scene.open({ dataDir, databaseUrl: await postgres.createDatabase('authorization') }) },
];
afterAll(async () => {
  await Promise.all(scenes.map(({ scene }) => scene.server.close()));
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

/** `GET /api/v1/x` as the table names it. */
const nameOf = ({ method, url }: { readonly method: string; readonly url: string }): string => `${method} ${url.replace(/^\/api\/v1/, '')}`;
/** The two ways in which a request names its workspace. */
const inWorkspace = (workspace: string): Record<string, string> => ({ 'outpost-workspace': workspace });
const asAuthor = (account: string) => (workspace: string): Record<string, string> => ({ 'outpost-account': `${account}/${workspace}` });
const Verb = v.picklist(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);

describe.each(scenes)('on $store', ({ scene }) => {
  const { server, form, callers, here, there, accounts } = scene;
  const table = tableOf(scene);

  async function ask(caller: Client, method: Method, path: string, body: object | undefined, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
    // A stream that is admitted never ends.
    if (path === '/events') {
      const answer = await server.app.inject({ method, url: `/api/v1${path}`, headers: { ...caller.headers, ...headers }, payloadAsStream: true });
      answer.stream().destroy();
      return { status: answer.statusCode, body: '' };
    }
    const outside = path.startsWith('/api/');
    const answer = outside ? await server.app.inject({ method, url: path, headers: { ...caller.headers, ...headers } }) : await caller.send(method, path, body, headers);
    return { status: answer.statusCode, body: answer.body };
  }

  test('every route has its entry, and every entry its route', () => {
    const known = Object.keys(table).flatMap((name) => (name.startsWith('GET ') && name !== 'GET /events' ? [name, name.replace('GET', 'HEAD')] : [name]));
    expect(new Set(server.routes.map(nameOf))).toEqual(new Set(known));
  });

  // Signing out comes last, since it ends the sessions of this file.
  const ORDER = Object.keys(table).toSorted((a, b) => Number(a === 'DELETE /session') - Number(b === 'DELETE /session'));

  describe.each(ORDER)('%s', (name) => {
    const [verb = ''] = name.split(' ');
    const method = v.parse(Verb, verb);
    const cases = table[name] ?? [];

    test('each caller gets what the table says, and who is refused changes nothing', async () => {
      for (const { answers, body, make = async () => '', path } of cases) {
        const asked = async (caller: Caller, id: string): Promise<void> => {
          const answer = await ask(callers[caller], method, path(id), body?.(id));
          expect({ caller, path: path(id), status: answer.status }).toEqual({ caller, path: path(id), status: answers[caller] });
        };
        const id = await make();
        const before = await scene.everything();
        for (const caller of CALLERS.filter((one) => answers[one] >= 400)) await asked(caller, id);
        expect(await scene.everything()).toBe(before);
        for (const caller of CALLERS.filter((one) => answers[one] < 400)) await asked(caller, await make());
      }
    });

    test('what is somebody else’s is answered like what does not exist', async () => {
      for (const { answers, body, make, missing, path } of cases) {
        if (make === undefined || missing === undefined) continue;
        for (const caller of CALLERS.filter((one) => answers[one] === 404)) {
          const id = await make();
          const real = await ask(callers[caller], method, path(id), body?.(id));
          const none = await ask(callers[caller], method, path(missing), body?.(missing));
          expect(real).toEqual({ ...none, body: none.body.replaceAll(missing, id) });
        }
      }
    });

    test('a workspace of others is answered like one that does not exist', async () => {
      for (const { answers, body, make = async () => '', path } of cases) {
        if (answers.nobody !== 401 || name === 'POST /session') continue;
        for (const [caller, account, foreign] of [['stranger', accounts.stranger, here], ['owner', accounts.owner, there], ['key', accounts.owner, there]] as const) {
          for (const naming of [inWorkspace, asAuthor(account)]) {
            const [id, other] = [await make(), await make()];
            const real = await ask(callers[caller], method, path(id), body?.(id), naming(foreign));
            const none = await ask(callers[caller], method, path(other), body?.(other), naming('nowhere'));
            expect({ caller, ...real }).toEqual({ caller, ...none, body: none.body.replaceAll(other, id) });
          }
        }
      }
    });
  });

  describe('guesses across workspaces', () => {
    const DEVICE = crypto.randomUUID();
    // Those of the table are signed out by now.
    const outsider = () => signIn(server, anyone('Stranger'));

    test('a temporary id that somebody else has used makes a record of one’s own, as any other would', async () => {
      const id = crypto.randomUUID();
      const first = await signIn(server, anyone('Colleague'));
      await first.send('PUT', `/responses/${id}`, response(form), edit(DEVICE, 1, 0));
      const stranger = await outsider();
      const theirForm = await putQuestionnaire(stranger);
      const guessed = await stranger.send('PUT', `/responses/${id}`, response(theirForm), edit(DEVICE, 1, 0));
      const fresh = await stranger.send('PUT', `/responses/${crypto.randomUUID()}`, response(theirForm), edit(DEVICE, 1, 0));
      expect([guessed.statusCode, guessed.json()]).toEqual([200, { ...fresh.json<object>(), ClientId: id, ServerId: expect.any(String) as unknown }]);
      expect((await first.send('GET', `/responses/${id}`)).json()).toMatchObject({ questionnaireId: form, version: 1 });
      expect((await stranger.send('GET', `/responses/${id}`)).json()).toMatchObject({ questionnaireId: theirForm });
    });

    test('a batch entry with an id of another workspace is answered like one of nobody, and changes nothing', async () => {
      const stranger = await outsider();
      const Id = await someOwnersResponse();
      const entry = (id: string, Op: 'put' | 'delete') => ({ Collection: 'responses', Id: id, Revision: 1, Base: 1, Op, ...(Op === 'put' ? { Attributes: response(form) } : {}) });
      for (const Op of ['put', 'delete'] as const) {
        const { Results } = (await stranger.send('POST', '/sync', { Device: DEVICE, Push: [entry(Id, Op), entry(NOT_THERE, Op)] })).json<{ Results: object[] }>();
        expect(Results[0]).toEqual({ ...Results[1], ClientId: Id });
      }
      const after = await signIn(server, OWNER);
      expect((await after.send('GET', `/responses/${Id}`)).json()).toMatchObject({ version: 1 });
    });

    test('a questionnaire of another workspace cannot be answered', async () => {
      const stranger = await outsider();
      const Id = crypto.randomUUID();
      const [real, none] = [await stranger.send('PUT', `/responses/${Id}`, response(form)), await stranger.send('PUT', `/responses/${Id}`, response(NOT_THERE))];
      expect([real.statusCode, real.body]).toEqual([422, none.body]);
    });

    test('a cursor of another workspace, or of a wider view, is answered like one of nobody: from the start', async () => {
      const stranger = await outsider();
      const inside = await signIn(server, OWNER);
      const wide = v.parse(PullPage, (await inside.send('GET', '/responses?since=')).json()).Cursor;
      const collector = await signIn(server, anyone('Collector'));
      for (const client of [stranger, collector]) {
        const real = await client.send('GET', `/responses?since=${wide}`);
        const none = await client.send('GET', '/responses?since=bm9uZQ');
        expect(real.body).toBe(none.body);
        expect(real.json()).toMatchObject({ Reset: true });
      }
    });

    test('a stream hears nothing of another workspace, nor of what others in its own may see alone', async () => {
      const port = await server.listen({ host: '127.0.0.1', port: 0 });
      const url = `http://127.0.0.1:${port}`;
      const inside = await signIn(server, OWNER);
      const [stranger, collector, viewer] = [await outsider(), await signIn(server, anyone('Collector')), await signIn(server, anyone('Viewer'))];
      const streams = await Promise.all([stranger, collector, viewer].map(async ({ headers }) => (await EventListener.open(url, headers)).listener));
      await inside.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
      // What comes first after it is something that each of them may hear of.
      const strangersForm = putQuestionnaire(stranger);
      await putQuestionnaire(inside);
      await strangersForm;
      const [first, second, third] = await Promise.all(streams.map((stream) => stream.next()));
      expect([first, second, third]).toMatchObject([{ collection: 'questionnaires' }, { collection: 'questionnaires' }, { collection: 'responses' }]);
    });

    async function someOwnersResponse(): Promise<string> {
      const inside = await signIn(server, OWNER);
      return (await inside.send('PUT', `/responses/${crypto.randomUUID()}`, response(form))).json<{ ServerId: string }>().ServerId;
    }
  });
});
