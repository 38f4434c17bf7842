import { IDBFactory } from 'fake-indexeddb';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClientId } from '../../protocol/index.ts';
import { OpenForm } from '../../protocol/people.ts';
import { deviceId, type Filling, forget, keep, kept } from './open-form.ts';

const FILLING: Filling = {
  form: v.parse(OpenForm, { Workspace: 'Wells', Limit: 'device', Questionnaire: { Id: 'q', Version: 2, Attributes: { title: 'Wells' } } }),
  id: v.parse(ClientId, '11111111-1111-4111-8111-111111111111'),
  answers: { depth: 12, colours: ['red', 'blue'], remark: null },
  startedAt: '2026-11-22T09:00:00+13:00',
  endedAt: null,
};

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('what was filled in is there again under its own link, until it has arrived', async () => {
  expect(await kept('one')).toBeNull();
  await keep('one', FILLING);
  expect([await kept('one'), await kept('another')]).toEqual([FILLING, null]);
  await forget('one');
  expect(await kept('one')).toBeNull();
});

test('the device stays the same, also for two who ask at once', async () => {
  const [first, second] = await Promise.all([deviceId(), deviceId()]);
  expect([second, await deviceId()]).toEqual([first, first]);
});
