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
  let asked = 0;
  await page.exposeFunction('persistAsked', () => (asked += 1));
  await page.evaluate(() => {
    const { storage } = navigator;
    const persist = storage.persist.bind(storage);
    storage.persist = async () => {
      await window.persistAsked?.();
      return persist();
    };
  });
  const told = () => page.evaluate(() => window.outpost.persisted);

  await page.evaluate((questionnaireId) => {
    const { engine, responses } = window.outpost;
    return engine.save(engine.create(responses, { questionnaireId, answers: {}, endedAt: null }));
  }, world.questionnaireId);
  expect({ asked, told: await told() }).toEqual({ asked: 0, told: [] });

  await life.save([truth.make()]);
  await page.waitForFunction(() => window.outpost.persisted.length > 0);
  const answer = await page.evaluate(() => navigator.storage.persisted());
  expect({ asked, told: await told() }).toEqual({ asked: 1, told: [answer] });

  await life.save([truth.make()]);
  // The browser answers in order: a second question of the engine's would have been heard by now.
  for (let round = 1; round <= 3; round += 1) await page.evaluate(() => navigator.storage.persisted());
  expect({ asked, told: await told() }).toEqual({ asked: 1, told: [answer] });
});
