/**
 * Two servers on one PostgreSQL: whoever may listen no more is cut off also where another server has ended it. No time
 * passes here, so no beat does it.
 */
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { type OutpostServer, createServer } from '../index.ts';
import { Clock } from '../testing/clock.ts';
import { EventListener } from '../testing/listener.ts';
import { Client, putQuestionnaire, signIn, signInMember, signInOwner, temporaryFolder } from '../testing/server.ts';
import { postgresServer } from '../testing/stores.ts';

const database = postgresServer();
const MAX = { name: 'Max', email: 'max@example.org', password: 'another password' };

async function openServer(databaseUrl: string): Promise<OutpostServer> {
  const server = await createServer({ dataDir: temporaryFolder(), databaseUrl, every: new Clock().every });
  onTestFinished(() => server.close());
  return server;
}

async function setUp() {
  const url = await database.createUrl();
  const [here, there] = [await openServer(url), await openServer(url)];
  const owner = await signInOwner(here);
  const max = await signInMember(here, owner, MAX);
  const address = `http://127.0.0.1:${await there.listen({ host: '127.0.0.1', port: 0 })}`;
  const listen = async (client: Client) => (await EventListener.open(address, client.headers)).listener;
  const { Members } = (await owner.send('GET', '/members')).json<{ Members: { Id: string; Name: string }[] }>();
  const id = Members.find(({ Name }) => Name === MAX.name)?.Id ?? '';
  return { url, here, owner, max, id, listen };
}

type Scene = Awaited<ReturnType<typeof setUp>>;

const ENDS: readonly [string, (scene: Scene) => Promise<unknown>][] = [
  ['is removed', ({ owner, id }) => owner.send('DELETE', `/members/${id}`)],
  ['may do less', ({ owner, id }) => owner.send('PUT', `/members/${id}`, { Role: 'viewer' })],
  ['signs out', ({ max }) => max.send('DELETE', '/session')],
  [
    'is signed out from elsewhere',
    async ({ here, max }) => {
      const { Devices } = (await max.send('GET', '/devices')).json<{ Devices: { Id: string }[] }>();
      return (await signIn(here, MAX)).send('DELETE', `/devices/${Devices[0]?.Id ?? ''}`);
    },
  ],
  [
    'gets a new password',
    async ({ here, owner, id }) => {
      const { Token } = (await owner.send('POST', `/members/${id}/reset`)).json<{ Token: string }>();
      return new Client(here, {}).send('POST', '/password', { Token, Password: 'yet another password' });
    },
  ],
];

test.each(ENDS)('who %s at one server hears nothing more at the other, and everybody else does', async (_, end) => {
  const scene = await setUp();
  const [ended, other] = [await scene.listen(scene.max), await scene.listen(scene.owner)];
  await end(scene);
  await expect(ended.next()).rejects.toThrow('terminated');
  await putQuestionnaire(scene.owner);
  expect(await other.next()).toMatchObject({ kind: 'hint', collection: 'questionnaires' });
});

test('whose key is revoked at one server hears nothing more at the other', async () => {
  const { here, max, listen } = await setUp();
  const { Id, Key } = (await max.send('POST', '/keys', { Name: 'script' })).json<{ Id: string; Key: string }>();
  const ended = await listen(new Client(here, { authorization: `Bearer ${Key}` }));
  const other = await listen(max);
  await max.send('DELETE', `/keys/${Id}`);
  await expect(ended.next()).rejects.toThrow('terminated');
  await putQuestionnaire(await signIn(here, { email: 'olive@example.org', password: 'a long password' }));
  expect(await other.next()).toMatchObject({ kind: 'hint' });
});

test('the connection that hears of it is lost meanwhile: once it is there again, everybody is asked after', async () => {
  const { url, max, listen } = await setUp();
  const ended = await listen(max);
  const operator = postgres(url, { max: 1 });
  onTestFinished(() => operator.end());
  await operator`DELETE FROM session USING "user" WHERE "user".id = "userId" AND email = ${MAX.email}`;
  await operator`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen%'`;
  const untilItEnds = async (): Promise<never> => {
    for (;;) await ended.next();
  };
  await expect(untilItEnds()).rejects.toThrow('terminated');
});
