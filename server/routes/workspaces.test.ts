/**
 * One account in two workspaces: what is made for one of them goes there and nowhere else.
 */
import { beforeEach, expect, test } from 'vitest';
import type { OutpostServer } from '../index.ts';
import { EventListener } from '../testing/listener.ts';
import { Client, QUESTIONNAIRE, edit, having, openServer, putQuestionnaire, response, signIn, signInOwner } from '../testing/server.ts';

const PIA = { name: 'Pia', email: 'pia@example.org', password: 'the password of Pia' };
const DEVICE = '44444444-4444-4444-8444-444444444444';

let server: OutpostServer;
let olive: Client;
/** Olive's questionnaire, which nobody has in Pia's own workspace. */
let form: string;
let pia: Client;
let account: string;
/** Pia's own workspace, which she joined first, and Olive's. */
let own: string;
let olives: string;

/** Headers of a request that Pia made in this workspace. */
const madeIn = (workspace: string) => ({ 'outpost-account': `${account}/${workspace}` });

beforeEach(async () => {
  let time = Date.now();
  server = await openServer({ now: () => (time += 1) });
  olive = await signInOwner(server);
  form = await putQuestionnaire(olive);
  const made = await server.accounts.createOwner(PIA);
  account = made?.account.Id ?? '';
  own = made?.workspaces[0]?.Id ?? '';
  pia = await signIn(server, PIA);
  const joined = await pia.send('POST', '/invitations/accept', { Token: await invite() });
  olives = joined.json<{ Joined: string }>().Joined;
});

async function invite(): Promise<string> {
  return (await olive.send('POST', '/invitations', { Role: 'collector', Uses: 1, Days: 7 })).json<{ Token: string }>().Token;
}

async function removePia(): Promise<void> {
  await olive.send('DELETE', `/members/${account}`);
  pia = await signIn(server, PIA);
}

test('an invitation says which workspace it has led to, also where its answer was lost and it is used again', async () => {
  expect((await pia.send('GET', '/session')).json()).toMatchObject({ Workspaces: [{ Id: own, Role: 'owner' }, { Id: olives, Role: 'collector' }] });
  const Token = await invite();
  for (let i = 0; i < 2; i += 1) expect((await pia.send('POST', '/invitations/accept', { Token })).json()).toMatchObject({ Joined: olives });
  const joined = await new Client(server, {}).send('POST', '/invitations/join', { Token, Name: PIA.name, Email: PIA.email, Password: PIA.password });
  expect(joined.json()).toMatchObject({ Joined: olives });
});

test('one by one, many at once, and what is asked for: each is of the workspace that it names, and of the first where it names none', async () => {
  const put = (headers: Record<string, string>) => pia.send('PUT', `/responses/${crypto.randomUUID()}`, response(form), headers);
  expect((await put(madeIn(olives))).statusCode).toBe(200);
  expect([(await put(madeIn(own))).statusCode, (await put({})).statusCode]).toEqual([422, 422]);
  const Push = [{ Collection: 'responses', Id: crypto.randomUUID(), Revision: 1, Base: 0, Op: 'put', Attributes: response(form) }];
  const sync = async (workspace: string) => (await pia.send('POST', '/sync', { Device: DEVICE, Push }, madeIn(workspace))).json<object>();
  expect([await sync(own), await sync(olives)]).toEqual([having({ Results: [having({ Status: 'rejected' })] }), having({ Results: [having({ Status: 'applied' })] })]);
  expect((await olive.send('GET', '/responses')).json()).toHaveLength(2);
  expect((await pia.send('GET', '/questionnaires', undefined, madeIn(olives))).json()).toEqual(expect.arrayContaining([having({ id: form })]));
  expect((await pia.send('GET', '/questionnaires', undefined, madeIn(own))).json()).toEqual([]);
});

test('the two headers contradict each other: what the edit says of itself counts', async () => {
  const answer = await pia.send('PUT', `/responses/${crypto.randomUUID()}`, response(form), { ...madeIn(olives), 'outpost-workspace': own });
  expect(answer.statusCode).toBe(200);
});

test('a stream hears of the workspace that its address names', async () => {
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const streams = [olives, own].map((workspace) => EventListener.open(`http://127.0.0.1:${port}`, pia.headers, `?account=${account}%2F${workspace}`));
  const [here, there] = await Promise.all(streams);
  await putQuestionnaire(olive);
  await pia.send('PUT', `/questionnaires/${crypto.randomUUID()}`, { ...QUESTIONNAIRE, title: 'Springs' }, madeIn(own));
  const [heard, first] = [await here?.listener.next(), await there?.listener.next()];
  expect([heard, first]).toMatchObject([{ collection: 'questionnaires' }, { collection: 'questionnaires' }]);
  expect(heard).not.toEqual(first);
});

test('removed from one: what was made for it is told to wait, not refused, and goes nowhere else; invited again, it is stored', async () => {
  await removePia();
  const id = crypto.randomUUID();
  const put = (headers: Record<string, string>) => pia.send('PUT', `/responses/${id}`, response(form), { ...edit(DEVICE, 1, 0), ...headers });
  const waits = await put(madeIn(olives));
  expect([waits.statusCode, waits.json()]).toEqual([401, having({ type: '/problems/removed' })]);
  expect((await pia.send('GET', '/responses', undefined, madeIn(own))).json()).toEqual([]);
  await pia.send('POST', '/invitations/accept', { Token: await invite() });
  expect((await put(madeIn(olives))).json()).toMatchObject({ Status: 'applied', Version: 1 });
});
