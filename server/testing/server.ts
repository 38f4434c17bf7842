/**
 * For tests: a server in a folder of its own, an owner, and requests in few words.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, expect, onTestFinished } from 'vitest';
import type { Role } from '../../protocol/people.ts';
import { type OutpostServer, type ServerOptions, createServer } from '../index.ts';

export const OWNER = { name: 'Olive', email: 'olive@example.org', password: 'a long password' };
const MEMBER = { name: 'Max', email: 'max@example.org', password: 'another password' };

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-server-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server for all tests of a file, with its owner signed in and a questionnaire: each test looks only at what changed since it began. */
export async function openSharedServer() {
  const dataDir = mkdtempSync(join(tmpdir(), 'outpost-server-'));
  const server = await createServer({ dataDir });
  afterAll(async () => {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const owner = await signInOwner(server);
  return { server, owner, form: await putQuestionnaire(owner) };
}

/** A server that is closed after the test. */
export async function openServer(options: Partial<ServerOptions> = {}): Promise<OutpostServer> {
  const server = await createServer({ dataDir: temporaryFolder(), ...options });
  onTestFinished(() => server.close());
  return server;
}

export type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';

/** Requests of one account. */
export class Client {
  readonly #server: OutpostServer;
  readonly headers: Readonly<Record<string, string>>;

  constructor(server: OutpostServer, headers: Readonly<Record<string, string>>) {
    this.#server = server;
    this.headers = headers;
  }

  send(method: Method, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    const request: InjectOptions = { method, url: `/api/v1${url}`, headers: { ...this.headers, ...headers } };
    if (body === undefined) return this.#server.app.inject(request);
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return this.#server.app.inject({ ...request, payload, headers: { 'content-type': 'application/json', ...request.headers } });
  }
}

export async function signIn(server: OutpostServer, { email, password }: { readonly email: string; readonly password: string }): Promise<Client> {
  const answer = await new Client(server, {}).send('POST', '/session', { Email: email, Password: password });
  if (answer.statusCode !== 200) throw new Error(`Sign-in was answered with ${answer.statusCode}: ${answer.body}`);
  return new Client(server, { cookie: answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ') });
}

/** The owner of a new server, signed in. */
export async function signInOwner(server: OutpostServer): Promise<Client> {
  await server.makeOwner(OWNER);
  return signIn(server, OWNER);
}

/** A member of the owner's workspace, signed in. */
export async function signInMember(server: OutpostServer, owner: Client, member = MEMBER, role: Role = 'collector'): Promise<Client> {
  const session = (await owner.send('GET', '/session')).json<{ Workspaces: { Id: string }[] }>();
  await server.accounts.createMember(session.Workspaces[0]?.Id ?? '', member, role);
  return signIn(server, member);
}

/** A questionnaire with one required question, which is quick to answer. */
export const QUESTIONNAIRE = {
  title: 'Wells',
  languages: ['en'],
  published: true,
  questions: [
    { name: 'depth', type: 'integer', label: 'How deep is it?', required: true, constraint: '. >= 0', constraint_message: 'At least 0.' },
    { name: 'colour', type: 'text', label: 'What colour is the water?' },
    { name: 'smell', type: 'text', label: 'What does it smell of?' },
  ],
};

/** Stores the questionnaire and returns its ServerId. */
export async function putQuestionnaire(owner: Client): Promise<string> {
  const answer = await owner.send('PUT', `/questionnaires/${crypto.randomUUID()}`, QUESTIONNAIRE);
  return answer.json<{ ServerId: string }>().ServerId;
}

/** A response to it that breaks no rule. */
export function response(questionnaireId: string, answers: Record<string, unknown> = { depth: 12 }) {
  return { questionnaireId, questionnaireVersion: 1, answers, startedAt: '2026-11-22T09:00:00+13:00', endedAt: '2026-11-22T09:10:00+13:00' };
}

/** Headers of an edit by a device that counts. */
export function edit(device: string, revision: number, base: number): Record<string, string> {
  return { 'outpost-device': device, 'outpost-revision': String(revision), 'outpost-base': String(base) };
}

/** Vitest's matchers, which are typed `any`, as something that only stands for a value. */
export const aString: unknown = expect.any(String);
export const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const textWith = (part: string): unknown => expect.stringContaining(part);
export const having = (part: object): unknown => expect.objectContaining(part);
