/**
 * What a device has sent comes back in no pull, unless it is not there any more.
 */
import { expect, it, onTestFinished } from 'vitest';
import { setWorld } from '../harness/device.ts';
import { openEngine } from '../harness/engine-page.ts';
import { inStore } from '../harness/indexed-db.ts';
import type { Seen } from '../harness/proxy.ts';
import { until } from '../harness/until.ts';

it('of its own responses a device is told the Version alone; one that it has lost with every copy comes again in full', async () => {
  const world = await setWorld(onTestFinished);
  const life = await (await world.newDevice()).begin();
  await life.pull();
  const [key, cursor] = await life.page.evaluate(() => {
    const name = Object.keys(localStorage).find((each) => each.endsWith('.responses.cursor')) ?? '';
    return [name, localStorage.getItem(name) ?? ''] as const;
  });
  await life.save([{ name: 'kept', edit: '1' }, { name: 'lost', edit: '1' }]);
  await life.untilAll('sent');
  await life.page.evaluate(() => window.outpost.engine.push());

  const asked = async (pull: () => Promise<unknown>): Promise<readonly boolean[]> => {
    const before = world.proxy.passed.length;
    await pull();
    return world.proxy.passed.slice(before).filter(isPull).map(({ path }) => path.includes('brief=1'));
  };
  expect(await asked(() => life.pull())).toEqual([true]);
  expect((await life.models()).map(({ version, answers }) => [version, answers.name])).toEqual([[1, 'kept'], [1, 'lost']]);

  await inStore(life.page, { database: 'outpost-journal', store: 'entries', act: 'clear' });
  await life.page.evaluate(([place, before]) => {
    const lost = Object.keys(localStorage).find((each) => localStorage.getItem(each)?.includes('"lost"')) ?? '';
    localStorage.removeItem(lost);
    localStorage.setItem(place, before);
  }, [key, cursor] as const);
  await life.page.close();
  const cut = world.proxy.fault(isPull, { kind: 'cut request' });
  const page = life.on(await openEngine(life.context, world.proxy, life.account));
  expect((await page.models()).map(({ answers }) => answers.name)).toEqual(['kept']);
  await until('the pull at the start was cut', () => cut.struck.length > 0);
  cut.lift();
  expect((await asked(() => page.pull())).slice(0, 2)).toEqual([true, false]);
  expect((await page.models()).map(({ version, answers }) => [version, answers.name])).toEqual([[1, 'kept'], [1, 'lost']]);
});

function isPull({ method, path }: Seen): boolean {
  return method === 'GET' && path.startsWith('/api/v1/responses?');
}
