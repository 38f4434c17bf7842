import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openSharedServer, response, textWith } from '../testing/server.ts';

const { server, owner, form } = await openSharedServer();
const url = `http://127.0.0.1:${await server.listen({ host: '127.0.0.1', port: 0 })}`;

async function put(body: Uint8Array<ArrayBuffer>, encoding: string, type = 'application/json') {
  const headers = { ...owner.headers, 'content-type': type, 'content-encoding': encoding };
  const answer = await fetch(`${url}/api/v1/responses/${crypto.randomUUID()}`, { method: 'PUT', headers, body });
  const read: unknown = await answer.json();
  return { status: answer.status, body: read, accepts: answer.headers.get('accept-encoding') };
}

const wellFormed = () => JSON.stringify(response(form, { depth: 3, colour: 'clear '.repeat(1_000).trim() }));

test.each(['gzip', 'GZIP'])('a body compressed by %s is stored as it was before', async (encoding) => {
  const { status, body } = await put(gzipSync(wellFormed()), encoding);
  expect([status, body]).toEqual([200, expect.objectContaining({ Status: 'applied' })]);
  const all = (await owner.send('GET', '/responses')).json<{ answers: { colour: string } }[]>();
  expect(all.at(-1)?.answers.colour).toBe('clear '.repeat(1_000).trim());
});

test('“identity” is no compression', async () => {
  expect(await put(new TextEncoder().encode(wellFormed()), 'identity')).toMatchObject({ status: 200 });
});

test('a bomb, 4 MB that say 4 GB: refused once it is beyond the limit, and never held', async () => {
  const member = gzipSync(Buffer.alloc(10_000_000, ' '));
  const bomb = Buffer.concat(Array.from({ length: Math.floor(4_000_000 / member.length) }, () => member));
  const peakBefore = process.resourceUsage().maxRSS;
  expect(await put(bomb, 'gzip')).toMatchObject({ status: 413, body: { detail: textWith('unpacked') } });
  expect(process.resourceUsage().maxRSS - peakBefore).toBeLessThan(200_000);
});

test('just beyond the limit when unpacked: 413, like a plain one', async () => {
  expect(await put(gzipSync(JSON.stringify({ a: 'x'.repeat(5_000_000) })), 'gzip')).toMatchObject({ status: 413 });
});

test.each(['br', 'deflate', 'gzip, gzip', 'nonsense'])('%s: 415, and which one is accepted', async (encoding) => {
  expect(await put(brotliCompressSync(wellFormed()), encoding)).toMatchObject({ status: 415, accepts: 'gzip' });
});

test.each([
  ['no gzip at all', () => Buffer.from(wellFormed())],
  ['a part of one', () => gzipSync(wellFormed()).subarray(0, 60)],
])('%s: 400, to be sent again', async (_, body) => {
  expect(await put(body(), 'gzip')).toMatchObject({ status: 400, body: { detail: textWith('Send it again') } });
});

test('a broken one that nobody reads does not bring the server down', async () => {
  expect(await put(Buffer.from('no gzip'), 'gzip', 'text/plain')).toMatchObject({ status: 415 });
  const deleted = await fetch(`${url}/api/v1/responses/${crypto.randomUUID()}`, { method: 'DELETE', headers: { ...owner.headers, 'content-encoding': 'gzip' } });
  expect(deleted.status).toBe(200);
  expect(await put(gzipSync(wellFormed()), 'gzip')).toMatchObject({ status: 200 });
});
