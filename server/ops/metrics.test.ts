import { expect, test } from 'vitest';
import { openServer, putQuestionnaire, signInOwner, type Client } from '../testing/server.ts';
import type { OutpostServer, ServerOptions } from '../index.ts';

const TOKEN = 'a token of the scraper';

async function ask(options: Partial<ServerOptions>, headers: Record<string, string>, remoteAddress = '127.0.0.1') {
  const server = await openServer(options);
  const { statusCode, body } = await server.app.inject({ url: '/metrics', headers, remoteAddress });
  return { statusCode, body };
}

test.each<readonly [string, Partial<ServerOptions>, Record<string, string>, string, number]>([
  ['a program of this machine', { metrics: { token: null } }, {}, '127.0.0.1', 200],
  ['a program of this machine, by IPv6', { metrics: { token: null } }, {}, '::1', 200],
  ['somebody elsewhere', { metrics: { token: null } }, {}, '192.0.2.7', 404],
  ['somebody elsewhere who says to be here', { metrics: { token: null } }, { 'x-forwarded-for': '127.0.0.1' }, '192.0.2.7', 404],
  ['somebody behind a proxy of this machine', { metrics: { token: null } }, { 'x-forwarded-for': '127.0.0.1' }, '127.0.0.1', 404],
  ['whoever brings the token', { metrics: { token: TOKEN } }, { authorization: `Bearer ${TOKEN}` }, '192.0.2.7', 200],
  ['whoever brings another', { metrics: { token: TOKEN } }, { authorization: `Bearer ${TOKEN}x` }, '192.0.2.7', 404],
  ['a program of this machine without the token', { metrics: { token: TOKEN } }, {}, '127.0.0.1', 404],
  ['anybody, where none were asked for', {}, {}, '127.0.0.1', 404],
])('%s', async (_, options, headers, address, status) => {
  expect((await ask(options, headers, address)).statusCode).toBe(status);
});

test('what may not be seen is answered like what does not exist', async () => {
  const hidden = await ask({ metrics: { token: TOKEN } }, {});
  const missing = await ask({}, {});
  expect(hidden).toEqual(missing);
});

test('answers by route, writes by collection, open streams; and nobody by name', async () => {
  const server = await openServer({ metrics: { token: null } });
  const owner = await signInOwner(server);
  const form = await putQuestionnaire(owner);
  await owner.send('GET', `/questionnaires/${form}`);
  const { body } = await server.app.inject('/metrics');
  expect(valueOf(body, 'outpost_http_request_duration_seconds_count{method="GET",route="/api/v1/:collection/:id",status="200"}')).toBe(1);
  // The sample, and the one above.
  expect(valueOf(body, 'outpost_writes_total{collection="questionnaires"}')).toBe(2);
  expect(valueOf(body, 'outpost_commits_total')).toBe(2);
  expect(valueOf(body, 'outpost_streams')).toBe(0);
  expect(valueOf(body, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  expect(body).not.toContain(form);

  const url = `http://127.0.0.1:${await server.listen({ host: '127.0.0.1', port: 0 })}`;
  await openStream(url, owner);
  expect(valueOf((await readMetrics(server)).body, 'outpost_streams')).toBe(1);
});

function readMetrics(server: OutpostServer) {
  return server.app.inject('/metrics');
}

async function openStream(url: string, { headers }: Client): Promise<void> {
  const { EventListener } = await import('../testing/listener.ts');
  await EventListener.open(url, headers);
}

function valueOf(body: string, name: string): number {
  const line = body.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}
