import { describe, expect, test } from 'vitest';
import { DAY_MS, bothDatabases, openFor } from '../testing/people.ts';
import { Client, having, putQuestionnaire, response } from '../testing/server.ts';

describe.each(bothDatabases())('a public link, on %s', (_, where) => {
  const open = () => openFor(where);

  const DEVICE = '44444444-4444-4444-8444-444444444444';
  async function withLink(about: object = {}) {
    const opened = await open();
    const form = await putQuestionnaire(opened.owner);
    const { Id, Token } = (await opened.owner.send('POST', '/links', { Questionnaire: form, Limit: 'open', ClosesAt: null, ...about })).json<{ Id: string; Token: string }>();
    const guest = (device = DEVICE) => new Client(opened.server, { 'outpost-link': Token, 'outpost-device': device });
    const fill = (client: Client, id: string = crypto.randomUUID(), answers?: Record<string, unknown>) => client.send('PUT', `/form/${id}`, response(form, answers));
    return { ...opened, form, Id, guest, fill };
  }

  test('gives its questionnaire and stores what is filled in, for the workspace and under nobody’s name; sent again, once', async () => {
    const { form, fill, guest, owner } = await withLink();
    expect((await guest().send('GET', '/form')).json()).toMatchObject({ Workspace: 'Olive’s workspace', Limit: 'open', Questionnaire: { Id: form, Version: 1, Attributes: { title: 'Wells' } } });
    const id = crypto.randomUUID();
    for (let i = 0; i < 2; i += 1) expect((await fill(guest(), id)).json()).toEqual({ ClientId: id, Version: 1 });
    expect((await owner.send('GET', '/responses')).json()).toEqual([having({ questionnaireId: form, answers: { depth: 12 } })]);
    expect((await owner.send('GET', '/responses?own=1')).json()).toEqual([]);
  });

  test('what was stored is not told to anybody, nor changed, by its own device or by another', async () => {
    const { fill, guest, owner } = await withLink();
    const id = crypto.randomUUID();
    await fill(guest(), id, { depth: 3 });
    const again = await fill(guest(), id, { depth: 4 });
    const other = await fill(guest('55555555-5555-4555-8555-555555555555'), id, { depth: 5 });
    expect([again.json(), other.json()]).toEqual([{ ClientId: id, Version: 1 }, { ClientId: id, Version: 1 }]);
    const stored = (await owner.send('GET', '/responses')).json<{ answers: object }[]>();
    expect(stored.map(({ answers }) => answers)).toEqual([{ depth: 3 }, { depth: 5 }]);
    expect((await guest().send('GET', `/responses/${id}`)).statusCode).toBe(401);
  });

  test('what breaks a rule is refused, each rule named', async () => {
    const { fill, guest } = await withLink({ Limit: 'device' });
    const id = crypto.randomUUID();
    const refused = await fill(guest(), id, {});
    expect([refused.statusCode, refused.json()]).toEqual([422, having({ Errors: [having({ Path: 'answers.depth' })] })]);
    expect((await fill(guest(), crypto.randomUUID())).statusCode).toBe(200);
  });

  test.each([['device', 200], ['once', 409]] as const)('once (%s): a second response is refused, the first sent again is not; another device gets %i', async (Limit, other) => {
    const { fill, guest } = await withLink({ Limit });
    const id = crypto.randomUUID();
    const statuses = [await fill(guest(), id), await fill(guest(), id), await fill(guest()), await fill(guest(crypto.randomUUID()))];
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 409, other]);
  });

  test('closed by its date, by its owner, or with its questionnaire no longer published: nothing is given and nothing taken', async () => {
    const byDate = await withLink({ ClosesAt: new Date(Date.now() + DAY_MS).toISOString() });
    byDate.pass(DAY_MS);
    const byOwner = await withLink();
    await byOwner.owner.send('DELETE', `/links/${byOwner.Id}`);
    for (const { fill, guest } of [byDate, byOwner]) {
      expect((await guest().send('GET', '/form')).statusCode).toBe(404);
      expect((await fill(guest())).statusCode).toBe(404);
    }
    const deleted = await withLink();
    await deleted.owner.send('DELETE', `/questionnaires/${deleted.form}`);
    expect((await deleted.guest().send('GET', '/form')).statusCode).toBe(404);
  });

  test('too many from one network address have to wait', async () => {
    const { guest, pass } = await withLink();
    const ask = async () => (await guest().send('GET', '/form')).statusCode;
    for (let i = 0; i < 300; i += 1) await ask();
    expect(await ask()).toBe(429);
    pass(15 * 60_000);
    expect(await ask()).toBe(200);
  });
});
