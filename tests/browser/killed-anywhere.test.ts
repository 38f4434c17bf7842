/**
 * The browser is ended at random moments of a swap of ids, of a drain and of a pull, and starts again with what is left.
 *
 * A moment is a step by which page or worker brings something to the disk: the thread that is about to take it stops
 * there for good, and the browser is ended. The moments of one run are spread over the whole operation. `OUTPOST_SEED`
 * chooses others; a failure names its seed and its moment.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { storedRows } from '../harness/app.ts';
import { chanceOf, shuffled, spread } from '../harness/chance.ts';
import { asNamed, attributesOf, setWorld, type Device, type Life, type World } from '../harness/device.ts';
import { isPush, type SetFault } from '../harness/proxy.ts';
import { Truth } from '../harness/truth.ts';
import { gate, until } from '../harness/until.ts';

const SEED = Number(process.env['OUTPOST_SEED'] ?? 1);
/** Far beyond what it takes: about a second for each life. */
const DEADLINE_MS = 600_000;

/** `kill`: by SIGKILL, and localStorage falls back to what was on the disk. `close`: in order, and localStorage stays as it was at that moment. */
type End = 'kill' | 'close';

interface Operation {
  /** Whose steps are counted. */
  readonly who: 'page' | 'worker';
  readonly ends: Readonly<Record<End, number>>;
  /** Brings everything to where the operation begins. @returns what begins it, and resolves at its end */
  readonly prepare: (life: Life, scene: Scene) => Promise<() => Promise<void>>;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'the swap of ids, as the server answers': { who: 'page', ends: { kill: 15, close: 4 }, prepare: answerHeldBack },
  'the swap of ids, by receipts of the worker': { who: 'page', ends: { kill: 15, close: 4 }, prepare: queueFilled },
  'the worker’s drain': { who: 'worker', ends: { kill: 30, close: 2 }, prepare: queueFilled },
  'a pull': { who: 'page', ends: { kill: 30, close: 8 }, prepare: changedOnTheServer },
};

describe(`ended in the middle, OUTPOST_SEED=${SEED}`, () => {
  it.each(Object.entries(OPERATIONS))('%s: everything that was said to be saved is there once, here and on the server', async (_name, operation) => {
    expect(await liveOn(operation)).toEqual(operation.ends);
  }, DEADLINE_MS);
});

interface Scene extends World {
  readonly device: Device;
  readonly truth: Truth;
  /** Struck once a thread has stopped at its moment. */
  readonly reached: SetFault;
}

/** One life of the browser after the other. @returns how many of them were ended in the middle of the operation, and in which way */
async function liveOn(operation: Operation): Promise<Record<End, number>> {
  const world = await setWorld(onTestFinished);
  const reached = world.proxy.fault(({ path }) => path === '/engine/reached', { kind: 'answer', status: 200, contentType: 'text/plain', body: '' });
  world.proxy.fault(({ path }) => path.startsWith('/api/v1/responses?since='), { kind: 'ask instead', path: (path) => `${path}&limit=4` });
  const scene: Scene = { ...world, device: await world.newDevice(), truth: new Truth(), reached };
  let life = await scene.device.begin(scene.truth.say);
  await rehearse(operation, life, scene);
  // The first time there was nothing yet that could be edited.
  const steps = await rehearse(operation, life, scene);

  const chance = chanceOf(SEED);
  const { kill, close } = operation.ends;
  const ways = shuffled(Array.from({ length: kill + close }, (_, index): End => (index < kill ? 'kill' : 'close')), chance);
  const ended: Record<End, number> = { kill: 0, close: 0 };
  for (const [index, drawn] of spread(kill + close, steps, chance).entries()) {
    const way = ways[index] ?? 'kill';
    // An operation takes fewer steps when more of it falls into one write: a moment that did not come is drawn again, from those before it.
    for (let step = drawn; step > 0; step = Math.ceil(chance() * (step - 1))) {
      try {
        const hasCome = await endAt(step, way, operation, life, scene);
        life = await scene.device.begin(scene.truth.say);
        await checkAll(life, scene);
        if (hasCome) {
          ended[way] += 1;
          break;
        }
      } catch (cause) {
        throw new Error(`OUTPOST_SEED=${SEED}, moment ${index + 1}: ${way} before step ${step} of the ${operation.who}’s ${steps}`, { cause });
      }
    }
  }
  return ended;
}

/** The operation without a fault. @returns the steps it took */
async function rehearse({ who, prepare }: Operation, life: Life, scene: Scene): Promise<number> {
  const begin = await prepare(life, scene);
  await stopAt(life, who, Infinity);
  await begin();
  const steps = await stopAt(life, who, Infinity);
  await checkAll(life, scene);
  return steps;
}

/** @returns whether the step was reached; if not, the browser was ended after the operation */
async function endAt(step: number, way: End, { who, prepare }: Operation, life: Life, scene: Scene): Promise<boolean> {
  const begin = await prepare(life, scene);
  const before = scene.reached.struck.length;
  await stopAt(life, who, step);
  const over = begin();
  let hasEnded = false;
  await Promise.race([over, until('the moment comes', () => hasEnded || scene.reached.struck.length > before)]);
  await life[way]();
  hasEnded = true;
  // What the page was asked for fails with it; what another client does on the server comes to its end.
  await Promise.allSettled([over]);
  return scene.reached.struck.length > before;
}

/** @returns the steps since the last call */
function stopAt({ page }: Life, who: Operation['who'], step: number): Promise<number> {
  return who === 'page' ? page.evaluate((count) => window.stopAt(count), step) : page.evaluate((count) => window.stopWorkerAt(count), step);
}

async function checkAll(life: Life, { api, truth }: Scene): Promise<void> {
  await life.pull();
  await life.untilAll('sent');
  await life.untilForgotten();
  const onServer = byName(await api.all('responses'));
  expect(byName(await life.models())).toEqual(onServer);
  expect(byName(await storedRows(life.page))).toEqual(onServer);
  expect(truth.settle(onServer)).toEqual([]);
  // Nothing was stored twice: no more Versions than edits.
  expect(onServer.filter(({ version, edit }) => version > Number(edit))).toEqual([]);
}

function byName(records: readonly unknown[]) {
  const brief = records.map((record) => {
    const { id, version, answers } = asNamed(record);
    return { id, version, ...answers };
  });
  return brief.toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

/** Six edits are answered by the server in one go, and one of them was edited again meanwhile. */
async function answerHeldBack(life: Life, { proxy, truth }: Scene): Promise<() => Promise<void>> {
  const answer = gate();
  const held = proxy.fault(isPush, { kind: 'delay answer', until: answer.opened });
  const earlier = truth.last(2).map((name) => truth.edit(name));
  const first = truth.make();
  await life.save([first, truth.make(), truth.make(), truth.make(), ...earlier]);
  await until('the server has answered', () => held.answered.length > 0);
  await life.save([truth.edit(first.name)]);
  return async () => {
    held.lift();
    answer.open();
    await life.untilAll('sent');
  };
}

/** Four requests in the worker's queue, with two edits of the same response among them. */
async function queueFilled(life: Life, { proxy, truth }: Scene): Promise<() => Promise<void>> {
  const cut = proxy.fault(isPush, { kind: 'cut request' });
  const earlier = truth.last(2).map((name) => truth.edit(name));
  const first = truth.make();
  for (const batch of [[first, truth.make(), truth.make()], earlier, [truth.edit(first.name)], [truth.make(), truth.make()]]) {
    await life.save(batch);
    await life.untilAll('queued', 'sent');
  }
  return async () => {
    cut.lift();
    await life.wake();
    await life.untilAll('sent');
    await life.untilForgotten();
  };
}

/** Another client makes eight, changes three and removes two; they come in pages of four. */
async function changedOnTheServer(life: Life, { api, questionnaireId, truth }: Scene): Promise<() => Promise<void>> {
  const models = new Map((await life.models()).map((model) => [model.answers.name, model.id]));
  const [removed, edited] = [truth.last(5).slice(0, 2), truth.last(5).slice(2)];
  const puts = [
    ...Array.from({ length: 8 }, () => ({ answers: truth.make(), id: randomUUID() })),
    ...edited.map((name) => ({ answers: truth.edit(name), id: models.get(name) ?? '' })),
  ];
  return async () => {
    for (const { answers, id } of puts) {
      await api.put('responses', id, attributesOf(questionnaireId, answers));
      truth.say(answers);
    }
    for (const name of removed) {
      await api.remove('responses', models.get(name) ?? '');
      truth.remove(name);
    }
    await life.pull();
    await life.untilAll('sent');
  };
}
