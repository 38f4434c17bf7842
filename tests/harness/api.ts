/**
 * What the server has, asked as any other client of its API would.
 */
import * as v from 'valibot';
import { BASE_PATH, PullPage } from '../../protocol/index.ts';
import { CreatedInvitation, CreatedKey, MemberList, type Role } from '../../protocol/people.ts';
import { OWNER } from './server.ts';

/** A record as the plain pull gives it. */
const StoredRecord = v.looseObject({ id: v.string(), version: v.number() });
export type StoredRecord = v.InferOutput<typeof StoredRecord>;

export interface Api {
  /** All records of a collection. */
  all(collection: string): Promise<StoredRecord[]>;
  /** Makes a record or replaces it. @returns its ServerId */
  put(collection: string, id: string, attributes: unknown): Promise<string>;
  remove(collection: string, id: string): Promise<void>;
  /** Every record with its tombstones, as a device that knows nothing yet pulls them. */
  changes(collection: string): Promise<PullPage['Changes']>;
}

interface Person {
  readonly email: string;
  readonly password: string;
}

async function cookieOf(serverUrl: string, { email, password }: Person): Promise<string> {
  const session = await send(`${serverUrl}${BASE_PATH}/session`, { Email: email, Password: password }, { origin: serverUrl });
  return session.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
}

/** Makes an invitation to the workspace of its owner. @returns the token of its link */
export async function invitationOf(serverUrl: string, owner: Person, role: Role): Promise<string> {
  const headers = { cookie: await cookieOf(serverUrl, owner), origin: serverUrl };
  const made = await send(`${serverUrl}${BASE_PATH}/invitations`, { Role: role, Uses: 1, Days: 1 }, headers);
  return v.parse(CreatedInvitation, await made.json()).Token;
}

/** Gives another role to whoever bears this e-mail address; null ends their membership. */
export async function changeMember(serverUrl: string, owner: Person, email: string, role: Role | null): Promise<void> {
  const headers = { cookie: await cookieOf(serverUrl, owner), origin: serverUrl };
  const { Members } = v.parse(MemberList, await (await fetch(`${serverUrl}${BASE_PATH}/members`, { headers })).json());
  const path = `${serverUrl}${BASE_PATH}/members/${Members.find(({ Email }) => Email === email)?.Id ?? ''}`;
  await (role === null ? send(path, undefined, headers, 'DELETE') : send(path, { Role: role }, headers, 'PUT'));
}

const Put = v.object({ ServerId: v.string() });

/** Signs in as the owner and makes an API key, so that it needs no cookie afterwards. */
export async function apiOf(serverUrl: string, person: Person = OWNER): Promise<Api> {
  const cookie = await cookieOf(serverUrl, person);
  const created = await send(`${serverUrl}${BASE_PATH}/keys`, { Name: 'test' }, { cookie, origin: serverUrl });
  const { Key } = v.parse(CreatedKey, await created.json());
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${serverUrl}${BASE_PATH}/${path}`, { headers: { authorization: `Bearer ${Key}` } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    all: async (collection) => v.parse(v.array(StoredRecord), await get(collection)),
    async put(collection, id, attributes) {
      const answer = await send(`${serverUrl}${BASE_PATH}/${collection}/${id}`, attributes, { authorization: `Bearer ${Key}` }, 'PUT');
      return v.parse(Put, await answer.json()).ServerId;
    },
    async remove(collection, id) {
      await send(`${serverUrl}${BASE_PATH}/${collection}/${id}`, undefined, { authorization: `Bearer ${Key}` }, 'DELETE');
    },
    async changes(collection) {
      const page = v.parse(PullPage, await get(`${collection}?since=`));
      if (page.More) throw new Error(`There are more than ${page.Changes.length} ${collection}.`);
      return page.Changes;
    },
  };
}

async function send(url: string, body: unknown, headers: Record<string, string>, method = 'POST'): Promise<Response> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers: { ...type, ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}
