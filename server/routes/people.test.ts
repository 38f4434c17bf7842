import { describe, expect, test } from 'vitest';
import type { OutpostServer, ServerOptions } from '../index.ts';
import { EventListener } from '../testing/listener.ts';
import { Client, OWNER, aString, having, openServer, putQuestionnaire, response, signIn, signInMember, signInOwner, temporaryFolder, textWith } from '../testing/server.ts';
import { postgresServer } from '../testing/stores.ts';

const DAY_MS = 24 * 60 * 60_000;
const PHONE = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36';
const PIA = { Name: 'Pia', Email: 'pia@example.org', Password: 'the password of Pia' };

const postgres = postgresServer();
/** Where the server keeps what it stores, as its options say. */
const DATABASES: readonly (readonly [string, () => Promise<Partial<ServerOptions>>])[] = [
  ['SQLite', async () => ({})],
  ['PostgreSQL', async () => ({ databaseUrl: await postgres.createUrl() })],
];

interface Opened {
  readonly server: OutpostServer;
  readonly owner: Client;
  readonly nobody: Client;
  readonly pass: (ms: number) => void;
}

describe.each(DATABASES)('on %s', (_, database) => {
  async function open(): Promise<Opened> {
    let time = Date.now();
    const server = await openServer({ now: () => time, ...(await database()) });
    const owner = await signInOwner(server);
    return { server, owner, nobody: new Client(server, {}), pass: (ms: number) => void (time += ms) };
  }

  async function invite({ owner }: Opened, about: object = {}): Promise<string> {
    const answer = await owner.send('POST', '/invitations', { Role: 'collector', Uses: 1, Days: 7, ...about });
    return answer.json<{ Token: string }>().Token;
  }

  /** Somebody who came by an invitation, signed in. */
  async function join(opened: Opened, person = PIA, about: object = {}): Promise<Client> {
    const answer = await opened.nobody.send('POST', '/invitations/join', { Token: await invite(opened, about), ...person }, { 'user-agent': PHONE });
    return new Client(opened.server, { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' });
  }

  async function idOf({ owner }: Opened, name: string): Promise<string> {
    const { Members } = (await owner.send('GET', '/members')).json<{ Members: { Id: string; Name: string }[] }>();
    return Members.find(({ Name }) => Name === name)?.Id ?? '';
  }

  async function actions({ owner }: Opened): Promise<string[]> {
    return (await owner.send('GET', '/audit?limit=200')).json<{ Entries: { Action: string }[] }>().Entries.map(({ Action }) => Action);
  }

  describe('an invitation', () => {
    test('says what it is to, makes an account in that role, signed in, and is used up', async () => {
      const opened = await open();
      const Token = await invite(opened, { Role: 'viewer' });
      expect((await opened.nobody.send('POST', '/invitations/look', { Token })).json()).toEqual({ Workspace: 'Olive’s workspace', Role: 'viewer', ExpiresAt: aString });
      const joined = await opened.nobody.send('POST', '/invitations/join', { Token, ...PIA });
      expect(joined.json()).toMatchObject({ Account: { Name: 'Pia' }, Workspaces: [{ Name: 'Olive’s workspace', Role: 'viewer' }] });
      expect((await opened.nobody.send('POST', '/invitations/look', { Token })).statusCode).toBe(404);
      const late = await opened.nobody.send('POST', '/invitations/join', { Token, ...PIA, Email: 'late@example.org' });
      expect(late.statusCode).toBe(404);
      await signIn(opened.server, { email: PIA.Email, password: PIA.Password });
      expect(await actions(opened)).toEqual(expect.arrayContaining(['invitation.made', 'invitation.accepted', 'session.begun']));
    });

    test('for one, taken by two at the same moment: one gets in', async () => {
      const opened = await open();
      const Token = await invite(opened);
      const answers = await Promise.all(['a', 'b'].map((name) => opened.nobody.send('POST', '/invitations/join', { Token, ...PIA, Email: `${name}@example.org` })));
      expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 404]));
    });

    test('the answer was lost and the person tries again: let in, and no second use is taken', async () => {
      const opened = await open();
      const Token = await invite(opened, { Uses: 2 });
      await opened.nobody.send('POST', '/invitations/join', { Token, ...PIA });
      const again = await opened.nobody.send('POST', '/invitations/join', { Token, ...PIA });
      expect([again.statusCode, again.json()]).toEqual([200, having({ Workspaces: [having({ Role: 'collector' })] })]);
      expect((await opened.owner.send('GET', '/invitations')).json()).toMatchObject({ Invitations: [{ UsesLeft: 1 }] });
    });

    test('expired or withdrawn, it lets nobody in', async () => {
      const opened = await open();
      const [expired, withdrawn] = [await invite(opened, { Days: 1 }), await invite(opened, { Days: 30 })];
      opened.pass(DAY_MS);
      const { Invitations } = (await opened.owner.send('GET', '/invitations')).json<{ Invitations: { Id: string }[] }>();
      expect(Invitations).toHaveLength(1);
      expect((await opened.owner.send('DELETE', `/invitations/${Invitations[0]?.Id ?? ''}`)).statusCode).toBe(204);
      for (const Token of [expired, withdrawn]) expect((await opened.nobody.send('POST', '/invitations/join', { Token, ...PIA })).statusCode).toBe(404);
    });

    test('an address that has an account is let in with its password and with no other', async () => {
      const opened = await open();
      await opened.server.accounts.createOwner({ name: 'Pia', email: PIA.Email, password: PIA.Password });
      opened.pass(1);
      const Token = await invite(opened);
      const wrong = await opened.nobody.send('POST', '/invitations/join', { Token, ...PIA, Password: 'a guessed password' });
      expect([wrong.statusCode, wrong.headers['set-cookie']]).toEqual([409, undefined]);
      const right = await opened.nobody.send('POST', '/invitations/join', { Token, ...PIA });
      expect(right.json()).toMatchObject({ Workspaces: [{ Role: 'owner' }, { Name: 'Olive’s workspace', Role: 'collector' }] });
    });

    test('adds whoever is signed in', async () => {
      const opened = await open();
      await opened.server.accounts.createOwner({ name: 'Pia', email: PIA.Email, password: PIA.Password });
      opened.pass(1);
      const pia = await signIn(opened.server, { email: PIA.Email, password: PIA.Password });
      const answer = await pia.send('POST', '/invitations/accept', { Token: await invite(opened, { Role: 'editor' }) });
      expect(answer.json()).toMatchObject({ Workspaces: [{ Role: 'owner' }, { Role: 'editor' }] });
    });
  });

  describe('removing a member', () => {
    test('ends sessions and keys at once, says why, and what they stored stays', async () => {
      const opened = await open();
      const form = await putQuestionnaire(opened.owner);
      const pia = await join(opened);
      await pia.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
      const { Key } = (await pia.send('POST', '/keys', { Name: 'script' })).json<{ Key: string }>();
      const program = new Client(opened.server, { authorization: `Bearer ${Key}` });
      expect((await program.send('GET', '/responses')).json()).toHaveLength(1);

      expect((await opened.owner.send('DELETE', `/members/${await idOf(opened, 'Pia')}`)).statusCode).toBe(204);
      const told = await pia.send('POST', '/sync', { Device: crypto.randomUUID() });
      expect([told.statusCode, told.json()]).toEqual([401, having({ type: '/problems/removed', detail: textWith('removed from Olive’s workspace') })]);
      expect((await program.send('GET', '/responses')).statusCode).toBe(401);
      expect((await opened.owner.send('GET', '/responses')).json()).toHaveLength(1);

      const back = await signIn(opened.server, { email: PIA.Email, password: PIA.Password });
      expect((await back.send('GET', '/session')).json()).toMatchObject({ Workspaces: [] });
      const refused = await back.send('GET', '/responses');
      expect([refused.statusCode, refused.json()]).toEqual([401, having({ type: '/problems/removed' })]);
    });

    test.each(['removed', 'in another role', 'signed out there'])('%s: an open stream ends at once', async (how) => {
      const opened = await open();
      const pia = await join(opened);
      const port = await opened.server.listen({ host: '127.0.0.1', port: 0 });
      const { listener } = await EventListener.open(`http://127.0.0.1:${port}`, pia.headers);
      const id = await idOf(opened, 'Pia');
      if (how === 'removed') await opened.owner.send('DELETE', `/members/${id}`);
      else if (how === 'in another role') await opened.owner.send('PUT', `/members/${id}`, { Role: 'viewer' });
      else {
        const { Devices } = (await pia.send('GET', '/devices')).json<{ Devices: { Id: string }[] }>();
        await pia.send('DELETE', `/devices/${Devices[0]?.Id ?? ''}`);
      }
      await expect(listener.next()).rejects.toThrow(/ended|terminated/);
    });

    test('an owner who is none any more cannot come back by a link that they have kept', async () => {
      const opened = await open();
      const second = await join(opened, PIA, { Role: 'owner' });
      const { Token } = (await second.send('POST', '/invitations', { Role: 'owner', Uses: 5, Days: 30 })).json<{ Token: string }>();
      const { Token: reset } = (await second.send('POST', `/members/${await idOf(opened, 'Olive')}/reset`)).json<{ Token: string }>();
      await opened.owner.send('PUT', `/members/${await idOf(opened, 'Pia')}`, { Role: 'collector' });
      expect((await opened.nobody.send('POST', '/invitations/look', { Token })).statusCode).toBe(404);
      expect((await opened.nobody.send('POST', '/password', { Token: reset, Password: 'their own password' })).statusCode).toBe(404);
      await signIn(opened.server, OWNER);
    });

    test('the last owner can be neither removed nor made anything else', async () => {
      const opened = await open();
      const id = await idOf(opened, 'Olive');
      expect((await opened.owner.send('DELETE', `/members/${id}`)).statusCode).toBe(409);
      expect((await opened.owner.send('PUT', `/members/${id}`, { Role: 'viewer' })).statusCode).toBe(409);
      await join(opened, PIA, { Role: 'owner' });
      expect((await opened.owner.send('DELETE', `/members/${id}`)).statusCode).toBe(204);
    });
  });

  describe('a forgotten password', () => {
    test('a link sets a new one, once, and ends every session', async () => {
      const opened = await open();
      const pia = await join(opened);
      const { Token } = (await opened.owner.send('POST', `/members/${await idOf(opened, 'Pia')}/reset`)).json<{ Token: string }>();
      expect((await opened.nobody.send('POST', '/password/look', { Token })).json()).toEqual({ Name: 'Pia', Email: PIA.Email });
      const set = await opened.nobody.send('POST', '/password', { Token, Password: 'a newer password' });
      expect([set.statusCode, set.json()]).toEqual([200, having({ Account: having({ Name: 'Pia' }) })]);
      expect((await pia.send('GET', '/session')).statusCode).toBe(401);
      await signIn(opened.server, { email: PIA.Email, password: 'a newer password' });
      expect((await opened.nobody.send('POST', '/session', { Email: PIA.Email, Password: PIA.Password })).statusCode).toBe(401);
      expect((await opened.nobody.send('POST', '/password', { Token, Password: 'a third password' })).statusCode).toBe(404);
    });

    test('the link is good for two days, and a newer one takes its place', async () => {
      const opened = await open();
      await join(opened);
      const id = await idOf(opened, 'Pia');
      const make = async () => (await opened.owner.send('POST', `/members/${id}/reset`)).json<{ Token: string }>().Token;
      const [first, second] = [await make(), await make()];
      expect((await opened.nobody.send('POST', '/password/look', { Token: first })).statusCode).toBe(404);
      opened.pass(2 * DAY_MS);
      expect((await opened.nobody.send('POST', '/password', { Token: second, Password: 'a newer password' })).statusCode).toBe(404);
    });

    test('whoever belongs to another workspace too is not this owner’s to take over, also if they came to belong there later', async () => {
      const opened = await open();
      const pia = await join(opened);
      const id = await idOf(opened, 'Pia');
      const { Token } = (await opened.owner.send('POST', `/members/${id}/reset`)).json<{ Token: string }>();
      await opened.server.accounts.createOwner({ name: 'Nora', email: 'nora@example.org', password: 'the password of Nora' });
      const nora = await signIn(opened.server, { email: 'nora@example.org', password: 'the password of Nora' });
      await pia.send('POST', '/invitations/accept', { Token: await invite({ ...opened, owner: nora }) });
      expect((await opened.owner.send('POST', `/members/${id}/reset`)).statusCode).toBe(409);
      expect((await opened.nobody.send('POST', '/password', { Token, Password: 'a newer password' })).statusCode).toBe(404);
      await signIn(opened.server, { email: PIA.Email, password: PIA.Password });
    });
  });

  describe('devices', () => {
    test('are listed in words, this one marked, and signed out one by one', async () => {
      const opened = await open();
      const phone = await join(opened);
      const here = await signIn(opened.server, { email: PIA.Email, password: PIA.Password });
      const { Devices } = (await here.send('GET', '/devices')).json<{ Devices: { Id: string; Browser: string | null; Current: boolean }[] }>();
      expect(Devices).toHaveLength(2);
      const other = Devices.find(({ Current }) => !Current);
      expect(other).toMatchObject({ Browser: 'Chrome', System: 'Android', SignedInAt: aString, LastUsedAt: aString });
      expect((await here.send('DELETE', `/devices/${other?.Id ?? ''}`)).statusCode).toBe(204);
      expect((await phone.send('GET', '/session')).statusCode).toBe(401);
      expect((await here.send('GET', '/devices')).json()).toMatchObject({ Devices: [{ Current: true }] });
    });
  });

  describe('keys', () => {
    test('are bound to a role, seen and revoked by an owner, and die with the right to have made them', async () => {
      const opened = await open();
      const form = await putQuestionnaire(opened.owner);
      const pia = await join(opened, PIA, { Role: 'owner' });
      const make = async (body: object) => (await pia.send('POST', '/keys', body)).json<{ Id: string; Key: string }>();
      const [reads, all, revoked] = [await make({ Name: 'reads', Role: 'viewer' }), await make({ Name: 'all' }), await make({ Name: 'gone' })];
      const program = ({ Key }: { Key: string }) => new Client(opened.server, { authorization: `Bearer ${Key}` });
      expect((await program(reads).send('PUT', `/responses/${crypto.randomUUID()}`, response(form))).statusCode).toBe(403);
      expect((await program(all).send('PUT', `/responses/${crypto.randomUUID()}`, response(form))).statusCode).toBe(200);
      expect((await opened.owner.send('GET', '/keys')).json()).toMatchObject({ Keys: [{ Name: expect.any(String) as unknown }, {}, {}] });
      expect((await opened.owner.send('DELETE', `/keys/${revoked.Id}`)).statusCode).toBe(204);
      expect((await program(revoked).send('GET', '/session')).statusCode).toBe(401);
      await opened.owner.send('PUT', `/members/${await idOf(opened, 'Pia')}`, { Role: 'viewer' });
      expect((await program(reads).send('GET', '/session')).statusCode).toBe(200);
      expect((await program(all).send('GET', '/session')).statusCode).toBe(401);
    });
  });

  test('a key tells when it was last used, to the hour; a request that it was refused for is a use too', async () => {
    const opened = await open();
    const { Key } = (await opened.owner.send('POST', '/keys', { Name: 'script', Role: 'viewer' })).json<{ Key: string }>();
    const program = new Client(opened.server, { authorization: `Bearer ${Key}` });
    const lastUsed = async () => (await opened.owner.send('GET', '/keys')).json<{ Keys: { LastUsedAt: string | null }[] }>().Keys[0]?.LastUsedAt ?? null;
    expect(await lastUsed()).toBeNull();
    await program.send('GET', '/members');
    const first = await lastUsed();
    expect(first).toEqual(aString);
    opened.pass(59 * 60_000);
    await program.send('GET', '/responses');
    expect(await lastUsed()).toBe(first);
    opened.pass(60_000);
    await program.send('GET', '/responses');
    expect(Date.parse((await lastUsed()) ?? '') - Date.parse(first ?? '')).toBe(60 * 60_000);
  });

  describe('a public link', () => {
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

  describe('the audit log', () => {
    test('tells who did what, page by page, newest first, without answers or secrets', async () => {
      const opened = await open();
      const form = await putQuestionnaire(opened.owner);
      const pia = await join(opened);
      const stored = (await pia.send('PUT', `/responses/${crypto.randomUUID()}`, response(form, { depth: 4711 }))).json<{ ServerId: string }>();
      await pia.send('DELETE', `/responses/${stored.ServerId}`);
      await opened.owner.send('GET', '/responses');
      await opened.owner.send('PUT', `/members/${await idOf(opened, 'Pia')}`, { Role: 'viewer' });

      const pages: { Entries: { Action: string }[]; Next: string | null }[] = [];
      for (let before = ''; ; ) {
        const page = (await opened.owner.send('GET', `/audit?limit=4${before}`)).json<{ Entries: { Action: string }[]; Next: string | null }>();
        pages.push(page);
        if (page.Next === null) break;
        before = `&before=${page.Next}`;
      }
      const entries = pages.flatMap(({ Entries }) => Entries);
      expect(entries.map(({ Action }) => Action)).toEqual([
        'member.role',
        'responses.exported',
        'response.deleted',
        'session.begun',
        'invitation.accepted',
        'invitation.made',
        'questionnaire.published',
        'session.begun',
        'questionnaire.published',
        'member.added',
      ]);
      expect(entries[0]).toMatchObject({ Account: { Name: 'Olive' }, Member: { Name: 'Pia' }, Role: 'viewer', At: aString });
      expect(entries[2]).toMatchObject({ Account: { Name: 'Pia' }, Subject: stored.ServerId });
      expect(entries[3]).toMatchObject({ Account: { Name: 'Pia' }, Subject: 'Chrome, Android' });
      expect(JSON.stringify(pages)).not.toMatch(/4711|password|example\.org/);
    });

    test('what is undone is not told: a note belongs to the transaction of what it tells', async () => {
      const opened = await open();
      const before = await actions(opened);
      await opened.owner.send('DELETE', `/members/${await idOf(opened, 'Olive')}`);
      expect(await actions(opened)).toEqual(before);
    });
  });

  test('who joined may fill in at once', async () => {
    const opened = await open();
    const form = await putQuestionnaire(opened.owner);
    const max = await signInMember(opened.server, opened.owner);
    expect((await max.send('PUT', `/responses/${crypto.randomUUID()}`, response(form))).statusCode).toBe(200);
  });
});

test('a device in the words of its User-Agent', async () => {
  const { deviceOf } = await import('../accounts/devices.ts');
  const words = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    PHONE,
    'curl/8',
  ].map((userAgent) => Object.values(deviceOf(userAgent)));
  expect(words).toEqual([['Safari', 'iPhone'], ['Edge', 'Windows'], ['Firefox', 'Linux'], ['Chrome', 'Android'], [null, null]]);
});

test.each(['PostgreSQL', 'files'])('two servers on the same %s: who is removed by one is refused by the other with the next request', async (kind) => {
  const where = kind === 'files' ? { dataDir: temporaryFolder() } : { databaseUrl: await postgres.createUrl() };
  const [here, there] = [await openServer(where), await openServer(where)];
  const owner = await signInOwner(here);
  const max = await signInMember(here, owner);
  const elsewhere = new Client(there, max.headers);
  // Asked in the same turn, they are looked up together, and each is told apart.
  const both = await Promise.all([elsewhere, new Client(there, owner.headers), new Client(there, { cookie: 'outpost.session_token=none' })].map((each) => each.send('GET', '/session')));
  expect(both.map((answer) => answer.json<unknown>())).toMatchObject([{ Account: { Name: 'Max' }, Workspaces: [{ Role: 'collector' }] }, { Account: { Name: OWNER.name }, Workspaces: [{ Role: 'owner' }] }, { status: 401 }]);
  const { Members } = (await owner.send('GET', '/members')).json<{ Members: { Id: string; Role: string }[] }>();
  await owner.send('DELETE', `/members/${Members.find(({ Role }) => Role === 'collector')?.Id ?? ''}`);
  expect((await elsewhere.send('GET', '/session')).json()).toMatchObject({ status: 401, type: '/problems/removed' });
});
