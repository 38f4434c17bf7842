/**
 * Everybody who may come to a server, and what each of them gets of every route.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import type { Role } from '../../protocol/people.ts';
import { type OutpostServer, type ServerOptions, createServer } from '../index.ts';
import { Client, OWNER, QUESTIONNAIRE, putQuestionnaire, response, signIn, signInMember, signInOwner } from './server.ts';

/** The stranger is an owner, of another workspace. */
export const CALLERS = ['nobody', 'link', 'removed', 'key', 'collector', 'viewer', 'editor', 'owner', 'stranger'] as const;
export type Caller = (typeof CALLERS)[number];

export const NOT_THERE = 'nothing-of-this-name';

/** Somebody of this name, as they sign in. */
export const anyone = (name: string) => ({ name, email: `${name.toLowerCase()}@example.org`, password: 'a password of theirs' });

const Session = v.object({ Workspaces: v.array(v.object({ Id: v.string() })) });
const Members = v.object({ Members: v.array(v.object({ Id: v.string(), Name: v.string() })) });
const Devices = v.object({ Devices: v.array(v.object({ Id: v.string(), Current: v.boolean() })) });
const Stored = v.object({ ServerId: v.string() });

/** A server with two workspaces, of which one has everybody in it. */
export class Scene {
  readonly server: OutpostServer;
  readonly owner: Client;
  /** The questionnaire of their workspace. */
  readonly form: string;
  readonly callers: Readonly<Record<Caller, Client>>;
  /** The workspace of all but the stranger, and the stranger's. */
  readonly here: string;
  readonly there: string;
  /** The accounts of the owner, for whom the key speaks too, and of the stranger. */
  readonly accounts: { readonly owner: string; readonly stranger: string };
  readonly #colleague: Client;
  #count = 0;

  private constructor(made: Pick<Scene, 'server' | 'owner' | 'form' | 'callers' | 'here' | 'there' | 'accounts'>, colleague: Client) {
    ({ server: this.server, owner: this.owner, form: this.form, callers: this.callers, here: this.here, there: this.there, accounts: this.accounts } = made);
    this.#colleague = colleague;
  }

  /** Without a timer: a stream must hear nothing but what the tests do. */
  static async open({ every = () => () => {}, ...options }: Pick<ServerOptions, 'dataDir' | 'databaseUrl' | 'every'>): Promise<Scene> {
    const server = await createServer({ ...options, appDir: join(options.dataDir, 'no-app'), every });
    const owner = await signInOwner(server);
    const form = await putQuestionnaire(owner);
    const memberOf = (name: string, role: Role) => signInMember(server, owner, anyone(name), role);
    const theirs = await server.accounts.createOwner(anyone('Stranger'));
    const removed = await memberOf('Removed', 'owner');
    await owner.send('DELETE', `/members/${await idOf(owner, 'Removed')}`);
    const callers = {
      nobody: new Client(server, {}),
      link: new Client(server, { 'outpost-link': await made(owner, '/links', { Questionnaire: form, Limit: 'open', ClosesAt: null }, 'Token'), 'outpost-device': crypto.randomUUID() }),
      removed,
      key: new Client(server, { authorization: `Bearer ${await made(owner, '/keys', { Name: 'key' }, 'Key')}` }),
      collector: await memberOf('Collector', 'collector'),
      viewer: await memberOf('Viewer', 'viewer'),
      editor: await memberOf('Editor', 'editor'),
      owner,
      stranger: await signIn(server, anyone('Stranger')),
    };
    // The first use of a key is noted, the next ones are not.
    await callers.key.send('GET', '/session');
    const here = v.parse(Session, (await owner.send('GET', '/session')).json()).Workspaces[0]?.Id ?? '';
    const there = theirs?.workspaces[0]?.Id ?? '';
    const accounts = { owner: await idOf(owner, OWNER.name), stranger: theirs?.account.Id ?? '' };
    return new Scene({ server, owner, form, callers, here, there, accounts }, await memberOf('Colleague', 'collector'));
  }

  /** A field of what the owner makes by this. */
  made(path: string, body: object, field: string): Promise<string> {
    return made(this.owner, path, body, field);
  }

  async someMember(): Promise<string> {
    const person = anyone(`Member${(this.#count += 1)}`);
    await this.server.accounts.createMember(this.here, person);
    return idOf(this.owner, person.name);
  }

  /** The ServerId of a response of the colleague's. */
  async someResponse(): Promise<string> {
    return v.parse(Stored, (await this.#colleague.send('PUT', `/responses/${crypto.randomUUID()}`, response(this.form))).json()).ServerId;
  }

  /** The id of a session of the owner's, other than the one in use. */
  async someDevice(): Promise<string> {
    await signIn(this.server, OWNER);
    const { Devices: devices } = v.parse(Devices, (await this.owner.send('GET', '/devices')).json());
    return devices.find(({ Current }) => !Current)?.Id ?? '';
  }

  /** All that the owner can see of the workspace, but for the log and the devices. */
  async everything(): Promise<string> {
    const paths = ['/members', '/invitations', '/keys', '/links', '/questionnaires?since=', '/responses?since='];
    return JSON.stringify(await Promise.all(paths.map(async (path) => (await this.owner.send('GET', path)).json<unknown>())));
  }
}

async function made(owner: Client, path: string, body: object, field: string): Promise<string> {
  return String((await owner.send('POST', path, body)).json<Record<string, unknown>>()[field]);
}

async function idOf(owner: Client, name: string): Promise<string> {
  const { Members: members } = v.parse(Members, (await owner.send('GET', '/members')).json());
  return members.find((member) => member.Name === name)?.Id ?? '';
}

type Answers = Readonly<Record<Caller, number>>;
export interface Case {
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
const plain = (path: string, answers: Answers, body?: object): Case => ({ path: () => path, answers, ...(body === undefined ? {} : { body: () => body }) });

/** By route, as `GET /members`; more than one case where more than one thing decides. */
export function tableOf(scene: Scene): Readonly<Record<string, readonly Case[]>> {
  const { form, owner } = scene;
  const someMember = () => scene.someMember();
  const someResponse = () => scene.someResponse();
  return {
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
      { make: () => scene.made('/invitations', { Role: 'viewer', Uses: 1, Days: 1 }, 'Id'), missing: NOT_THERE, path: (id) => `/invitations/${id}`, answers: persons(204, ['owner'], 404) },
    ],
    'POST /invitations/look': [
      plain('/invitations/look', everybody(404), { Token: NO_TOKEN }),
      { make: () => scene.made('/invitations', { Role: 'viewer', Uses: 1, Days: 1 }, 'Token'), path: () => '/invitations/look', body: (Token) => ({ Token }), answers: everybody(200) },
    ],
    'POST /invitations/accept': [plain('/invitations/accept', signedIn(404, { key: 403 }), { Token: NO_TOKEN })],
    'POST /invitations/join': [plain('/invitations/join', everybody(404), { Token: NO_TOKEN, Name: 'N', Email: 'n@example.org', Password: 'a long password' })],
    'POST /password/look': [plain('/password/look', everybody(404), { Token: NO_TOKEN })],
    'POST /password': [plain('/password', everybody(404), { Token: NO_TOKEN, Password: 'a long password' })],

    'GET /devices': [plain('/devices', signedIn(200, { key: 403 }))],
    'DELETE /devices/:id': [{ make: () => scene.someDevice(), missing: NOT_THERE, path: (id) => `/devices/${id}`, answers: signedIn(404, { key: 403, owner: 204 }) }],
    'POST /keys': [
      plain('/keys', persons(201, ALL), { Name: 'one' }),
      plain('/keys', persons(201, ['owner']), { Name: 'one', Role: 'owner' }),
    ],
    'GET /keys': [plain('/keys', persons(200, ALL))],
    'DELETE /keys/:id': [{ make: () => scene.made('/keys', { Name: 'two' }, 'Id'), missing: NOT_THERE, path: (id) => `/keys/${id}`, answers: signedIn(404, { key: 403, owner: 204 }) }],

    'POST /links': [plain('/links', persons(201, ['editor', 'owner'], 404), { Questionnaire: form, Limit: 'open', ClosesAt: null })],
    'GET /links': [plain('/links', persons(200, ['editor', 'owner'])), plain(`/links?questionnaire=${form}`, persons(200, ['editor', 'owner']))],
    'DELETE /links/:id': [
      { make: () => scene.made('/links', { Questionnaire: form, Limit: 'open', ClosesAt: null }, 'Id'), missing: NOT_THERE, path: (id) => `/links/${id}`, answers: persons(204, ['editor', 'owner'], 404) },
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
}
