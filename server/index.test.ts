import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { StoreUnusable, createServer } from './index.ts';
import { openServer, temporaryFolder } from './testing/server.ts';

function newer(file: string): void {
  const database = new Database(file);
  database.pragma('user_version = 99');
  database.close();
}

test.each([
  ['records that are no database', 'outpost.sqlite', (file: string) => writeFileSync(file, 'no database at all'.repeat(100)), 'cannot be used'],
  ['accounts that are no database', 'accounts.sqlite', (file: string) => writeFileSync(file, 'x'.repeat(5_000)), 'cannot be used'],
  ['a folder where the database should be', 'outpost.sqlite', (file: string) => mkdirSync(file), 'cannot be used'],
  ['records of a newer Outpost', 'outpost.sqlite', newer, 'newer Outpost'],
  ['accounts of a newer Outpost', 'accounts.sqlite', newer, 'newer Outpost'],
  ['a damaged secret', 'secret', (file: string) => writeFileSync(file, 'short'), 'cannot be used'],
])('%s: the server does not start, and says which file it is', async (_, name, damage, message) => {
  const dataDir = temporaryFolder();
  damage(join(dataDir, name));
  const starting = createServer({ dataDir });
  await expect(starting).rejects.toThrow(StoreUnusable);
  await expect(starting).rejects.toThrow(join(dataDir, name));
  await expect(starting).rejects.toThrow(message);
});

test('the secret is made once, for the server’s user alone', async () => {
  const dataDir = temporaryFolder();
  await openServer({ dataDir });
  const { mode, mtimeMs } = statSync(join(dataDir, 'secret'));
  expect(mode & 0o777).toBe(0o600);
  await openServer({ dataDir });
  expect(statSync(join(dataDir, 'secret')).mtimeMs).toBe(mtimeMs);
});
