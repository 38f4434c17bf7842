import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { OWNER, openServer, temporaryFolder } from '../testing/server.ts';

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
