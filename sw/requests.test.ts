import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { AuthorId, DeviceId, HEADER, type PushEntry } from '../protocol/index.ts';
import { isNewer, join, readPush } from './requests.ts';

const account = v.parse(AuthorId, 'ann');
const device = v.parse(DeviceId, 'a3b0c1d2-0000-4000-8000-00000000000d');
const ID = 'a3b0c1d2-0000-4000-8000-000000000001';
const origin = 'https://outpost.test';

function put(headers: Record<string, string> = {}): Request {
  return new Request(`${origin}/api/v1/responses/${ID}`, {
    method: 'PUT',
    headers: { [HEADER.account]: account, [HEADER.device]: device, [HEADER.revision]: '3', [HEADER.base]: '2', ...headers },
    body: JSON.stringify({ answers: { name: 'well' } }),
  });
}

function entry(Id: string, Revision: number): PushEntry {
  return { Collection: 'responses', Id, Revision, Base: 0, Op: 'put', Attributes: { Revision } };
}

describe('a queued request is read back', () => {
  test('from a PUT: path, headers and body', async () => {
    expect(await readPush(put())).toEqual({
      account,
      device,
      entries: [{ Collection: 'responses', Id: ID, Revision: 3, Base: 2, Op: 'put', Attributes: { answers: { name: 'well' } } }],
    });
  });

  test('from a POST /sync', async () => {
    const entries = [entry('a', 1), entry('b', 2)];
    const body = JSON.stringify({ Device: device, Push: entries, Pull: {} });
    const request = new Request(`${origin}/api/v1/sync`, { method: 'POST', headers: { [HEADER.account]: account }, body });
    expect(await readPush(request)).toEqual({ account, device, entries });
  });

  test('as the patch that it is, if it is one', async () => {
    const patch: PushEntry = { Collection: 'responses', Id: 'a', Revision: 2, Base: 1, Op: 'put', Attributes: { answers: { depth: 9 } }, Changed: ['answers.depth'], Merge: false };
    const body = JSON.stringify({ Device: device, Push: [patch], Pull: {} });
    const read = await readPush(new Request(`${origin}/api/v1/sync`, { method: 'POST', headers: { [HEADER.account]: account }, body }));
    expect(join(read === null ? [] : [{ account, device, entries: [entry('a', 1)] }, read])).toEqual([{ account, device, entries: [patch] }]);
  });

  test('but not one of a newer version of the app, which an older worker must leave alone', async () => {
    expect([put(), put({ [HEADER.protocol]: '1' }), put({ [HEADER.protocol]: '2' })].map(isNewer)).toEqual([false, false, true]);
    expect(await readPush(put({ [HEADER.protocol]: '2' }))).toBeNull();
  });

  test('and can be read again: the body is not used up', async () => {
    const request = put();
    await readPush(request);
    expect(await readPush(request)).not.toBeNull();
  });

  test.each([
    ['no account to keep it apart by', put({ [HEADER.account]: '' })],
    ['no device', put({ [HEADER.device]: 'phone' })],
    ['a body that is no JSON', new Request(put(), { body: '<html>', method: 'PUT' })],
  ])('but not with %s', async (_name, request) => {
    expect(await readPush(request)).toBeNull();
  });
});

describe('joining', () => {
  test('several edits of one record: only the newest goes out, whatever the order in the queue', () => {
    const pushes = [[entry('a', 1), entry('b', 1)], [entry('a', 3)], [entry('a', 2)]].map((entries) => ({ account, device, entries }));
    expect(join(pushes)).toEqual([{ account, device, entries: [entry('a', 3), entry('b', 1)] }]);
  });

  test('never puts two accounts into one request', () => {
    const other = v.parse(AuthorId, 'ben');
    const joined = join([
      { account, device, entries: [entry('a', 1)] },
      { account: other, device, entries: [entry('a', 2)] },
    ]);
    expect(joined.map((group) => [group.account, group.entries.length])).toEqual([
      [account, 1],
      [other, 1],
    ]);
  });
});
