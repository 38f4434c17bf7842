/**
 * Every route of the server × everybody who may come. The routes are those that Fastify was told of: one that has no entry
 * here fails.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { PullPage } from '../protocol/index.ts';
import type { Role } from '../protocol/people.ts';
import { createServer } from './index.ts';
import { EventListener } from './testing/listener.ts';
import { Client, type Method, OWNER, QUESTIONNAIRE, edit, putQuestionnaire, response, signIn, signInMember, signInOwner } from './testing/server.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'outpost-server-'));
// No timer runs: a stream must hear nothing but what these tests do.
const server = await createServer({ dataDir, appDir: join(dataDir, 'no-app'), every: () => () => {} });
afterAll(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const owner = await signInOwner(server);
const form = await putQuestionnaire(owner);
const anyone = (name: string) => ({ name, email: `${name.toLowerCase()}@example.org`, password: 'a password of theirs' });
const memberOf = (name: string, role: Role) => signInMember(server, owner, anyone(name), role);
const theirs = await server.accounts.createOwner(anyone('Stranger'));
const removed = await memberOf('Removed', 'owner');
await owner.send('DELETE', `/members/${await idOf('Removed')}`);
const colleague = await memberOf('Colleague', 'collector');

/** Everybody who may come. The stranger is an owner, of another workspace. */
const callers = {
  nobody: new Client(server, {}),
  link: new Client(server, { 'outpost-link': await made('/links', { Questionnaire: form, Limit: 'open', ClosesAt: null }, 'Token'), 'outpost-device': crypto.randomUUID() }),
  removed,
  key: new Client(server, { authorization: `Bearer ${await made('/keys', { Name: 'key' }, 'Key')}` }),
  collector: await memberOf('Collector', 'collector'),
  viewer: await memberOf('Viewer', 'viewer'),
  editor: await memberOf('Editor', 'editor'),
  owner,
  stranger: await signIn(server, anyone('Stranger')),
} as const;
type Caller = keyof typeof callers;
const CALLERS = v.parse(v.array(v.picklist(['nobody', 'link', 'removed', 'key', 'collector', 'viewer', 'editor', 'owner', 'stranger'])), Object.keys(callers));

const here = await workspaceOf(owner);
const there = theirs?.workspaces[0]?.Id ?? '';

/** A field of what the owner makes by this. */
async function made(path: string, body: object, field: string): Promise<string> {
  return String((await owner.send('POST', path, body)).json<Record<string, unknown>>()[field]);
}

async function idOf(name: string): Promise<string> {
  const { Members } = (await owner.send('GET', '/members')).json<{ Members: { Id: string; Name: string }[] }>();
  return Members.find((member) => member.Name === name)?.Id ?? '';
}

async function workspaceOf(client: Client): Promise<string> {
  return (await client.send('GET', '/session')).json<{ Workspaces: { Id: string }[] }>().Workspaces[0]?.Id ?? '';
}

let count = 0;
async function someMember(): Promise<string> {
  const person = anyone(`Member${(count += 1)}`);
  await server.accounts.createMember(here, person);
  return idOf(person.name);
}

/** The ServerId of a response of the colleague's. */
async function someResponse(): Promise<string> {
  return (await colleague.send('PUT', `/responses/${crypto.randomUUID()}`, response(form))).json<{ ServerId: string }>().ServerId;
}

/** The id of a session of the owner's, other than the one in use. */
async function someDevice(): Promise<string> {
  await signIn(server, OWNER);
  const { Devices } = (await owner.send('GET', '/devices')).json<{ Devices: { Id: string; Current: boolean }[] }>();
  return Devices.find(({ Current }) => !Current)?.Id ?? '';
}

type Answers = Readonly<Record<Caller, number>>;
interface Case {
  readonly path: (id: string) => string;
  readonly body?: (id: string) => object;
  readonly answers: Answers;
  /** Makes what the path names, in our workspace, anew for each caller. */
  readonly make?: () => Promise<string>;
  /** What it would be called if it were not there. */
  readonly missing?: string;
}

const everybody = (status: number): Answers => ({ nobody: status, link: status, removed: status, key: status, collector: status, viewer: status, editor: status, owner: status, stranger: status });
/** Whoever has no session gets a 401, whoever has one this. */
const signedIn = (status: number, but: Partial<Answers> = {}): Answers => ({ ...everybody(status), nobody: 401, link: 401, removed: 401, ...but });
/** Only persons of these roles; a key may not. The stranger is an owner too, of what is theirs. */
const persons = (status: number, roles: readonly Role[], stranger: number = status): Answers => ({
  ...signedIn(403),
  ...Object.fromEntries(roles.map((role) => [role, status])),
  stranger,
});

const NO_TOKEN = 'x'.repeat(43);
const ALL: readonly Role[] = ['collector', 'viewer', 'editor', 'owner'];
const NOT_THERE = 'nothing-of-this-name';
const plain = (path: string, answers: Answers, body?: object): Case => ({ path: () => path, answers, ...(body === undefined ? {} : { body: () => body }) });

const TABLE: Readonly<Record<string, readonly Case[]>> = {
  'GET /health': [plain('/health', everybody(200))],
  'GET /ready': [plain('/ready', everybody(200))],
  'GET /api/openapi.json': [plain('/api/openapi.json', everybody(200))],
  'GET /api/docs': [plain('/api/docs', everybody(200))],
  'GET /api/docs.css': [plain('/api/docs.css', everybody(200))],
  'POST /session': [plain('/session', everybody(401), { Email: 'no@example.org', Password: 'wrong' })],
  'GET /session': [plain('/session', signedIn(200))],
  'DELETE /session': [plain('/session', { ...everybody(204) })],
  'POST /welcome': [plain('/welcome', everybody(403), { Token: 'guessed', Name: 'N', Email: 'n@example.org', Password: 'a long password' })],

  'GET /members': [plain('/members', persons(200, ['owner']))],
  'PUT /members/:id': [{ make: someMember, missing: NOT_THERE, path: (id) => `/members/${id}`, body: () => ({ Role: 'viewer' }), answers: persons(204, ['owner'], 404) }],
  'DELETE /members/:id': [{ make: someMember, missing: NOT_THERE, path: (id) => `/members/${id}`, answers: persons(204, ['owner'], 404) }],
  'POST /members/:id/reset': [{ make: someMember, missing: NOT_THERE, path: (id) => `/members/${id}/reset`, answers: persons(201, ['owner'], 404) }],

  'POST /invitations': [plain('/invitations', persons(201, ['owner']), { Role: 'collector', Uses: 1, Days: 1 })],
  'GET /invitations': [plain('/invitations', persons(200, ['owner']))],
  'DELETE /invitations/:id': [
    { make: () => made('/invitations', { Role: 'viewer', Uses: 1, Days: 1 }, 'Id'), missing: NOT_THERE, path: (id) => `/invitations/${id}`, answers: persons(204, ['owner'], 404) },
  ],
  'POST /invitations/look': [
    plain('/invitations/look', everybody(404), { Token: NO_TOKEN }),
    { make: () => made('/invitations', { Role: 'viewer', Uses: 1, Days: 1 }, 'Token'), path: () => '/invitations/look', body: (Token) => ({ Token }), answers: everybody(200) },
  ],
  'POST /invitations/accept': [plain('/invitations/accept', signedIn(404, { key: 403 }), { Token: NO_TOKEN })],
  'POST /invitations/join': [plain('/invitations/join', everybody(404), { Token: NO_TOKEN, Name: 'N', Email: 'n@example.org', Password: 'a long password' })],
  'POST /password/look': [plain('/password/look', everybody(404), { Token: NO_TOKEN })],
  'POST /password': [plain('/password', everybody(404), { Token: NO_TOKEN, Password: 'a long password' })],

  'GET /devices': [plain('/devices', signedIn(200, { key: 403 }))],
  'DELETE /devices/:id': [{ make: someDevice, missing: NOT_THERE, path: (id) => `/devices/${id}`, answers: signedIn(404, { key: 403, owner: 204 }) }],
  'POST /keys': [
    plain('/keys', persons(201, ALL), { Name: 'one' }),
    plain('/keys', persons(201, ['owner']), { Name: 'one', Role: 'owner' }),
  ],
  'GET /keys': [plain('/keys', persons(200, ALL))],
  'DELETE /keys/:id': [{ make: () => made('/keys', { Name: 'two' }, 'Id'), missing: NOT_THERE, path: (id) => `/keys/${id}`, answers: signedIn(404, { key: 403, owner: 204 }) }],

  'POST /links': [plain('/links', persons(201, ['editor', 'owner'], 404), { Questionnaire: form, Limit: 'open', ClosesAt: null })],
  'GET /links': [plain('/links', persons(200, ['editor', 'owner'])), plain(`/links?questionnaire=${form}`, persons(200, ['editor', 'owner']))],
  'DELETE /links/:id': [
    { make: () => made('/links', { Questionnaire: form, Limit: 'open', ClosesAt: null }, 'Id'), missing: NOT_THERE, path: (id) => `/links/${id}`, answers: persons(204, ['editor', 'owner'], 404) },
  ],
  'GET /form': [plain('/form', { ...everybody(404), link: 200 })],
  'PUT /form/:id': [{ make: async () => crypto.randomUUID(), path: (id) => `/form/${id}`, body: () => response(form), answers: { ...everybody(404), link: 200 } }],

  'GET /audit': [plain('/audit', persons(200, ['owner']))],
  'POST /exports': [plain('/exports', persons(204, ['owner', 'viewer']), { Questionnaire: form, Count: 1 })],

  'POST /sync': [plain('/sync', signedIn(200), { Device: crypto.randomUUID() })],
  'GET /events': [plain('/events', signedIn(200))],
  'GET /:collection': [plain('/responses', signedIn(200)), plain('/questionnaires?since=', signedIn(200)), plain('/invented', signedIn(404))],
  'GET /:collection/:id': [
    { make: someResponse, missing: NOT_THERE, path: (id) => `/responses/${id}`, answers: signedIn(200, { collector: 404, editor: 404, stranger: 404 }) },
    { make: async () => form, missing: NOT_THERE, path: (id) => `/questionnaires/${id}`, answers: signedIn(200, { stranger: 404 }) },
  ],
  'PUT /:collection/:id': [
    { make: someResponse, missing: NOT_THERE, path: (id) => `/responses/${id}`, body: () => response(form, { depth: 1 }), answers: signedIn(404, { owner: 200, key: 200, viewer: 403 }) },
    { make: () => putQuestionnaire(owner), missing: NOT_THERE, path: (id) => `/questionnaires/${id}`, body: () => ({ ...QUESTIONNAIRE, title: 'Springs' }), answers: signedIn(403, { owner: 200, key: 200, editor: 200, stranger: 404 }) },
  ],
  'DELETE /:collection/:id': [
    { make: someResponse, missing: NOT_THERE, path: (id) => `/responses/${id}`, answers: signedIn(404, { owner: 200, key: 200, viewer: 403 }) },
    { make: () => putQuestionnaire(owner), missing: NOT_THERE, path: (id) => `/questionnaires/${id}`, answers: signedIn(403, { owner: 200, key: 200, editor: 200, stranger: 404 }) },
  ],
};

/** `GET /api/v1/x` as the table names it. */
const nameOf = ({ method, url }: { readonly method: string; readonly url: string }): string => `${method} ${url.replace(/^\/api\/v1/, '')}`;
const ROUTES = [...new Set(server.routes.map(nameOf))];
const Verb = v.picklist(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);

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

/** All that the owner can see of the workspace, but for the log and the devices. */
async function everything(): Promise<string> {
  const paths = ['/members', '/invitations', '/keys', '/links', '/questionnaires?since=', '/responses?since='];
  return JSON.stringify(await Promise.all(paths.map(async (path) => (await owner.send('GET', path)).json<unknown>())));
}

test('every route has its entry, and every entry its route', () => {
  const known = Object.keys(TABLE).flatMap((name) => (name.startsWith('GET ') && name !== 'GET /events' ? [name, name.replace('GET', 'HEAD')] : [name]));
  expect(new Set(ROUTES)).toEqual(new Set(known));
});

// Signing out comes last, since it ends the sessions of this file.
const ORDER = Object.keys(TABLE).toSorted((a, b) => Number(a === 'DELETE /session') - Number(b === 'DELETE /session'));

describe.each(ORDER)('%s', (name) => {
  const [verb = ''] = name.split(' ');
  const method = v.parse(Verb, verb);
  const cases = TABLE[name] ?? [];

  test('each caller gets what the table says, and who is refused changes nothing', async () => {
    for (const { answers, body, make = async () => '', path } of cases) {
      const asked = async (caller: Caller, id: string): Promise<void> => {
        const answer = await ask(callers[caller], method, path(id), body?.(id));
        expect({ caller, path: path(id), status: answer.status }).toEqual({ caller, path: path(id), status: answers[caller] });
      };
      const id = await make();
      const before = await everything();
      for (const caller of CALLERS.filter((one) => answers[one] >= 400)) await asked(caller, id);
      expect(await everything()).toBe(before);
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
      for (const [caller, foreign] of [['stranger', here], ['owner', there], ['key', there]] as const) {
        const [id, other] = [await make(), await make()];
        const real = await ask(callers[caller], method, path(id), body?.(id), { 'outpost-workspace': foreign });
        const none = await ask(callers[caller], method, path(other), body?.(other), { 'outpost-workspace': 'nowhere' });
        expect({ caller, ...real }).toEqual({ caller, ...none, body: none.body.replaceAll(other, id) });
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
