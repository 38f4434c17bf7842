import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  Client,
  OWNER,
  aString,
  having,
  openServer,
  openSharedServer,
  response,
  signIn,
  signInOwner,
  temporaryFolder,
  textLike,
  textWith,
} from '../testing/server.ts';

const { server, owner, form } = await openSharedServer();
const session = (await owner.send('GET', '/session')).json<{ Account: { Id: string }; Workspaces: { Id: string }[] }>();
const nobody = () => new Client(server, {});

describe('signing in', () => {
  const credentials = { Email: OWNER.email, Password: OWNER.password };

  test('the answer says who and where; the cookie is out of reach of scripts and of other sites', async () => {
    const answer = await nobody().send('POST', '/session', credentials);
    expect(answer.json()).toEqual({
      Account: { Id: aString, Email: OWNER.email, Name: OWNER.name },
      Workspaces: [{ Id: aString, Name: 'Olive’s workspace', Role: 'owner' }],
    });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^outpost\.session_token=.+; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('over https the cookie is Secure, and the browser is told to stay with https', async () => {
    const answer = await nobody().send('POST', '/session', credentials, { 'x-forwarded-proto': 'https' });
    expect(String(answer.headers['set-cookie'])).toMatch(/; Secure$/);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    const plain = await nobody().send('GET', '/health');
    expect(plain.headers['strict-transport-security']).toBeUndefined();
  });

  test('a wrong password and an unknown address are answered alike', async () => {
    const wrong = await nobody().send('POST', '/session', { ...credentials, Password: 'wrong' });
    const unknown = await nobody().send('POST', '/session', { ...credentials, Email: 'nobody@example.org' });
    expect(wrong.statusCode).toBe(401);
    expect(wrong.body).toBe(unknown.body);
  });

  test('signed out is signed out on the server, and doing it twice is fine', async () => {
    const client = await signIn(server, OWNER);
    const answer = await client.send('DELETE', '/session');
    expect(answer.statusCode).toBe(204);
    expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0');
    expect((await client.send('GET', '/session')).statusCode).toBe(401);
    expect((await client.send('DELETE', '/session')).statusCode).toBe(204);
  });

  test.each([
    ['a token that this server did not sign', (token: string) => `${token}.${Buffer.alloc(32, 7).toString('base64')}`],
    ['a signature of another token', (token: string, signature: string) => `${token}x.${signature}`],
    ['a shorter signature', (token: string, signature: string) => `${token}.${signature.slice(0, 20)}`],
    ['no signature', (token: string) => token],
    ['what cannot be decoded', () => '%E0%A4%A'],
  ])('%s: nobody is signed in', async (_, forge) => {
    const client = await signIn(server, OWNER);
    const value = decodeURIComponent(client.headers['cookie']?.split('=')[1] ?? '');
    const [token = '', signature = ''] = value.split('.');
    const cookieOf = (text: string) => ({ cookie: `theme=dark; outpost.session_token=${text}; other=1` });
    expect((await new Client(server, cookieOf(encodeURIComponent(value))).send('GET', '/session')).statusCode).toBe(200);
    const forged = forge(token, signature);
    expect((await new Client(server, cookieOf(forged.startsWith('%') ? forged : encodeURIComponent(forged))).send('GET', '/session')).statusCode).toBe(401);
  });

  test('a session is renewed once a day by using it, and ends when it was not used for 90 days', async () => {
    const dataDir = temporaryFolder();
    const own = await openServer({ dataDir });
    const client = await signInOwner(own);
    const direct = new Database(join(dataDir, 'accounts.sqlite'));
    const endsIn = (days: number) => direct.prepare('UPDATE session SET expiresAt = ?').run(new Date(Date.now() + days * 24 * 60 * 60_000).toISOString());
    expect((await client.send('GET', '/session')).headers['set-cookie']).toBeUndefined();
    endsIn(88);
    const renewed = await client.send('GET', '/session');
    expect(String(renewed.headers['set-cookie'])).toMatch(/^outpost\.session_token=.+; Max-Age=7776000;/);
    expect((await client.send('GET', '/session')).headers['set-cookie']).toBeUndefined();
    endsIn(-1);
    expect((await client.send('GET', '/session')).statusCode).toBe(401);
    direct.close();
  });

  test('guessing is slowed down for that address, until the time is over', async () => {
    let time = Date.now();
    const slow = await openServer({ now: () => time });
    await slow.makeOwner(OWNER);
    const guess = (Password: string) => new Client(slow, {}).send('POST', '/session', { ...credentials, Password });
    const statuses: number[] = [];
    for (let i = 0; i < 10; i += 1) statuses.push((await guess('wrong')).statusCode);
    expect(new Set(statuses)).toEqual(new Set([401]));
    const refused = await guess(OWNER.password);
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '900']);
    expect((await new Client(slow, {}).send('POST', '/session', { Email: 'other@example.org', Password: 'x' })).statusCode).toBe(401);
    time += 15 * 60_000;
    expect((await guess(OWNER.password)).statusCode).toBe(200);
  });
});

describe('who may', () => {
  const routes: readonly ['GET' | 'PUT' | 'POST' | 'DELETE', string][] = [
    ['GET', '/session'],
    ['GET', '/responses'],
    ['GET', '/responses?since='],
    ['PUT', `/responses/${crypto.randomUUID()}`],
    ['DELETE', `/responses/${crypto.randomUUID()}`],
    ['POST', '/sync'],
    ['GET', '/unheard-of'],
  ];
  test.each(routes)('%s %s asks nobody in particular to sign in', async (method, url) => {
    for (const client of [nobody(), new Client(server, { authorization: 'Bearer outpost_made-up' }), new Client(server, { cookie: 'outpost.session_token=made.up' })]) {
      const answer = await client.send(method, url, method === 'PUT' || method === 'POST' ? {} : undefined);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['outpost-protocol']).toBe('1');
      expect(answer.json()).toMatchObject({ status: 401, detail: aString });
    }
  });

  test('an edit that another account made is not taken under this one', async () => {
    const right = await owner.send('GET', '/responses', undefined, { 'outpost-account': session.Account.Id });
    expect(right.statusCode).toBe(200);
    const wrong = await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response('x'), { 'outpost-account': 'somebody-else' });
    expect([wrong.statusCode, wrong.json()]).toEqual([401, having({ detail: textWith('another account') })]);
  });

  test('a workspace of others is answered like one that does not exist', async () => {
    expect((await owner.send('GET', '/responses', undefined, { 'outpost-workspace': session.Workspaces[0]?.Id ?? '' })).statusCode).toBe(200);
    const stranger = { name: 'Stan', email: 'stan@example.org', password: 'a fourth password' };
    const theirs = await server.accounts.createOwner(stranger);
    const foreign = await owner.send('GET', '/responses', undefined, { 'outpost-workspace': theirs?.workspaces[0]?.Id ?? '' });
    const nowhere = await owner.send('GET', '/responses', undefined, { 'outpost-workspace': 'nowhere' });
    expect([foreign.statusCode, foreign.body]).toEqual([nowhere.statusCode, nowhere.body]);
    expect(foreign.statusCode).toBe(403);
  });

  test('records of another workspace are answered like ones that do not exist', async () => {
    const stranger = { name: 'Sue', email: 'sue@example.org', password: 'a fifth password' };
    await server.accounts.createOwner(stranger);
    const sue = await signIn(server, stranger);
    expect((await sue.send('GET', '/questionnaires')).json()).toEqual([]);
    expect((await sue.send('DELETE', `/questionnaires/${form}`)).statusCode).toBe(404);
    const answer = await sue.send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    expect(answer.json()).toMatchObject({ Errors: [{ Path: 'questionnaireId' }] });
  });

  test('a client of another protocol version is told so, signed in or not', async () => {
    const answer = await nobody().send('GET', '/responses', undefined, { 'outpost-protocol': '2' });
    expect([answer.statusCode, answer.headers['outpost-protocol']]).toEqual([426, '1']);
    expect((await owner.send('GET', '/responses', undefined, { 'outpost-protocol': '1' })).statusCode).toBe(200);
  });

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://localhost:80' }, 422],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' }, 422],
    [{}, 422],
  ])('a cookie with %j from a page is answered %i', async (headers, status) => {
    const answer = await owner.send('PUT', `/responses/${crypto.randomUUID()}`, {}, { host: 'localhost', ...headers });
    expect(answer.statusCode).toBe(status);
  });
});

describe('API keys', () => {
  test('a key speaks for its account, is shown once, and is kept only as a hash', async () => {
    const made = await owner.send('POST', '/keys', { Name: 'script' });
    expect([made.statusCode, made.json(), made.headers['cache-control']]).toEqual([
      201,
      { Id: aString, Key: textLike(/^outpost_[\w-]{43}$/) },
      'no-store',
    ]);
    const { Key } = made.json<{ Key: string }>();
    const program = new Client(server, { authorization: `Bearer ${Key}` });
    expect((await program.send('GET', '/session')).json()).toMatchObject({ Account: { Id: session.Account.Id } });
    expect((await program.send('GET', '/responses', undefined, { 'outpost-account': 'somebody-else' })).statusCode).toBe(401);
    expect((await program.send('GET', '/responses', undefined, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(200);
    expect((await program.send('POST', '/keys', { Name: 'child' })).statusCode).toBe(403);
    expect((await new Client(server, { authorization: `Bearer ${Key}x` }).send('GET', '/session')).statusCode).toBe(401);
  });
});

describe('the first run', () => {
  const newOwner = { Name: OWNER.name, Email: OWNER.email, Password: OWNER.password };

  test('the link makes one owner, signed in, who finds the sample; then it is used up', async () => {
    const fresh = await openServer();
    const Token = fresh.welcomeToken ?? '';
    const guest = new Client(fresh, {});
    expect((await guest.send('POST', '/welcome', { ...newOwner, Token: 'guessed' })).statusCode).toBe(403);
    expect((await guest.send('POST', '/welcome', { ...newOwner, Token, Password: 'short' })).statusCode).toBe(400);
    // Whoever's password is hashed first is the first.
    const addresses = [OWNER.email, 'quick@example.org'];
    const answers = await Promise.all(addresses.map((Email) => guest.send('POST', '/welcome', { ...newOwner, Token, Email })));
    const made = answers.find(({ statusCode }) => statusCode === 200);
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 403]));
    expect(made?.json()).toMatchObject({ Account: { Email: addresses[made === answers[0] ? 0 : 1] }, Workspaces: [{ Role: 'owner' }] });
    const signedIn = new Client(fresh, { cookie: String(made?.headers['set-cookie']).split(';')[0] ?? '' });
    expect((await signedIn.send('GET', '/questionnaires')).json()).toEqual([having({ version: 1, published: true })]);
    expect((await guest.send('POST', '/welcome', { ...newOwner, Token, Email: 'late@example.org' })).statusCode).toBe(403);
  });

  test('killed after the owner was made and before the sample was stored: the next start brings it, and once it is deleted, none', async () => {
    const dataDir = temporaryFolder();
    let now = Date.parse('2026-01-01T00:00:00Z');
    const start = () => openServer({ dataDir, now: () => now });
    const half = await start();
    await half.accounts.createOwner(OWNER);
    await half.close();

    const whole = await start();
    const client = await signIn(whole, OWNER);
    const found = (await client.send('GET', '/questionnaires')).json<{ id: string }[]>();
    expect(found).toEqual([having({ version: 1, published: true })]);
    await client.send('DELETE', `/questionnaires/${found[0]?.id ?? ''}`);
    await whole.close();

    // Long enough for the tombstone to be forgotten at the start between.
    now += 100 * 24 * 60 * 60_000;
    await (await start()).close();
    expect((await (await signIn(await start(), OWNER)).send('GET', '/questionnaires')).json()).toEqual([]);
  });

  test('where there is an owner there is no link', async () => {
    expect(server.welcomeToken).not.toBeNull();
    await server.makeOwner({ ...OWNER, email: 'again@example.org' });
    expect((await nobody().send('POST', '/session', { Email: 'again@example.org', Password: OWNER.password })).statusCode).toBe(401);
  });
});

test('health needs no sign-in', async () => {
  const answer = await nobody().send('GET', '/health');
  expect([answer.statusCode, answer.json()]).toEqual([200, { Status: 'ok', Version: textLike(/^\d+\.\d+\.\d+/), Store: 'sqlite' }]);
});
