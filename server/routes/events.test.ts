import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import type { OutpostServer, ServerOptions } from '../index.ts';
import { HEARTBEAT_MS, MAX_STREAMS } from '../live/hints.ts';
import { StoreUnavailable } from '../store/store.ts';
import { Clock } from '../testing/clock.ts';
import { EventListener } from '../testing/listener.ts';
import { type Client, edit, openServer, putQuestionnaire, response, signIn, signInMember, signInOwner } from '../testing/server.ts';

const DEVICE = '33333333-3333-4333-8333-333333333333';

async function setUp(options: Partial<ServerOptions> = {}) {
  const clock = new Clock();
  const server = await openServer({ every: clock.every, ...options });
  const url = `http://127.0.0.1:${await server.listen({ host: '127.0.0.1', port: 0 })}`;
  const owner = await signInOwner(server);
  const form = await putQuestionnaire(owner);
  const listen = async (client: Client, query = '') => (await EventListener.open(url, client.headers, query)).listener;
  return { clock, server, url, owner, form, listen };
}

async function signInNeighbour(server: OutpostServer): Promise<Client> {
  const neighbour = { name: 'Nell', email: 'nell@example.org', password: 'yet another password' };
  await server.accounts.createOwner(neighbour);
  return signIn(server, neighbour);
}

async function pullCursor(client: Client, collection: string, query = ''): Promise<string> {
  const answer = await client.send('GET', `/${collection}?since=${query}`);
  return answer.json<{ Cursor: string }>().Cursor;
}

describe('a commit', () => {
  test('is told to whoever may see it, with the cursor that a pull gives then', async () => {
    const { owner, form, listen } = await setUp();
    const listener = await listen(owner);
    await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    expect(await listener.next()).toEqual({ kind: 'hint', collection: 'responses', cursor: await pullCursor(owner, 'responses') });
    await putQuestionnaire(owner);
    expect(await listener.next()).toEqual({ kind: 'hint', collection: 'questionnaires', cursor: await pullCursor(owner, 'questionnaires') });
  });

  test('is told after it is durable: whoever pulls on the hint finds it', async () => {
    const { owner, form, listen } = await setUp();
    const listener = await listen(owner);
    const before = await pullCursor(owner, 'responses');
    const pushing = owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    await listener.next();
    const page = await owner.send('GET', `/responses?since=${before}`);
    expect(page.json<{ Changes: unknown[] }>().Changes).toHaveLength(1);
    await pushing;
  });

  test('that stored nothing new is not told', async () => {
    const { clock, owner, form, listen } = await setUp();
    const id = crypto.randomUUID();
    await owner.send('PUT', `/responses/${id}`, response(form), edit(DEVICE, 1, 0));
    const listener = await listen(owner);
    await owner.send('PUT', `/responses/${id}`, response(form), edit(DEVICE, 1, 0));
    clock.pass(HEARTBEAT_MS);
    expect(await listener.next()).toEqual({ kind: 'beat' });
  });

  test('still reaches the hook of whoever embeds the server', async () => {
    const told: string[] = [];
    const { owner, form, listen } = await setUp({ onCommitted: (committed) => void told.push(...committed.map(({ collection }) => collection)) });
    const listener = await listen(owner);
    await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    expect(told).toEqual(['questionnaires', 'questionnaires', 'responses']);
    expect(await listener.next()).toMatchObject({ collection: 'responses' });
  });
});

describe('nobody hears of what is not theirs', () => {
  test('another workspace: nothing at all', async () => {
    const { clock, server, owner, form, listen } = await setUp();
    const listener = await listen(await signInNeighbour(server));
    await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    await putQuestionnaire(owner);
    clock.pass(HEARTBEAT_MS);
    expect(await listener.next()).toEqual({ kind: 'beat' });
  });

  test('a member: no response of anybody else, its own also if the owner changes it', async () => {
    const { clock, server, owner, form, listen } = await setUp();
    const member = await signInMember(server, owner);
    const own = crypto.randomUUID();
    await member.send('PUT', `/responses/${own}`, response(form));
    const listener = await listen(member);
    await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    clock.pass(HEARTBEAT_MS);
    expect(await listener.next()).toEqual({ kind: 'beat' });

    await owner.send('PUT', `/responses/${own}`, response(form, { depth: 13 }));
    expect(await listener.next()).toEqual({ kind: 'hint', collection: 'responses', cursor: await pullCursor(member, 'responses') });
    await owner.send('DELETE', `/responses/${own}`);
    expect(await listener.next()).toMatchObject({ collection: 'responses' });
  });

  test('an owner who asks for its own responses only', async () => {
    const { clock, server, owner, form, listen } = await setUp();
    const member = await signInMember(server, owner);
    const listener = await listen(owner, '?own=responses');
    await member.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    clock.pass(HEARTBEAT_MS);
    expect(await listener.next()).toEqual({ kind: 'beat' });
    await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    expect(await listener.next()).toEqual({ kind: 'hint', collection: 'responses', cursor: await pullCursor(owner, 'responses', '&own=1') });
  });

  test('a device: nothing of what it wrote itself, all that another device of the account wrote', async () => {
    const { owner, form, listen } = await setUp();
    const listener = await listen(owner, `?device=${DEVICE}`);
    await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form), edit(DEVICE, 1, 0));
    await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form), edit(crypto.randomUUID(), 1, 0));
    expect(await listener.next()).toEqual({ kind: 'hint', collection: 'responses', cursor: await pullCursor(owner, 'responses') });
  });
});

describe('a stream', () => {
  test('begins with where the collections stand: what was missed before is not missed', async () => {
    const { url, owner } = await setUp();
    const { first } = await EventListener.open(url, owner.headers);
    expect(first).toEqual([
      { kind: 'hint', collection: 'questionnaires', cursor: await pullCursor(owner, 'questionnaires') },
      { kind: 'hint', collection: 'responses', cursor: await pullCursor(owner, 'responses') },
    ]);
  });

  test('has a comment line every 25 s', async () => {
    const { clock, owner, listen } = await setUp();
    const listener = await listen(owner);
    clock.pass(25_000);
    clock.pass(25_000);
    expect([await listener.next(), await listener.next()]).toEqual([{ kind: 'beat' }, { kind: 'beat' }]);
  });

  test('ends with the session, without waiting for a beat', async () => {
    const { owner, listen } = await setUp();
    const listener = await listen(owner);
    await owner.send('DELETE', '/session');
    await expect(listener.next()).rejects.toThrow('terminated');
  });

  test('needs a session, and that of the account the page belongs to', async () => {
    const { url, owner } = await setUp();
    expect((await fetch(`${url}/api/v1/events`)).status).toBe(401);
    expect((await fetch(`${url}/api/v1/events?account=somebody`, { headers: owner.headers })).status).toBe(401);
    expect((await fetch(`${url}/api/v1/events`, { headers: owner.headers, method: 'HEAD' })).status).toBe(404);
  });

  test('is refused beyond so many of one account, and none is refused to others; one that ends makes room', async () => {
    const { url, server, owner, listen } = await setUp();
    const abort = new AbortController();
    const opened = await fetch(`${url}/api/v1/events`, { headers: owner.headers, signal: abort.signal });
    for (let count = 1; count < MAX_STREAMS; count += 1) await listen(owner);
    expect((await fetch(`${url}/api/v1/events`, { headers: owner.headers })).status).toBe(429);
    await listen(await signInNeighbour(server));

    abort.abort();
    expect(opened.status).toBe(200);
    await expect.poll(async () => (await statusOf(url, owner)) === 200).toBe(true);
  });

  test('that cannot begin, since the database does not answer, takes up no room', async () => {
    const { url, server, owner } = await setUp();
    const cursor = vi.spyOn(server.store, 'cursor').mockRejectedValue(new StoreUnavailable('It does not answer.'));
    for (let count = 0; count <= MAX_STREAMS; count += 1) expect(await statusOf(url, owner)).toBe(503);
    cursor.mockRestore();
    expect(await statusOf(url, owner)).toBe(200);
  });
});

describe('closing the server', () => {
  test('ends the streams and the timers', async () => {
    const { clock, server, owner, listen } = await setUp();
    const listener = await listen(owner);
    await server.close();
    await expect(listener.next()).rejects.toThrow('terminated');
    expect(clock.running).toBe(0);
  });

  test('does not wait for a connection that was never used, as browsers open them ahead', async () => {
    const { server, url } = await setUp();
    const accepted = once(server.app.server, 'connection');
    const ahead = connect(Number(new URL(url).port), '127.0.0.1');
    await accepted;
    const ended = once(ahead, 'close');
    await server.close();
    expect(await ended).toEqual([false]);
  });
});

async function statusOf(url: string, client: Client): Promise<number> {
  const abort = new AbortController();
  const { status } = await fetch(`${url}/api/v1/events`, { headers: client.headers, signal: abort.signal });
  abort.abort();
  return status;
}
