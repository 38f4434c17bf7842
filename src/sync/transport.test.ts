import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { afterEach, expect, test, vi } from 'vitest';
import { AuthorId, DeviceId, HEADER, PROTOCOL_VERSION } from '../../protocol/index.ts';
import { newRow } from './core/row.ts';
import { Transport } from './transport.ts';

const device = v.parse(DeviceId, 'a3b0c1d2-0000-4000-8000-00000000000d');
const transport = new Transport(v.parse(AuthorId, 'ann'), device);

/** Pushes two responses that are large together. @returns the request as it went out */
async function pushTwo(): Promise<Request> {
  const requests: Request[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    requests.push(new Request(`https://outpost.test${path}`, init));
    return new Response('{}', { status: 503, headers: { [HEADER.protocol]: PROTOCOL_VERSION } });
  });
  const batch = ['one', 'two'].map((name) => {
    const row = newRow(crypto.randomUUID(), '2026-11-22T09:00:00.000Z');
    return { collection: 'responses', row: { ...row, attributes: { [name]: 'x'.repeat(5_000) } } };
  });
  expect(await transport.push(batch, () => undefined)).toEqual({ kind: 'later', retryAfterMs: null });
  const [request] = requests;
  if (request === undefined) throw new Error('Nothing was sent.');
  return request;
}

afterEach(() => vi.unstubAllGlobals());

test('without a worker in between, many at once go compressed', async () => {
  const request = await pushTwo();
  expect([request.headers.get('content-encoding'), request.headers.get('content-type'), request.headers.get(HEADER.account)]).toEqual(['gzip', 'application/json', 'ann']);
  const body: unknown = JSON.parse(gunzipSync(await request.arrayBuffer()).toString());
  expect(body).toMatchObject({ Device: device, Push: [{ Attributes: { one: 'x'.repeat(5_000) } }, { Attributes: { two: 'x'.repeat(5_000) } }] });
});

test('a worker in between can read what it is to keep', async () => {
  vi.stubGlobal('navigator', { serviceWorker: { controller: {} } });
  const request = await pushTwo();
  expect(request.headers.get('content-encoding')).toBeNull();
  expect(await request.json()).toMatchObject({ Device: device });
});
