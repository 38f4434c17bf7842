import { IDBFactory } from 'fake-indexeddb';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Session } from '../../protocol/index.ts';
import { forgetSession, goTo, placesToGo, refreshSession, remembered, rememberSession, signOutIsDone } from './session.ts';

const sessionOf = (Id: string, Name: string, ...workspaces: string[]): Session =>
  v.parse(Session, { Account: { Id, Email: `${Id}@example.org`, Name }, Workspaces: workspaces.map((each) => ({ Id: each, Name: `The ${each}`, Role: 'collector' })) });
const ANN = sessionOf('ann', 'Ann');
const BEN = sessionOf('ben', 'Ben');
/** What an earlier version of the app has put into localStorage. */
const FORMER = [['outpost.session', JSON.stringify(ANN)]] as const;

let former: Map<string, string>;

/** Who is signed in, and whether a sign-out is owed. */
async function signedIn(): Promise<{ session: Session | null; signOutIsOwed: boolean }> {
  const { last, signOutIsOwed } = await remembered();
  return { session: last?.session ?? null, signOutIsOwed };
}

async function place() {
  return (await remembered()).last?.place;
}

beforeEach(() => {
  former = new Map();
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('localStorage', { getItem: (key: string) => former.get(key) ?? null, removeItem: (key: string) => former.delete(key) });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('nobody has signed in: nobody is remembered', async () => {
  expect(await signedIn()).toEqual({ session: null, signOutIsOwed: false });
});

test('signed in, signed out, told: each is remembered, and a sign-in settles what was owed', async () => {
  await rememberSession(ANN);
  expect(await signedIn()).toEqual({ session: ANN, signOutIsOwed: false });
  await forgetSession();
  expect(await signedIn()).toEqual({ session: null, signOutIsOwed: true });
  await signOutIsDone();
  expect(await signedIn()).toEqual({ session: null, signOutIsOwed: false });
  await forgetSession();
  await rememberSession(BEN);
  expect(await signedIn()).toEqual({ session: BEN, signOutIsOwed: false });
});

test('told of an older sign-out after somebody has signed in: they stay', async () => {
  await rememberSession(ANN);
  await signOutIsDone();
  expect(await signedIn()).toMatchObject({ session: ANN });
});

test('another name comes from the server: it is taken, but not after a sign-out or for somebody else', async () => {
  await rememberSession(ANN);
  await refreshSession(sessionOf('ann', 'Anna'));
  await refreshSession(BEN);
  expect(await signedIn()).toMatchObject({ session: { Account: { Name: 'Anna' } } });
  await forgetSession();
  await refreshSession(ANN);
  expect(await signedIn()).toEqual({ session: null, signOutIsOwed: true });
});

test('signed in with an earlier version of the app: taken over, and nothing is left where it was', async () => {
  former = new Map(FORMER);
  expect(await signedIn()).toEqual({ session: ANN, signOutIsOwed: false });
  expect(former.size).toBe(0);
  expect(await signedIn()).toEqual({ session: ANN, signOutIsOwed: false });
});

test('signed out with an earlier version of the app: still owed', async () => {
  former = new Map([['outpost.sign-out', 'yes']]);
  await remembered();
  expect(await signedIn()).toEqual({ session: null, signOutIsOwed: true });
});

test('signed out, and a crash has brought back what was in localStorage: nobody is signed in', async () => {
  former = new Map(FORMER);
  await remembered();
  await forgetSession();
  former = new Map(FORMER);
  expect(await signedIn()).toEqual({ session: null, signOutIsOwed: true });
});

test.each(['{', '{"Account":{}}', 'null'])('what an earlier version left cannot be read (%s): nobody is remembered', async (text) => {
  former = new Map([['outpost.session', text]]);
  expect(await signedIn()).toEqual({ session: null, signOutIsOwed: false });
});

describe('in several workspaces', () => {
  const PIA = sessionOf('pia', 'Pia', 'first', 'second');

  test('what is made in the one that was open first is kept under the account alone, as ever; in another, under both', async () => {
    await rememberSession(PIA);
    expect(await place()).toEqual({ workspace: PIA.Workspaces[0], author: 'pia/first', keptAs: 'pia', isOneOfSeveral: true });
    await goTo('second');
    expect(await place()).toEqual({ workspace: PIA.Workspaces[1], author: 'pia/second', keptAs: 'pia/second', isOneOfSeveral: true });
    await goTo('first');
    expect(await place()).toMatchObject({ author: 'pia/first', keptAs: 'pia' });
  });

  test('signed in with an earlier version of the app: what is here belongs to the workspace that was meant then, also after another is joined first', async () => {
    former = new Map([['outpost.session', JSON.stringify(sessionOf('pia', 'Pia', 'first'))]]);
    expect(await place()).toMatchObject({ author: 'pia/first', keptAs: 'pia', isOneOfSeveral: false });
    await refreshSession(sessionOf('pia', 'Pia', 'second', 'first'));
    expect(await place()).toMatchObject({ author: 'pia/first', keptAs: 'pia' });
  });

  test('an invitation leads to its workspace; signed out and in again, the person is where they were last', async () => {
    await rememberSession(sessionOf('pia', 'Pia', 'first'));
    await rememberSession({ ...PIA, Joined: 'second' });
    expect(await place()).toMatchObject({ author: 'pia/second' });
    await forgetSession();
    await rememberSession(BEN);
    await rememberSession(PIA);
    expect(await place()).toMatchObject({ author: 'pia/second', keptAs: 'pia/second' });
  });

  test('removed from the present one: it stays until the person goes elsewhere, and can be gone back to', async () => {
    await rememberSession({ ...PIA, Joined: 'second' });
    await refreshSession(sessionOf('pia', 'Pia', 'first'));
    expect(await place()).toMatchObject({ author: 'pia/second', workspace: { Role: 'collector' }, isOneOfSeveral: true });
    await rememberSession(sessionOf('pia', 'Pia', 'first'), 'second');
    expect(await place()).toMatchObject({ author: 'pia/second' });
    await goTo('first');
    expect(await placesToGo()).toMatchObject([{ Id: 'first', belongs: true, keptAs: 'pia/first' }, { Id: 'second', belongs: false, keptAs: 'pia' }]);
    await goTo('second');
    expect(await place()).toMatchObject({ author: 'pia/second', keptAs: 'pia' });
  });

  test('removed and signed out: who signs in again is in one that they belong to', async () => {
    await rememberSession({ ...PIA, Joined: 'second' });
    await forgetSession();
    await rememberSession(sessionOf('pia', 'Pia', 'first'));
    expect(await place()).toMatchObject({ author: 'pia/first' });
    await forgetSession();
    await rememberSession(sessionOf('pia', 'Pia'));
    expect(await place()).toMatchObject({ author: 'pia/first' });
  });

  test('in none, and never was: the account alone', async () => {
    await rememberSession(ANN);
    expect(await place()).toEqual({ workspace: null, author: 'ann', keptAs: 'ann', isOneOfSeveral: false });
  });
});
