/**
 * For tests of how people come and go: a server on either database, its owner, and somebody who comes by an invitation.
 */
import type { OutpostServer, ServerOptions } from '../index.ts';
import { Client, openServer, signInOwner } from './server.ts';
import { postgresServer } from './stores.ts';

export const DAY_MS = 24 * 60 * 60_000;
export const PHONE = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36';
export const PIA = { Name: 'Pia', Email: 'pia@example.org', Password: 'the password of Pia' };

/** Where a server keeps what it stores, as its options say. */
export type Where = () => Promise<Partial<ServerOptions>>;

/** For all tests of a file: each database, by its name. */
export function bothDatabases(): readonly (readonly [string, Where])[] {
  const postgres = postgresServer();
  return [
    ['SQLite', async () => ({})],
    ['PostgreSQL', async () => ({ databaseUrl: await postgres.createUrl() })],
  ];
}

export interface Opened {
  readonly server: OutpostServer;
  readonly owner: Client;
  readonly nobody: Client;
  readonly pass: (ms: number) => void;
}

/** Closed after the test; its time passes when it is told to. */
export async function openFor(where: Where): Promise<Opened> {
  let time = Date.now();
  const server = await openServer({ now: () => time, ...(await where()) });
  const owner = await signInOwner(server);
  return { server, owner, nobody: new Client(server, {}), pass: (ms: number) => void (time += ms) };
}

export async function invite({ owner }: Opened, about: object = {}): Promise<string> {
  const answer = await owner.send('POST', '/invitations', { Role: 'collector', Uses: 1, Days: 7, ...about });
  return answer.json<{ Token: string }>().Token;
}

/** Somebody who came by an invitation, signed in. */
export async function join(opened: Opened, person = PIA, about: object = {}): Promise<Client> {
  const answer = await opened.nobody.send('POST', '/invitations/join', { Token: await invite(opened, about), ...person }, { 'user-agent': PHONE });
  return new Client(opened.server, { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' });
}

export async function idOf({ owner }: Opened, name: string): Promise<string> {
  const { Members } = (await owner.send('GET', '/members')).json<{ Members: { Id: string; Name: string }[] }>();
  return Members.find(({ Name }) => Name === name)?.Id ?? '';
}

export async function actions({ owner }: Opened): Promise<string[]> {
  return (await owner.send('GET', '/audit?limit=200')).json<{ Entries: { Action: string }[] }>().Entries.map(({ Action }) => Action);
}
