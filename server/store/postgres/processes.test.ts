/**
 * Two server processes on one PostgreSQL.
 */
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import * as v from 'valibot';
import { Session } from '../../../protocol/index.ts';
import { failOver } from '../../testing/failover.ts';
import { EventListener } from '../../testing/listener.ts';
import { endProcess, startProcess } from '../../testing/processes.ts';
import { rush } from '../../testing/rush.ts';
import { OWNER, QUESTIONNAIRE } from '../../testing/server.ts';
import { postgresServer } from '../../testing/stores.ts';

const database = postgresServer();

async function startServer(url: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const running = await startProcess({ DATABASE_URL: url, ...env });
  onTestFinished(() => endProcess(running));
  return running.url;
}

test('who signs in at one server is signed in at the other, and hears there what is stored here', async () => {
  const url = await database.createUrl();
  const here = await startServer(url, { OUTPOST_OWNER_EMAIL: OWNER.email, OUTPOST_OWNER_PASSWORD: OWNER.password });
  const there = await startServer(url);
  const ask = (server: string, method: string, path: string, body: object | null, cookie = '') =>
    fetch(`${server}/api/v1${path}`, { method, headers: { cookie, ...(body === null ? {} : { 'content-type': 'application/json' }) }, body: body === null ? null : JSON.stringify(body) });
  const signedIn = await ask(here, 'POST', '/session', { Email: OWNER.email, Password: OWNER.password });
  const cookie = signedIn.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
  expect(v.parse(Session, await (await ask(there, 'GET', '/session', null, cookie)).json()).Account.Email).toBe(OWNER.email);

  const { listener, first } = await EventListener.open(there, { cookie });
  expect((await ask(here, 'PUT', `/questionnaires/${crypto.randomUUID()}`, QUESTIONNAIRE, cookie)).status).toBe(200);
  const hint = await listener.next();
  expect(hint).toMatchObject({ kind: 'hint', collection: 'questionnaires' });
  const since = (heard: unknown) => v.parse(v.object({ cursor: v.string() }), heard).cursor;
  const page: unknown = await (await ask(there, 'GET', `/questionnaires?since=${since(first[0])}`, null, cookie)).json();
  expect(page).toMatchObject({ Changes: [{ Attributes: QUESTIONNAIRE }], Cursor: since(hint) });
  expect((await ask(there, 'GET', '/health', null)).status).toBe(200);
});

test('the database is of a newer server, or cannot be reached: one line, and the process ends', async () => {
  const url = await database.createUrl();
  await startServer(url);
  const sql = postgres(url, { max: 1 });
  await sql`INSERT INTO account_format VALUES (99)`;
  await sql.end();
  await expect(startServer(url)).rejects.toThrow(/did not start: The database test\d+ at 127\.0\.0\.1:\d+ was written by a newer Outpost .*\n$/);
  await expect(startServer('postgres://127.0.0.1:1/outpost')).rejects.toThrow(/did not start: The database outpost at 127\.0\.0\.1:1 cannot be used: .*\n$/);
});

test('the primary is lost while 16 write: its standby takes its place, and every write that was acknowledged is there, once', async () => {
  expect(await failOver(16, 10)).toMatchObject({ acknowledged: 160, lost: 0, doubled: 0 });
});

test('16 writers at two servers, with resends and slow commits: nothing twice, and no cursor goes past a change', async () => {
  const { records, broken } = await rush({ writers: 16, goesOn: (batches) => batches < 4 });
  expect(broken.slice(0, 10)).toEqual([]);
  expect(records).toBe(16 * 4);
});
