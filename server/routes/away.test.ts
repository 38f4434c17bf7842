/**
 * The PostgreSQL behind a server is away: whoever asks hears so, and when to come again, in a time that has an end.
 */
import postgres from 'postgres';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { POSTGRES_LOCK } from '../accounts/database.ts';
import { MAX_CONNECTIONS } from '../store/postgres/client.ts';
import { type Caller, Scene, tableOf } from '../testing/authorization.ts';
import { Clock } from '../testing/clock.ts';
import { type TestPostgres, startPostgres } from '../testing/postgres.ts';
import { aString, temporaryFolder, textLike } from '../testing/server.ts';

/** More than a query may take. */
const LONG_MS = 25_000;
/** An id or a token of nobody. */
const UNKNOWN = 'x'.repeat(43);
/** What is answered without the database. */
const WITHOUT = new Set(['GET /api/openapi.json', 'GET /api/docs', 'GET /api/docs.css', 'POST /welcome']);

async function openScene(url: (database: TestPostgres) => Promise<string>) {
  const database = await startPostgres();
  onTestFinished(() => database.stop(), 60_000);
  const clock = new Clock();
  const scene = await Scene.open({ dataDir: temporaryFolder(), databaseUrl: await url(database), every: clock.every });
  onTestFinished(() => scene.server.close(), 60_000);
  return { database, clock, scene };
}

const onOneHost = (database: TestPostgres) => database.createDatabase('away');
const onTwoHosts = async (database: TestPostgres) => (await onOneHost(database)).replace('/away', ',127.0.0.1:1/away');

/** Lets time pass until it is settled. */
async function inTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  const settled = work.then(() => true);
  const turn = () => new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  do clock.pass(LONG_MS);
  while (!(await Promise.race([settled, turn()])));
  return work;
}

/** Who signs out may find later that it was done all the same. */
function callerOf(name: string): Caller {
  if (name === 'DELETE /session') return 'editor';
  return name.includes('/form') ? 'link' : 'owner';
}

/** Every route, asked by somebody who would be admitted. */
async function askAll(scene: Scene) {
  const cases = Object.entries(tableOf(scene)).flatMap(([name, each]) => each.map((one) => ({ name, one })));
  return Promise.all(
    cases
      .filter(({ name }) => !WITHOUT.has(name))
      .map(async ({ name, one: { path, body } }) => {
        const { headers } = scene.callers[callerOf(name)];
        const method = v.parse(v.picklist(['GET', 'PUT', 'POST', 'DELETE']), name.split(' ')[0]);
        const url = `/api/v1${path(UNKNOWN)}`;
        const sent = body?.(UNKNOWN);
        const answer = await scene.server.app.inject({ method, url, headers, ...(sent === undefined ? {} : { payload: sent }) });
        return { name, status: answer.statusCode, type: answer.headers['content-type'], retryAfter: answer.headers['retry-after'], body: answer.json<object>() };
      }),
  );
}

const away = (name: string) => ({
  name,
  status: 503,
  type: 'application/problem+json; charset=utf-8',
  retryAfter: name === 'GET /health' ? undefined : textLike(/^\d+$/),
  body: { type: 'about:blank', title: 'Service Unavailable', status: 503, detail: aString },
});

/** Whether the owner is let in; not until the connections are there again. */
async function comesBack({ owner }: Scene): Promise<void> {
  for (;;) {
    const { statusCode } = await owner.send('GET', '/session');
    if (statusCode === 200) return;
    expect(statusCode).toBe(503);
  }
}

test('it hangs: every route says so once the time is over, and all go on when it does', async () => {
  const { database, clock, scene } = await openScene(onOneHost);
  const letGo = await database.freeze();
  onTestFinished(letGo);
  const answers = await inTime(clock, askAll(scene));
  expect(answers).toEqual(answers.map(({ name }) => away(name)));
  letGo();
  await comesBack(scene);
});

test('it is gone: every route says so', async () => {
  const { database, scene } = await openScene(onOneHost);
  await database.stop();
  const answers = await askAll(scene);
  expect(answers).toEqual(answers.map(({ name }) => away(name)));
});

test('all of several hosts are gone, which are tried for ever: every route says so once the time is over', async () => {
  const { database, clock, scene } = await openScene(onTwoHosts);
  await database.stop();
  const answers = await inTime(clock, askAll(scene));
  expect(answers).toEqual(answers.map(({ name }) => away(name)));
});

test('it stands still in the middle of transactions: they are undone once it goes on, and their connections are for the next', async () => {
  const { database, clock, scene } = await openScene(onOneHost);
  const operator = postgres(`postgres://postgres@127.0.0.1:${database.port}/away`, { max: 1 });
  onTestFinished(() => operator.end());
  const invite = async () => (await scene.owner.send('POST', '/invitations', { Role: 'viewer', Uses: 1, Days: 1 })).statusCode;
  const inviteAll = () => Promise.all(Array.from({ length: MAX_CONNECTIONS }, invite));
  await operator`SELECT pg_advisory_lock(${String(POSTGRES_LOCK)}::bigint)`;
  const givenUp = inviteAll();
  const isWaiting = async () => (await operator`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`).length === MAX_CONNECTIONS;
  while (!(await isWaiting()));
  expect(new Set(await inTime(clock, givenUp))).toEqual(new Set([503]));
  await operator`SELECT pg_advisory_unlock(${String(POSTGRES_LOCK)}::bigint)`;
  await comesBack(scene);
  expect(new Set([...(await inviteAll()), ...(await inviteAll())])).toEqual(new Set([201]));
  const { Invitations } = (await scene.owner.send('GET', '/invitations')).json<{ Invitations: object[] }>();
  expect(Invitations).toHaveLength(2 * MAX_CONNECTIONS);
});
