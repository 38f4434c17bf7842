import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { OWNER, Client, having, openServer, signInOwner, textWith } from '../testing/server.ts';
import { MAX_STRANGER_BYTES, type RequestRates } from './limits.ts';

const PLENTY = { perSecond: 1_000, burst: 10_000 };

async function openLimited(rates: Partial<RequestRates>) {
  let time = Date.now();
  const server = await openServer({ now: () => time, requestRates: { account: PLENTY, address: PLENTY, stranger: PLENTY, ...rates } });
  const from = (address: string) => new Client(server, { 'x-forwarded-for': address });
  return { server, from, pass: (ms: number) => (time += ms) };
}

test('an account that asks too often is told when to come again, whatever it sent is not looked at, and then it is', async () => {
  const { server, pass } = await openLimited({ account: { perSecond: 0.5, burst: 2 } });
  const busy = await signInOwner(server);
  expect([(await busy.send('GET', '/responses')).statusCode, (await busy.send('GET', '/responses')).statusCode]).toEqual([200, 200]);
  const refused = await busy.send('PUT', '/responses/x', '{"this is": no JSON');
  expect([refused.statusCode, refused.headers['retry-after'], refused.headers['outpost-protocol']]).toEqual([429, '2', '1']);
  expect(refused.json()).toMatchObject({ detail: textWith('Wait a moment') });
  pass(2_000);
  expect((await busy.send('GET', '/responses')).statusCode).toBe(200);
});

test('an address that asks too often holds up no other; programs of this machine, and so a proxy that names nobody, none at all', async () => {
  const { from, server } = await openLimited({ address: { perSecond: 0.1, burst: 2 } });
  const statuses = async (client: Client) => [(await client.send('GET', '/health')).statusCode, (await client.send('GET', '/health')).statusCode, (await client.send('GET', '/health')).statusCode];
  expect(await statuses(from('203.0.113.7'))).toEqual([200, 200, 429]);
  expect(await statuses(from('203.0.113.8'))).toEqual([200, 200, 429]);
  expect(await statuses(from('2001:db8:1:2::1'))).toEqual([200, 200, 429]);
  // The same network by another name, and its neighbour.
  expect((await from('2001:db8:1:2:ffff::9').send('GET', '/health')).statusCode).toBe(429);
  expect((await from('2001:db8:1:3::1').send('GET', '/health')).statusCode).toBe(200);
  expect(await statuses(new Client(server, {}))).toEqual([200, 200, 200]);
});

test('a proxy elsewhere is believed who is behind it only if it is named', async () => {
  const rates = { account: PLENTY, stranger: PLENTY, address: { perSecond: 0.1, burst: 1 } };
  const statuses = async (trustedProxies: string) => {
    const server = await openServer({ requestRates: rates, trustedProxies });
    const ask = async (from: string) => (await server.app.inject({ url: '/api/v1/health', remoteAddress: '10.1.2.3', headers: { 'x-forwarded-for': from, 'x-forwarded-proto': 'https' } })).statusCode;
    return [await ask('203.0.113.7'), await ask('203.0.113.8')];
  };
  expect(await statuses('loopback')).toEqual([200, 429]);
  expect(await statuses('loopback, 10.0.0.0/8')).toEqual([200, 200]);
});

test('signing in, which costs the server much, is allowed an address less often than the rest', async () => {
  const { from } = await openLimited({ stranger: { perSecond: 0.1, burst: 1 } });
  const signIn = () => from('203.0.113.7').send('POST', '/session', { Email: OWNER.email, Password: 'wrong' });
  expect([(await signIn()).statusCode, (await signIn()).statusCode]).toEqual([401, 429]);
  expect((await from('203.0.113.7').send('GET', '/health')).statusCode).toBe(200);
});

test('of somebody who has not said who it is, no more than a sign-in’s worth is read', async () => {
  const { server } = await openLimited({});
  const stranger = new Client(server, {});
  const long = { Email: OWNER.email, Password: 'x'.repeat(MAX_STRANGER_BYTES) };
  for (const path of ['/session', '/welcome', '/nowhere/at/all']) {
    const answer = await stranger.send('POST', path, long);
    expect([path, answer.statusCode, answer.json()]).toEqual([path, 413, having({ detail: textWith('at most 20 kB') })]);
  }
  expect((await stranger.send('PUT', '/responses/x', long)).statusCode).toBe(401);
  expect((await (await signInOwner(server)).send('PUT', '/responses/x', long)).statusCode).toBe(404);
});

test('a request whose headers, or whose body, do not come to an end is ended', async () => {
  const server = await openServer({ requestTimeoutMs: 300 });
  const owner = await signInOwner(server);
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const starts = ['GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ', `PUT /api/v1/responses/x HTTP/1.1\r\nHost: x\r\nCookie: ${owner.headers['cookie'] ?? ''}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a`];
  for (const start of starts) {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.write(start);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  }
});

test('100 MB are refused before they are sent, and held nowhere if they are sent all the same', async () => {
  const server = await openServer();
  const { headers } = await signInOwner(server);
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const [piece, pieces] = [Buffer.alloc(100_000, ' '), 1_000];
  for (const length of [{ 'content-length': String(piece.length * pieces) }, { 'transfer-encoding': 'chunked' }]) {
    const request = httpRequest({ port, host: '127.0.0.1', method: 'PUT', path: '/api/v1/responses/x', headers: { ...headers, 'content-type': 'application/json', ...length } });
    onTestFinished(() => void request.destroy());
    let written = 0;
    const answer = await new Promise<IncomingMessage | null>((resolve) => {
      request.once('response', resolve);
      // Whoever goes on writing may be cut off before they have read the answer.
      request.once('error', () => resolve(null));
      const send = (): void => {
        while (!request.destroyed && written < pieces) {
          written += 1;
          if (!request.write(piece)) return void request.once('drain', send);
        }
      };
      send();
    });
    expect([413, null]).toContain(answer?.statusCode ?? null);
    request.destroy();
    // What the sockets hold between them, and the limit; far from all of it.
    expect(written * piece.length).toBeLessThan(50_000_000);
  }
});

test('a body of brackets without end: refused by its depth, whole lists of nothing by their number', async () => {
  const server = await openServer();
  const owner = await signInOwner(server);
  const deep = await owner.send('PUT', '/responses/x', '['.repeat(10_000));
  expect([deep.statusCode, deep.json()]).toEqual([400, having({ detail: textWith('32 levels') })]);
  const many = await owner.send('PUT', '/responses/x', `{"a":[${'[],'.repeat(1_000_000)}1]}`);
  expect([many.statusCode, many.json()]).toEqual([413, having({ detail: textWith('500000 values') })]);
});
