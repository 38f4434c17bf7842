import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { Client, OWNER, openServer, signInMember, signInOwner, temporaryFolder } from '../testing/server.ts';
import { postgresServer } from '../testing/stores.ts';

const postgres = postgresServer();

test('a key is revoked by somebody else within one turn of the event loop: who asks after that is not answered with what was so before', async () => {
  const dataDir = temporaryFolder();
  const server = await openServer({ dataDir });
  await server.makeOwner(OWNER);
  const { accounts, people } = server;
  const owner = await accounts.firstOwner();
  const [workspace] = owner?.workspaces ?? [];
  if (owner === null || workspace === undefined) throw new Error('There is no owner.');
  const { Key } = await people.keys.create({ workspace: workspace.Id, account: owner.account.Id, role: 'owner' }, 'script', 'owner');
  expect(await accounts.byKey(Key, false)).toMatchObject({ account: { Name: OWNER.name } });

  const other = new Database(join(dataDir, 'accounts.sqlite'));
  onTestFinished(() => void other.close());
  const before = accounts.byKey(Key, false);
  other.exec('DELETE FROM api_keys');
  expect(await accounts.byKey(Key, false)).toBeNull();
  // Looked up together with that one.
  expect(await before).toBeNull();
});

test.each(['PostgreSQL', 'files'])('two servers on the same %s: who is removed by one is refused by the other with the next request', async (kind) => {
  const where = kind === 'files' ? { dataDir: temporaryFolder() } : { databaseUrl: await postgres.createUrl() };
  const [here, there] = [await openServer(where), await openServer(where)];
  const owner = await signInOwner(here);
  const max = await signInMember(here, owner);
  const elsewhere = new Client(there, max.headers);
  // Asked in the same turn, they are looked up together, and each is told apart.
  const both = await Promise.all([elsewhere, new Client(there, owner.headers), new Client(there, { cookie: 'outpost.session_token=none' })].map((each) => each.send('GET', '/session')));
  expect(both.map((answer) => answer.json<unknown>())).toMatchObject([{ Account: { Name: 'Max' }, Workspaces: [{ Role: 'collector' }] }, { Account: { Name: OWNER.name }, Workspaces: [{ Role: 'owner' }] }, { status: 401 }]);
  const { Members } = (await owner.send('GET', '/members')).json<{ Members: { Id: string; Role: string }[] }>();
  await owner.send('DELETE', `/members/${Members.find(({ Role }) => Role === 'collector')?.Id ?? ''}`);
  expect((await elsewhere.send('GET', '/session')).json()).toMatchObject({ status: 401, type: '/problems/removed' });
});
