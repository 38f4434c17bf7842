/**
 * Whatever is asked of the routes that the document of the API names: an answer that the document allows, and where it is
 * a refusal, not a row that is another than before.
 */
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { HEADER, Problem, type Session, SyncAnswer } from '../../protocol/index.ts';
import { type MadeRequest, anyRequest } from '../testing/arbitrary.ts';
import { Client, OWNER, QUESTIONNAIRE, openServer, putQuestionnaire, response, signInMember, signInOwner, temporaryFolder } from '../testing/server.ts';
import type { ApiDocument } from './openapi.ts';

const RUNS = Number(process.env['OUTPOST_FUZZ_RUNS'] ?? 1_500);

async function openScene() {
  const dataDir = temporaryFolder();
  const server = await openServer({ dataDir, requestRates: null });
  const owner = await signInOwner(server);
  const member = await signInMember(server, owner);
  const form = await putQuestionnaire(owner);
  const own = crypto.randomUUID();
  const { ServerId } = (await member.send('PUT', `/responses/${own}`, response(form))).json<{ ServerId: string }>();
  const { Cursor } = (await owner.send('GET', '/responses?since=')).json<{ Cursor: string }>();
  const { Key } = (await owner.send('POST', '/keys', { Name: 'fuzz' })).json<{ Key: string }>();
  const program = new Client(server, { authorization: `Bearer ${Key}` });
  // The first use of a key is noted, the next ones are not.
  await program.send('GET', '/session');
  const { Account, Workspaces } = (await owner.send('GET', '/session')).json<Session>();
  const document = (await server.app.inject('/api/openapi.json')).json<ApiDocument>();
  return {
    server,
    document,
    known: { ids: [form, own, ServerId], cursors: [Cursor], headers: { [HEADER.account]: Account.Id, [HEADER.workspace]: Workspaces[0]?.Id ?? '', [HEADER.device]: crypto.randomUUID(), [HEADER.revision]: '3', [HEADER.base]: '0' } },
    models: [QUESTIONNAIRE, response(form), response(form, { depth: 13, colour: 'clear' }), { Email: OWNER.email, Password: 'wrong' }, batch(form), { ...response(form), id: own, version: 1 }],
    callers: [owner, member, program],
    strangers: [{}, { authorization: 'Bearer outpost_made-up' }, { cookie: 'outpost.session_token=made.up' }],
    written: watch(dataDir),
  };
}

function batch(form: string) {
  const about = { Collection: 'responses', Revision: 1, Base: 0 };
  const id = crypto.randomUUID();
  const Push = [
    { ...about, Id: id, Op: 'put', Attributes: response(form) },
    { ...about, Id: id, Revision: 2, Base: 1, Op: 'put', Attributes: { answers: { depth: 4 } }, Changed: ['answers.depth'] },
    { ...about, Id: crypto.randomUUID(), Op: 'delete' },
  ];
  return { Device: crypto.randomUUID(), Push, Pull: { responses: null } };
}

/** Whether anything was written since it was last asked: SQLite counts the commits of other connections. */
function watch(dataDir: string): () => boolean {
  const databases = ['outpost.sqlite', 'accounts.sqlite'].map((name) => new Database(join(dataDir, name), { readonly: true }));
  onTestFinished(() => databases.forEach((each) => each.close()));
  const read = (): string => databases.map((each) => String(each.pragma('data_version', { simple: true }))).join();
  let last = read();
  return () => {
    const before = last;
    last = read();
    return last !== before;
  };
}

test('anything at all, from anybody: never a failure of the server, every answer of the promised form, a refusal changes nothing', async () => {
  const { server, document, known, models, callers, strangers, written } = await openScene();
  const who = fc.constantFrom(...[1, 2, 3, 4].flatMap(() => callers.map(({ headers }) => headers)), ...strangers);
  const seen = new Map<string, number>();

  const ask = async ({ method, path, headers, body }: MadeRequest, credentials: Readonly<Record<string, string>>) => {
    const verb = v.parse(v.picklist(['GET', 'PUT', 'POST', 'DELETE']), method);
    const answer = await server.app.inject({ method: verb, url: path, headers: { ...headers, ...credentials }, ...(body === null ? {} : { payload: body }), payloadAsStream: true });
    const type = answer.headers['content-type'] ?? '';
    const isStream = type.startsWith('text/event-stream');
    const text = isStream ? '' : await textOf(answer.stream());
    if (isStream) answer.stream().destroy();
    return { status: answer.statusCode, type, text, protocol: answer.headers[HEADER.protocol] };
  };

  await fc.assert(
    fc.asyncProperty(anyRequest(document, known, models), who, async (request, credentials) => {
      written();
      // Whoever signs out could ask for nothing any more.
      const isSignOut = request.method === 'DELETE' && request.path.endsWith('/session');
      const { status, type, text, protocol } = await ask(request, isSignOut ? {} : credentials);
      seen.set(`${request.method} ${status}`, (seen.get(`${request.method} ${status}`) ?? 0) + 1);
      expect(status).toBeLessThan(500);
      expect(protocol).toBe('1');
      if (status >= 400) {
        expect(type).toBe('application/problem+json; charset=utf-8');
        expect(v.parse(v.pipe(v.string(), v.parseJson(), Problem), text)).toMatchObject({ status });
        expect(written()).toBe(false);
      }
      if (status === 200 && request.path.startsWith('/api/v1/sync')) {
        const { Results } = v.parse(v.pipe(v.string(), v.parseJson(), SyncAnswer), text);
        if (Results.every(({ Status }) => Status === 'rejected' || Status === 'conflict' || Status === 'gone')) expect(written()).toBe(false);
      }
    }),
    { numRuns: RUNS },
  );
  // It has got past the guards, and against each of them.
  for (const reached of ['PUT 200', 'POST 200', 'DELETE 200', 'GET 200', 'POST 201', 'PUT 400', 'PUT 401', 'PUT 404', 'PUT 422', 'POST 401', 'POST 415', 'GET 400', 'GET 404']) expect([...seen.keys()]).toContain(reached);
}, 300_000);

test('a page of another site, in the browser of somebody who is signed in, changes nothing by any route', async () => {
  const { server, document, callers, written, models } = await openScene();
  const cookie = callers[0]?.headers['cookie'] ?? '';
  const changing = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).filter((method) => method !== 'get').map((method) => ({ path, method })));
  expect(changing.length).toBeGreaterThan(5);
  for (const { path, method } of changing) {
    const url = path.replace('{collection}', 'responses').replace('{id}', crypto.randomUUID());
    for (const from of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      for (const payload of [...models, { Token: 'x', Name: 'x', Email: 'x@example.org', Password: 'long enough' }]) {
        written();
        const { statusCode } = await server.app.inject({ method: v.parse(v.picklist(['PUT', 'POST', 'DELETE']), method.toUpperCase()), url, headers: { host: 'localhost', cookie, ...from }, payload });
        // 404: a public link is in a header, which a page of another site cannot send, and not in a cookie.
        expect([method, path, [400, 403, 404].includes(statusCode), written()]).toEqual([method, path, true, false]);
      }
    }
  }
});

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(v.parse(v.instance(Uint8Array), chunk)));
  return Buffer.concat(chunks).toString();
}
