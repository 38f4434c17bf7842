/**
 * The real server on the world's clock, over a database that is emptied between histories.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as v from 'valibot';
import { createServer } from '../../server/index.ts';
import type { Chance } from './chance.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

const OWNER = { name: 'Ann', email: 'ann@example.org', password: 'a long password' };
const MEMBER = { name: 'Ben', email: 'ben@example.org', password: 'another password' };

const FORM = {
  title: 'Wells',
  languages: ['en'],
  published: true,
  questions: ['tag', 'a', 'b'].map((name) => ({ name, type: 'text', label: name })),
};

/** Memory holds the files where there is a folder for that: nothing here crashes the machine. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export interface WorldServer {
  /** Ids of the two accounts. */
  readonly accounts: readonly [string, string];
  /** Forgets all records and begins a history. @returns the id of the questionnaire that is there again */
  begin(now: () => number, chance: Chance): Promise<string>;
  /** A request of a browser in which this account is signed in; null for nobody. */
  serve(request: WireRequest, account: string | null): Promise<WireAnswer>;
  /** What is stored of this account's own. */
  records(account: string): Promise<readonly StoredResponse[]>;
  close(): Promise<void>;
}

const StoredResponse = v.looseObject({ id: v.string(), version: v.number(), answers: v.record(v.string(), v.string()) });
export type StoredResponse = v.InferOutput<typeof StoredResponse>;

const Session = v.object({ Account: v.object({ Id: v.string() }), Workspaces: v.array(v.object({ Id: v.string() })) });
const CreatedKey = v.object({ Key: v.string() });
const Put = v.object({ ServerId: v.string() });

export async function openWorldServer(): Promise<WorldServer> {
  const dataDir = mkdtempSync(join(FOLDERS, 'outpost-world-'));
  let now = Date.now;
  let chance: Chance | null = null;
  const server = await createServer({
    dataDir,
    now: () => now(),
    every: () => () => {},
    // Each history begins at the same time again: rates would count those before it.
    requestRates: null,
    randomBytes: (size) => {
      if (chance === null) throw new Error('No history has begun.');
      return chance.bytes(size);
    },
  });
  const direct = new Database(join(dataDir, 'outpost.sqlite'));
  const tables = v.parse(v.array(v.object({ name: v.string() })), direct.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all());

  async function ask(method: 'GET' | 'POST' | 'PUT', path: string, headers: Record<string, string>, body?: object): Promise<object> {
    const answer = await server.app.inject({ method, url: `/api/v1${path}`, headers, ...(body === undefined ? {} : { payload: body }) });
    if (answer.statusCode >= 300) throw new Error(`${method} ${path} was answered with ${answer.statusCode}: ${answer.body}`);
    return { ...v.parse(v.looseObject({}), answer.json()), cookie: answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ') };
  }

  async function signIn({ email, password }: typeof OWNER): Promise<{ id: string; workspace: string; key: string }> {
    const session = await ask('POST', '/session', {}, { Email: email, Password: password });
    const { Account, Workspaces } = v.parse(Session, session);
    const { cookie } = v.parse(v.object({ cookie: v.string() }), session);
    const { Key } = v.parse(CreatedKey, await ask('POST', '/keys', { cookie }, { Name: 'world' }));
    return { id: Account.Id, workspace: Workspaces[0]?.Id ?? '', key: Key };
  }

  chance = new (await import('./chance.ts')).Chance(0);
  await server.makeOwner(OWNER);
  const ann = await signIn(OWNER);
  await server.accounts.createMember(ann.workspace, MEMBER);
  const ben = await signIn(MEMBER);
  const bearer = (account: string): Record<string, string> => ({ authorization: `Bearer ${account === ann.id ? ann.key : ben.key}` });

  return {
    accounts: [ann.id, ben.id],
    async begin(clock, itsChance) {
      now = clock;
      chance = itsChance;
      for (const { name } of tables) direct.prepare(`DELETE FROM ${name}`).run();
      const stored = await ask('PUT', `/questionnaires/${chance.uuid()}`, bearer(ann.id), FORM);
      return v.parse(Put, stored).ServerId;
    },
    async serve({ method, path, headers, body }, account) {
      const verb = v.parse(v.picklist(['GET', 'PUT', 'POST', 'DELETE']), method);
      const answer = await server.app.inject({
        method: verb,
        // Pages of a few changes, so that a pull has many of them.
        url: path.includes('?since=') ? `${path}&limit=3` : path,
        headers: { ...headers, ...(account === null ? {} : bearer(account)) },
        ...(body === null ? {} : { payload: body }),
      });
      const given = Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
      return { status: answer.statusCode, headers: v.parse(v.record(v.string(), v.string()), Object.fromEntries(given)), body: answer.body };
    },
    async records(account) {
      const answer = await server.app.inject({ method: 'GET', url: '/api/v1/responses?own=1', headers: bearer(account) });
      return v.parse(v.array(StoredResponse), answer.json());
    },
    async close() {
      direct.close();
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
