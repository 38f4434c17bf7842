import { IDBFactory } from 'fake-indexeddb';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Session } from '../../protocol/index.ts';
import { forgetSession, refreshSession, remembered, rememberSession, signOutIsDone } from './session.ts';

const sessionOf = (Id: string, Name: string): Session => v.parse(Session, { Account: { Id, Email: `${Id}@example.org`, Name }, Workspaces: [] });
const ANN = sessionOf('ann', 'Ann');
const BEN = sessionOf('ben', 'Ben');
/** What an earlier version of the app has put into localStorage. */
const FORMER = [['outpost.session', JSON.stringify(ANN)]] as const;

let former: Map<string, string>;

beforeEach(() => {
  former = new Map();
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('localStorage', { getItem: (key: string) => former.get(key) ?? null, removeItem: (key: string) => former.delete(key) });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('nobody has signed in: nobody is remembered', async () => {
  expect(await remembered()).toEqual({ session: null, signOutIsOwed: false });
});

test('signed in, signed out, told: each is remembered, and a sign-in settles what was owed', async () => {
  await rememberSession(ANN);
  expect(await remembered()).toEqual({ session: ANN, signOutIsOwed: false });
  await forgetSession();
  expect(await remembered()).toEqual({ session: null, signOutIsOwed: true });
  await signOutIsDone();
  expect(await remembered()).toEqual({ session: null, signOutIsOwed: false });
  await forgetSession();
  await rememberSession(BEN);
  expect(await remembered()).toEqual({ session: BEN, signOutIsOwed: false });
});

test('told of an older sign-out after somebody has signed in: they stay', async () => {
  await rememberSession(ANN);
  await signOutIsDone();
  expect(await remembered()).toMatchObject({ session: ANN });
});

test('another name comes from the server: it is taken, but not after a sign-out or for somebody else', async () => {
  await rememberSession(ANN);
  await refreshSession(sessionOf('ann', 'Anna'));
  await refreshSession(BEN);
  expect(await remembered()).toMatchObject({ session: { Account: { Name: 'Anna' } } });
  await forgetSession();
  await refreshSession(ANN);
  expect(await remembered()).toEqual({ session: null, signOutIsOwed: true });
});

test('signed in with an earlier version of the app: taken over, and nothing is left where it was', async () => {
  former = new Map(FORMER);
  expect(await remembered()).toEqual({ session: ANN, signOutIsOwed: false });
  expect(former.size).toBe(0);
  expect(await remembered()).toEqual({ session: ANN, signOutIsOwed: false });
});

test('signed out with an earlier version of the app: still owed', async () => {
  former = new Map([['outpost.sign-out', 'yes']]);
  await remembered();
  expect(await remembered()).toEqual({ session: null, signOutIsOwed: true });
});

test('signed out, and a crash has brought back what was in localStorage: nobody is signed in', async () => {
  former = new Map(FORMER);
  await remembered();
  await forgetSession();
  former = new Map(FORMER);
  expect(await remembered()).toEqual({ session: null, signOutIsOwed: true });
});

test.each(['{', '{"Account":{}}', 'null'])('what an earlier version left cannot be read (%s): nobody is remembered', async (text) => {
  former = new Map([['outpost.session', text]]);
  expect(await remembered()).toEqual({ session: null, signOutIsOwed: false });
});
