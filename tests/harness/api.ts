/**
 * What the server has, asked as any other client of its API would.
 */
import * as v from 'valibot';
import { BASE_PATH, CreatedKey } from '../../protocol/index.ts';
import { OWNER } from './server.ts';

/** A record as the plain pull gives it. */
const StoredRecord = v.looseObject({ id: v.string(), version: v.number() });
export type StoredRecord = v.InferOutput<typeof StoredRecord>;

export interface Api {
  /** All records of a collection. */
  all(collection: string): Promise<StoredRecord[]>;
  /** Makes a record or replaces it. @returns its ServerId */
  put(collection: string, id: string, attributes: unknown): Promise<string>;
}

const Put = v.object({ ServerId: v.string() });

/** Signs in as the owner and makes an API key, so that it needs no cookie afterwards. */
export async function apiOf(serverUrl: string): Promise<Api> {
  const session = await send(`${serverUrl}${BASE_PATH}/session`, { Email: OWNER.email, Password: OWNER.password }, { origin: serverUrl });
  const cookie = session.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  const created = await send(`${serverUrl}${BASE_PATH}/keys`, { Name: 'test' }, { cookie, origin: serverUrl });
  const { Key } = v.parse(CreatedKey, await created.json());
  return {
    async all(collection) {
      const answer = await fetch(`${serverUrl}${BASE_PATH}/${collection}`, { headers: { authorization: `Bearer ${Key}` } });
      if (!answer.ok) throw new Error(`GET ${collection}: ${answer.status} ${await answer.text()}`);
      return v.parse(v.array(StoredRecord), await answer.json());
    },
    async put(collection, id, attributes) {
      const answer = await send(`${serverUrl}${BASE_PATH}/${collection}/${id}`, attributes, { authorization: `Bearer ${Key}` }, 'PUT');
      return v.parse(Put, await answer.json()).ServerId;
    },
  };
}

async function send(url: string, body: unknown, headers: Record<string, string>, method = 'POST'): Promise<Response> {
  const answer = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}
