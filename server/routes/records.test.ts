import { describe, expect, test } from 'vitest';
import type { PullPage } from '../../protocol/index.ts';
import { type Client, QUESTIONNAIRE, aString, edit, having, openSharedServer, response, signInMember, textLike } from '../testing/server.ts';

const DEVICE = '11111111-1111-4111-8111-111111111111';

const { server, owner, form } = await openSharedServer();

async function setUp() {
  const pull = async (since: string, headers = {}) => (await owner.send('GET', `/responses?since=${since}`, undefined, headers)).json<PullPage>();
  const { Cursor } = await pull('');
  return { stored: async (headers = {}) => (await pull(Cursor, headers)).Changes };
}

describe('a plain Backbone client', () => {
  test('the whole model by PUT, with its bookkeeping and no extra header, gets its real id', async () => {
    const { stored } = await setUp();
    const id = 'a1b2c3d4-e5f6-a7b8-c9d0-e1f2a3b4c5d6';
    const model = { id, Id: id, synchronized: false, version: 3, outpost: { revision: 1 }, ...response(form) };
    const answer = await owner.send('PUT', `/responses/${id}`, model);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['outpost-protocol']).toBe('1');
    expect(answer.json()).toEqual({ ClientId: id, ServerId: textLike(/^[\w-]{25}$/), Status: 'applied', Version: 1 });

    const { ServerId } = answer.json<{ ServerId: string }>();
    expect(await stored()).toEqual([{ Id: ServerId, ClientId: id, At: aString, Version: 1, Attributes: response(form) }]);
    expect((await owner.send('GET', '/responses')).json()).toContainEqual({ ...response(form), id: ServerId, version: 1 });
    const again = await owner.send('PUT', `/responses/${ServerId}`, { ...model, id: ServerId, answers: { depth: 13 } });
    expect(again.json()).toEqual({ ClientId: ServerId, ServerId, Status: 'applied', Version: 2 });
  });

  test('the same request sent again gives the same pair, and no second record', async () => {
    const { stored } = await setUp();
    const id = crypto.randomUUID();
    const first = await owner.send('PUT', `/responses/${id}`, response(form));
    const second = await owner.send('PUT', `/responses/${id}`, response(form));
    expect(second.json()).toEqual({ ...first.json<object>(), Status: 'duplicate' });
    expect(await stored()).toHaveLength(1);
  });

  test('a new id that is sent many times at once makes one record', async () => {
    const { stored } = await setUp();
    const id = crypto.randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => owner.send('PUT', `/responses/${id}`, response(form), edit(DEVICE, 1, 0))),
    );
    const statuses = answers.map((answer) => answer.json<{ Status: string }>().Status);
    expect(statuses.filter((status) => status === 'applied')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(19);
    expect(new Set(answers.map((answer) => answer.json<{ ServerId: string }>().ServerId)).size).toBe(1);
    expect(await stored()).toHaveLength(1);
  });

  test('DELETE answers in the same form, twice', async () => {
    const { stored } = await setUp();
    const id = crypto.randomUUID();
    const { ServerId } = (await owner.send('PUT', `/responses/${id}`, response(form))).json<{ ServerId: string }>();
    const first = await owner.send('DELETE', `/responses/${id}`);
    expect([first.statusCode, first.json()]).toEqual([200, { ClientId: id, ServerId, Status: 'applied', Version: 2 }]);
    const second = await owner.send('DELETE', `/responses/${ServerId}`);
    expect([second.statusCode, second.json()]).toEqual([200, { ClientId: ServerId, ServerId, Status: 'duplicate', Version: 2 }]);
    expect(await stored()).toEqual([{ Id: ServerId, ClientId: id, At: aString, Version: 2, Deleted: true }]);
    const late = await owner.send('PUT', `/responses/${id}`, response(form, { depth: 1 }));
    expect([late.statusCode, late.json()]).toEqual([410, having({ Status: 'gone', ServerId, Version: 2, detail: aString })]);
  });
});

describe('a client that counts', () => {
  test('edits of different answers are both kept, of the same one neither is lost', async () => {
    const id = crypto.randomUUID();
    await owner.send('PUT', `/responses/${id}`, response(form), edit(DEVICE, 1, 0));
    await owner.send('PUT', `/responses/${id}`, response(form, { depth: 5 }), edit(crypto.randomUUID(), 1, 1));
    const conflict = await owner.send('PUT', `/responses/${id}`, response(form, { depth: 6 }), edit(DEVICE, 2, 1));
    expect(conflict.statusCode).toBe(409);
    expect(conflict.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(conflict.json()).toMatchObject({ Status: 'conflict', Version: 2, Attributes: { answers: { depth: 5 } }, Revision: 2, status: 409 });
    const decided = await owner.send('PUT', `/responses/${id}`, response(form, { depth: 6 }), edit(DEVICE, 3, 2));
    expect(decided.json()).toMatchObject({ Status: 'applied', Version: 3 });
  });

  test('that lost its rows and pulls again is told the last Revision it has sent, and another device is not', async () => {
    const { stored } = await setUp();
    await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form), edit(DEVICE, 7, 0));
    expect(await stored({ 'outpost-device': DEVICE })).toMatchObject([{ Revision: 7 }]);
    expect(await stored({ 'outpost-device': crypto.randomUUID() })).not.toMatchObject([{ Revision: 7 }]);
  });

  test.each([
    ['a device without a Revision', { 'outpost-device': DEVICE }],
    ['a Revision that is no number', { 'outpost-device': DEVICE, 'outpost-revision': '1e3' }],
    ['a device that is no UUID', { 'outpost-device': 'phone', 'outpost-revision': '1' }],
    ['a negative Base', { 'outpost-base': '-1' }],
  ])('%s is refused and stores nothing', async (_, headers) => {
    const { stored } = await setUp();
    const answer = await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form), headers);
    expect(answer.statusCode).toBe(400);
    expect(await stored()).toEqual([]);
  });
});

describe('what is not as it should be', () => {
  const wrong: readonly [string, (form: string) => unknown, string][] = [
    ['a number as text', (form) => response(form, { depth: '12' }), 'answers.depth'],
    ['a broken constraint', (form) => response(form, { depth: -1 }), 'answers.depth'],
    ['a required answer that is missing', (form) => response(form, {}), 'answers.depth'],
    ['an answer to no question', (form) => response(form, { depth: 1, wat: 1 }), 'answers.wat'],
    ['an attribute that no response has', (form) => ({ ...response(form), note: 'x' }), 'note'],
    ['an attribute named constructor', (form) => ({ ...response(form), constructor: 1 }), 'constructor'],
    ['a draft', (form) => ({ ...response(form), endedAt: null }), 'endedAt'],
    ['a time without an offset', (form) => ({ ...response(form), endedAt: '2026-11-22T09:10:00' }), 'endedAt'],
    ['a version that was never there', (form) => ({ ...response(form), questionnaireVersion: 9 }), 'questionnaireId'],
    ['a version as text', (form) => ({ ...response(form), questionnaireVersion: '1' }), 'questionnaireVersion'],
    ['a questionnaire that nobody knows', () => response('nobody-knows'), 'questionnaireId'],
  ];
  test.each(wrong)('%s is rejected at its path, neither converted nor dropped', async (_, body, path) => {
    const { stored } = await setUp();
    const answer = await owner.send('PUT', `/responses/${crypto.randomUUID()}`, body(form));
    expect(answer.statusCode).toBe(422);
    const { Status, Errors, detail } = answer.json<{ Status: string; Errors: { Path: string }[]; detail: string }>();
    expect(Status).toBe('rejected');
    expect(Errors.map(({ Path }) => Path)).toContain(path);
    expect(detail).toContain(path);
    expect(await stored()).toEqual([]);
  });

  const unreadable: readonly [string, string, string, number][] = [
    ['a broken JSON', '{"a":', 'application/json', 400],
    ['an empty body', '', 'application/json', 400],
    ['an array', '[]', 'application/json', 400],
    ['a key named __proto__', '{"answers":{"__proto__":{"depth":1}}}', 'application/json', 400],
    ['a number that JSON cannot write back', '{"answers":{"depth":1e999}}', 'application/json', 400],
    ['nesting without end', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'application/json', 400],
    ['a name that would be taken for a path', '{"answers.depth":1}', 'application/json', 400],
    ['a form', 'a=1', 'application/x-www-form-urlencoded', 415],
    ['plain text', 'hello', 'text/plain', 415],
    ['more than 5 MB', JSON.stringify({ a: 'x'.repeat(5_000_001) }), 'application/json', 413],
  ];
  test.each(unreadable)('%s is refused with a sentence for people', async (_, body, type, status) => {
    const answer = await owner.send('PUT', `/responses/${crypto.randomUUID()}`, body, { 'content-type': type });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['outpost-protocol']).toBe('1');
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status, title: aString, detail: textLike(/\.$/) });
  });

  test('bytes that are no UTF-8 are refused, not replaced', async () => {
    const [before, after] = JSON.stringify(response(form, { depth: 1, colour: 'X' })).split('X');
    const payload = Buffer.concat([Buffer.from(before ?? ''), Buffer.from([0xff]), Buffer.from(after ?? '')]);
    const headers = { ...owner.headers, 'content-type': 'application/json' };
    const answer = await server.app.inject({ method: 'PUT', url: `/api/v1/responses/${crypto.randomUUID()}`, payload, headers });
    expect(answer.statusCode).toBe(400);
  });

  test.each([
    ['/responses/0mwshmbq88iT4YWptXq6YT7r4', 404],
    ['/responses/not,an,id', 404],
    ['/answers/11111111-1111-4111-8111-111111111111', 404],
    ['/responses/%zz', 400],
    [`/responses/${'x'.repeat(101)}`, 414],
  ])('PUT %s is answered with a problem', async (url, status) => {
    const answer = await owner.send('PUT', url, response(form));
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['outpost-protocol']).toBe('1');
    expect(answer.json()).toMatchObject({ status, detail: aString });
  });

  test('a questionnaire with a broken expression is rejected at its path', async () => {
    const questions = [{ name: 'a', type: 'integer', label: 'A', constraint: '. >=' }];
    const answer = await owner.send('PUT', `/questionnaires/${crypto.randomUUID()}`, { ...QUESTIONNAIRE, questions });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ Errors: [{ Path: 'questions[0].constraint', Message: aString }] });
  });
});

describe('questionnaires', () => {
  test('a response to an old version is checked by that version, under either id of the questionnaire', async () => {
    const clientId = crypto.randomUUID();
    const { ServerId } = (await owner.send('PUT', `/questionnaires/${clientId}`, QUESTIONNAIRE)).json<{ ServerId: string }>();
    const questions = [{ name: 'depth', type: 'text', label: 'How deep?' }];
    expect((await owner.send('PUT', `/questionnaires/${ServerId}`, { ...QUESTIONNAIRE, questions })).json()).toMatchObject({ Version: 2 });
    const send = async (client: Client, body: unknown) => (await client.send('PUT', `/responses/${crypto.randomUUID()}`, body)).statusCode;
    expect(await send(owner, response(ServerId))).toBe(200);
    expect(await send(owner, response(clientId))).toBe(200);
    expect(await send(owner, { ...response(ServerId), questionnaireVersion: 2 })).toBe(422);
    await owner.send('DELETE', `/questionnaires/${ServerId}`);
    expect(await send(owner, response(ServerId))).toBe(200);
  });

  test('only an owner writes them', async () => {
    const member = await signInMember(server, owner);
    const answer = await member.send('PUT', `/questionnaires/${form}`, { ...QUESTIONNAIRE, title: 'Mine' });
    expect([answer.statusCode, answer.json()]).toEqual([403, having({ Status: 'rejected', detail: aString })]);
    expect((await member.send('DELETE', `/questionnaires/${form}`)).statusCode).toBe(403);
    expect((await member.send('GET', '/questionnaires')).json()).toContainEqual(having({ id: form, title: 'Wells' }));
  });
});

describe('one record is read', () => {
  const put = async (client: Client, id: string, headers = {}): Promise<string> =>
    (await client.send('PUT', `/responses/${id}`, response(form), headers)).json<{ ServerId: string }>().ServerId;

  test('by a plain Backbone model, under the real id or the temporary one, as the list gives it', async () => {
    const id = crypto.randomUUID();
    const serverId = await put(owner, id);
    for (const name of [serverId, id]) {
      const answer = await owner.send('GET', `/responses/${name}`);
      expect([answer.statusCode, answer.headers['outpost-protocol'], answer.headers['cache-control']]).toEqual([200, '1', 'private, no-cache']);
      expect(answer.json()).toEqual({ ...response(form), id: serverId, version: 1 });
    }
  });

  test('as a change, with the Revision that the asking device counts on from', async () => {
    const id = crypto.randomUUID();
    const serverId = await put(owner, id, edit(DEVICE, 4, 0));
    const answer = await owner.send('GET', `/responses/${serverId}?form=change`, undefined, { 'outpost-device': DEVICE });
    expect(answer.json()).toEqual({ Id: serverId, ClientId: id, Version: 1, Revision: 4, At: aString, Attributes: response(form) });
    expect((await owner.send('GET', `/responses/${serverId}?form=change`)).json()).not.toHaveProperty('Revision');
  });

  test('but not somebody else’s, which is answered like what does not exist, or is deleted', async () => {
    const member = await signInMember(server, owner, { name: 'Reader', email: 'reader@example.org', password: 'a long enough secret' });
    const ofOwner = await put(owner, crypto.randomUUID());
    const ofMember = await put(member, crypto.randomUUID());
    const deleted = await put(member, crypto.randomUUID());
    await member.send('DELETE', `/responses/${deleted}`);
    const nobodys = await member.send('GET', '/responses/nobodys');
    expect(nobodys.statusCode).toBe(404);
    for (const id of [ofOwner, deleted]) {
      const answer = await member.send('GET', `/responses/${id}`);
      expect([answer.statusCode, answer.json()]).toEqual([404, nobodys.json()]);
    }
    expect((await member.send('GET', `/responses/${ofMember}`)).statusCode).toBe(200);
    expect((await owner.send('GET', `/responses/${ofMember}`)).statusCode).toBe(200);
    expect((await owner.send('GET', `/responses/${ofMember}?own=1`)).statusCode).toBe(404);
  });

  test('only where there is such a collection, by a form that there is, and by somebody', async () => {
    const id = await put(owner, crypto.randomUUID());
    expect((await owner.send('GET', `/nothing/${id}`)).statusCode).toBe(404);
    expect((await owner.send('GET', `/responses/${id}?form=row`)).statusCode).toBe(400);
    expect((await server.app.inject({ method: 'GET', url: `/api/v1/responses/${id}` })).statusCode).toBe(401);
  });
});
