import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/server.ts';
import { openDatabase } from './schema.ts';

test('every commit is made durable: WAL, synchronous FULL', () => {
  const file = join(temporaryFolder(), 'x.sqlite');
  const database = openDatabase(file, []);
  expect([database.pragma('journal_mode', { simple: true }), database.pragma('synchronous', { simple: true })]).toEqual(['wal', 2]);
  database.close();
});
