import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openSharedServer, response } from '../testing/server.ts';

const { server, owner, form } = await openSharedServer();
for (let index = 0; index < 10; index += 1) await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form, { depth: index, colour: 'clear '.repeat(40).trim() }));

async function get(url: string, accepts: string | null) {
  const { headers, rawPayload } = await server.app.inject({ method: 'GET', url, headers: { ...owner.headers, ...(accepts === null ? {} : { 'accept-encoding': accepts }) } });
  return { encoding: headers['content-encoding'], vary: headers['vary'], rawPayload };
}

test('a page goes out compressed to whoever takes gzip, and says the same', async () => {
  const plain = await get('/api/v1/responses?since=', null);
  const packed = await get('/api/v1/responses?since=', 'br, gzip');
  expect([plain.encoding, packed.encoding]).toEqual([undefined, 'gzip']);
  expect(JSON.parse(gunzipSync(packed.rawPayload).toString())).toEqual(JSON.parse(plain.rawPayload.toString()));
  expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 4);
  expect(packed.vary).toContain('accept-encoding');
});

test('what fits into one packet goes as it is', async () => {
  expect(await get('/api/v1/session', 'gzip')).toMatchObject({ encoding: undefined });
});

test('whoever takes nothing that we can do gets it plain', async () => {
  expect(await get('/api/v1/responses', 'br')).toMatchObject({ encoding: undefined });
});

test('hints go out line by line', async () => {
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const ended = new AbortController();
  const stream = await fetch(`http://127.0.0.1:${port}/api/v1/events`, { headers: { ...owner.headers, 'accept-encoding': 'gzip' }, signal: ended.signal });
  expect([stream.status, stream.headers.get('content-encoding')]).toEqual([200, null]);
  ended.abort();
});
