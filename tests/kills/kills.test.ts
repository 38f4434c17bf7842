/**
 * Few kills of the real server; `npm run test:kills` has many, and looks at how long it takes to come again.
 */
import { expect, test } from 'vitest';
import { killOnPostgres, killOnSqlite } from './kills.ts';

test.each([
  ['SQLite', killOnSqlite],
  ['PostgreSQL', killOnPostgres],
])('killed under the load of 64 clients on %s: every acknowledged write is there, once, and no cursor goes past one', async (_, kill) => {
  const { unheard, cutOff, broken } = await kill({ kills: 5, clients: 64, seed: 1 });
  expect(broken.slice(0, 10)).toEqual([]);
  expect(cutOff.filter((underWay) => underWay > 0)).toHaveLength(5);
  expect(unheard).toBeGreaterThan(0);
}, 300_000);
