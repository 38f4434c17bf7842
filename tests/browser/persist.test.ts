/**
 * The browser is asked to keep this site's data when space gets short.
 */
import { expect, it, onTestFinished } from 'vitest';
import { setWorld } from '../harness/device.ts';
import { Truth } from '../harness/truth.ts';

it('asked at the first finished save, once, and the app hears the answer', async () => {
  const world = await setWorld(onTestFinished);
  const truth = new Truth();
  const life = await (await world.newDevice()).begin();
  const { page } = life;
  const session = await life.context.newCDPSession(page);
  await session.send('Browser.grantPermissions', { origin: world.proxy.url, permissions: ['durableStorage'] });
  const persisted = () => page.evaluate(() => navigator.storage.persisted());
  const told = () => page.evaluate(() => window.outpost.persisted);

  await page.evaluate((questionnaireId) => {
    const { engine, responses } = window.outpost;
    return engine.save(engine.create(responses, { questionnaireId, answers: {}, endedAt: null }));
  }, world.questionnaireId);
  expect({ told: await told(), persisted: await persisted() }).toEqual({ told: [], persisted: false });

  await life.save([truth.make()]);
  await page.waitForFunction(() => window.outpost.persisted.length > 0);
  expect({ told: await told(), persisted: await persisted() }).toEqual({ told: [true], persisted: true });

  await life.save([truth.make()]);
  expect(await told()).toEqual([true]);
});
