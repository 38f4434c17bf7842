import { describe, expect, test } from 'vitest';
import { EventListener } from '../testing/listener.ts';
import { DAY_MS, PIA, actions, bothDatabases, idOf, invite, join, openFor } from '../testing/people.ts';
import { Client, OWNER, aString, having, putQuestionnaire, response, signIn, signInMember, textWith } from '../testing/server.ts';

describe.each(bothDatabases())('on %s', (_, where) => {
  const open = () => openFor(where);

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
