import { once } from 'node:events';
import { connect } from 'node:net';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { Client, OWNER, edit, openServer, putQuestionnaire, response, signInOwner, temporaryFolder, aString, having, textLike } from '../testing/server.ts';
import { StoreUnavailable } from '../store/store.ts';
import { describeError } from './log.ts';

function openLog() {
  const lines: string[] = [];
  return { lines, stream: { write: (line: string) => void lines.push(line) }, read: () => lines.map((line): unknown => JSON.parse(line)) };
}

const aNumber: unknown = expect.any(Number);
const ANSWER = 'swordfish 4711';
const NUMBER = 471_147_114_711;

test('nothing that people write, are called or get in with is logged, at the most talkative level, whatever goes wrong', async () => {
  const log = openLog();
  let failing: Error | null = null;
  const onCommitted = () => (failing === null ? undefined : Promise.reject(failing));
  const server = await openServer({ dataDir: temporaryFolder(), log: { level: 'debug', stream: log.stream }, onCommitted });
  const owner = await signInOwner(server);
  const form = await putQuestionnaire(owner);
  const { Key } = (await owner.send('POST', '/keys', { Name: 'a key of Olive' })).json<{ Key: string }>();
  const program = new Client(server, { authorization: `Bearer ${Key}` });
  const full = response(form, { depth: 3, colour: ANSWER });
  const put = (body: unknown) => program.send('PUT', `/responses/${crypto.randomUUID()}`, body, edit(crypto.randomUUID(), 1, 0));

  await put(full);
  await put(`{"colour": "${ANSWER}" ${ANSWER}`);
  await put({ ...full, answers: { depth: ANSWER } });
  await program.send('GET', `/responses?since=${encodeURIComponent(ANSWER)}`);
  await program.send('GET', `/${encodeURIComponent(ANSWER)}/${encodeURIComponent(ANSWER)}`);
  await new Client(server, {}).send('POST', '/session', { Email: OWNER.email, Password: `${ANSWER}!` });
  const refused = Object.assign(new Error(`Key (email)=(${OWNER.email}) holds "${ANSWER}"`), { detail: ANSWER, parameters: [ANSWER], code: '23505' });
  const unreadable = errorOf(() => v.parse(v.object({ depth: v.string() }), { depth: NUMBER }));
  for (const error of [refused, new StoreUnavailable(`could not write '${ANSWER}'`, { cause: refused }), unreadable]) {
    failing = error;
    expect((await put(full)).statusCode).toBeGreaterThanOrEqual(500);
    expect((await program.send('POST', '/sync', { Device: crypto.randomUUID(), Push: [{ Collection: 'responses', Id: crypto.randomUUID(), Revision: 1, Base: 0, Op: 'put', Attributes: full }] })).statusCode).toBe(200);
  }

  const all = log.lines.join('');
  expect(log.lines.length).toBeGreaterThan(15);
  expect(all).toContain('"level":"error"');
  const secrets = [ANSWER, String(NUMBER), 'swordfish', OWNER.email, 'olive', OWNER.password, Key, 'a key of Olive', ...(owner.headers['cookie'] ?? '').split(/[=;]/).filter((part) => part.length > 20), form];
  for (const secret of secrets) expect(all).not.toContain(secret);
});

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('Nothing was thrown.');
}

test('one line for each answer: what was asked by its kind, how it ended, and under which id', async () => {
  const log = openLog();
  const server = await openServer({ log: { level: 'info', stream: log.stream } });
  const answer = await new Client(server, {}).send('GET', '/responses/abc?own=1', undefined, { 'x-request-id': 'of-the-proxy-17' });
  expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([401, 'of-the-proxy-17']);
  await server.app.close();
  expect(log.read()).toEqual([
    { level: 'info', time: aString, request: 'of-the-proxy-17', method: 'GET', route: '/api/v1/:collection/:id', status: 401, durationMs: aNumber, msg: 'answered' },
  ]);
});

test('an id that could forge a line, or none, is replaced by one that nobody had before', async () => {
  const server = await openServer();
  const idOf = async (headers: Record<string, string>) => String((await new Client(server, {}).send('GET', '/health', undefined, headers)).headers['x-request-id']);
  const ids = [await idOf({}), await idOf({}), await idOf({ 'x-request-id': 'x","level":"fatal' }), await idOf({ 'x-request-id': 'short' })];
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[\da-f-]{36}$/);
});

test('a request that is no HTTP gets an answer, and its words no line', async () => {
  const log = openLog();
  const server = await openServer({ log: { level: 'info', stream: log.stream } });
  const socket = connect(await server.listen({ host: '127.0.0.1', port: 0 }), '127.0.0.1');
  socket.resume().write(`${ANSWER}\r\n\r\n`);
  await once(socket, 'close');
  expect(log.lines.join('')).not.toContain(ANSWER);
});

test('an error keeps its kind, its code, where it was thrown and why', () => {
  const error = Object.assign(new StoreUnavailable('The database could not write (SQLITE_FULL).', { cause: new TypeError('no "room"') }), { code: 'FULL' });
  expect(describeError(error)).toEqual(having({
    type: 'StoreUnavailable',
    message: 'The database could not write (SQLITE_FULL).',
    code: 'FULL',
    stack: textLike(/^at .*log\.test\.ts/),
    cause: having({ type: 'TypeError', message: 'no "…"' }),
  }));
  expect(describeError('thrown').message).toBe('Something that is no error was thrown.');
});
