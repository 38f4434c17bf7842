/**
 * A response is removed: here, on the server, and on every other device.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { storedRows } from '../harness/app.ts';
import { setWorld, type Life, type World } from '../harness/device.ts';
import type { Seen } from '../harness/proxy.ts';
import { Truth } from '../harness/truth.ts';
import { until } from '../harness/until.ts';

describe('removed here', () => {
  it('online: a DELETE leaves a tombstone, and the other device loses it by its next pull', async () => {
    const { world, here, there, name, id } = await onTwoDevices();
    await here.destroy(name);
    await until('the server has a tombstone', () => isTombstone(world, id));
    expect(world.proxy.passed.filter(isRemoval).map(({ method, path }) => [method, path])).toEqual([['DELETE', `/api/v1/responses/${id}`]]);
    await there.pull();
    for (const life of [here, there]) expect(await held(life)).toEqual(NOTHING);
  });

  it('offline, and the browser killed then: the worker or the next page brings the removal to the server', async () => {
    const { world, here, there, name, id, device } = await onTwoDevices();
    const cut = world.proxy.fault(isRemoval, { kind: 'cut request' });
    await here.destroy(name);
    expect(await here.models()).toEqual([]);
    await here.kill();
    expect(await isTombstone(world, id)).toBe(false);
    cut.lift();
    const next = await device.begin();
    await until('the server has a tombstone', () => isTombstone(world, id), 60_000);
    await there.pull();
    await until('the row is gone', async () => (await storedRows(next.page)).length === 0);
    for (const life of [next, there]) expect(await held(life)).toEqual(NOTHING);
  });

  it('edited there meanwhile, and removed all the same: it comes back to be decided, then it is gone everywhere', async () => {
    const { world, here, there, name, id } = await removedHereEditedThere();
    await here.resolve(name, 'mine');
    await until('the server has a tombstone', () => isTombstone(world, id));
    await there.pull();
    for (const life of [here, there]) expect(await held(life)).toEqual(NOTHING);
  });

  it('edited there meanwhile, and kept: both devices have the edit', async () => {
    const { world, here, there, name, id } = await removedHereEditedThere();
    await here.resolve(name, 'theirs');
    const kept = [{ id, version: 2, answers: { name, edit: '2' } }];
    for (const life of [here, there]) {
      await life.pull();
      await life.untilAll('sent');
      expect(await life.models()).toEqual(kept);
    }
    expect(await world.api.all('responses')).toMatchObject(kept);
  });
});

describe('removed there', () => {
  it('edited here meanwhile, and kept: it lives again on the server and on the other device', async () => {
    const { world, here, there, name, id } = await editedHereRemovedThere();
    await here.resolve(name, 'mine');
    await here.untilAll('sent');
    await there.pull();
    const kept = [{ id, version: 3, answers: { name, edit: '2' } }];
    expect(await world.api.all('responses')).toMatchObject(kept);
    expect(await here.models()).toEqual(kept);
    expect(await there.models()).toEqual(kept);
  });

  it('edited here meanwhile, and given up: it goes here too', async () => {
    const { world, here, there, name, id } = await editedHereRemovedThere();
    await here.resolve(name, 'theirs');
    for (const life of [here, there]) expect(await held(life)).toEqual(NOTHING);
    expect(await isTombstone(world, id)).toBe(true);
  });
});

/** One response, sent from here and pulled there. */
async function onTwoDevices() {
  const world = await setWorld(onTestFinished);
  const truth = new Truth();
  const device = await world.newDevice();
  const here = await device.begin();
  const response = truth.make();
  await here.save([response]);
  await here.untilAll('sent');
  const there = await (await world.newDevice()).begin();
  await there.pull();
  const [model] = await there.models();
  expect(await here.models()).toEqual([model]);
  return { world, device, here, there, truth, name: response.name, id: model?.id ?? '' };
}

async function removedHereEditedThere() {
  const scene = await onTwoDevices();
  const { world, here, there, truth, name } = scene;
  const cut = world.proxy.fault(isRemoval, { kind: 'cut request' });
  await here.destroy(name);
  await there.save([truth.edit(name)]);
  await there.untilAll('sent');
  cut.lift();
  expect(await here.models()).toEqual([]);
  await here.wake();
  await until('it comes back', async () => (await here.models()).length === 1);
  await here.untilAll('conflict');
  return scene;
}

async function editedHereRemovedThere() {
  const scene = await onTwoDevices();
  const { world, here, there, truth, name, id } = scene;
  const cut = world.proxy.fault(({ method, body }) => method !== 'GET' && body.includes('"edit":"2"'), { kind: 'cut request' });
  await here.save([truth.edit(name)]);
  await there.destroy(name);
  await until('the server has a tombstone', () => isTombstone(world, id));
  cut.lift();
  await here.wake();
  await here.untilAll('conflict');
  return scene;
}

/** Carries a removal, whichever way it goes. */
function isRemoval({ method, body }: Seen): boolean {
  return method === 'DELETE' || body.includes('"Op":"delete"');
}

async function isTombstone({ api }: World, id: string): Promise<boolean> {
  const change = (await api.changes('responses')).find(({ Id }) => Id === id);
  if (change === undefined) throw new Error(`The server does not know ${id}.`);
  return 'Deleted' in change;
}

const NOTHING = { models: [], rows: [] };

async function held(life: Life) {
  return { models: await life.models(), rows: await storedRows(life.page) };
}
