/**
 * The worker on its own: stopped in the middle, with a long queue and no tab open, and what it keeps for a page.
 */
import type { CDPSession } from 'playwright';
import { describe, expect, it, onTestFinished } from 'vitest';
import { asNamed, setWorld, type EnginePage, type World } from '../harness/device.ts';
import { openEngine } from '../harness/engine-page.ts';
import { isPush } from '../harness/proxy.ts';
import { Truth } from '../harness/truth.ts';
import { gate, until } from '../harness/until.ts';

const MANY = 1_000;

describe('the worker is stopped while it drains', () => {
  it('no tab is open: the browser wakes it again, and all arrives once', async () => {
    const { world, life, names } = await stoppedInTheMiddle({ withPage: false });
    const again = world.proxy.passed.length;
    await until('the worker has sent again', () => world.proxy.passed.slice(again).some(isPush), 60_000);
    const page = await openEngine(life.context, world.proxy, life.account);
    expect(await whenSent(world, life.on(page))).toEqual(once(names));
  });

  it('a page is open and wakes it: all arrives once', async () => {
    const { world, life, names } = await stoppedInTheMiddle({ withPage: true });
    await life.wake();
    expect(await whenSent(world, life)).toEqual(once(names));
  });
});

describe('no tab is open', () => {
  it(`a queue of ${MANY} is drained: none is missing, none is there twice, and the page shows them sent under their real ids`, async () => {
    const { world, life, truth } = await begin();
    const cut = world.proxy.fault(isPush, { kind: 'cut request' });
    const all = Array.from({ length: MANY }, () => truth.make());
    await life.saveInGroups(all, 4);
    await life.untilAll('queued');
    await life.page.close();
    expect(await world.api.all('responses')).toEqual([]);

    cut.lift();
    await until('the server has all', async () => (await world.api.all('responses')).length >= MANY, 60_000);
    const page = await openEngine(life.context, world.proxy, life.account);
    expect(await whenSent(world, life.on(page))).toEqual(once(all.map(({ name }) => name)));
  }, 300_000);

  it('what is queued while the worker waits for an answer is sent too, though the tab is closed before that comes', async () => {
    const { world, life, truth } = await begin();
    const cut = world.proxy.fault(isPush, { kind: 'cut request' });
    const [first, second] = [truth.make(), truth.make()];
    await life.save([first]);
    await life.untilAll('queued');
    const answer = gate();
    const held = world.proxy.fault(({ method }) => method === 'POST', { kind: 'delay answer', until: answer.opened });
    await until('the server has answered the worker', () => held.answered.length > 0, 60_000);
    await life.save([second]);
    await until('the page has tried the second', () => cut.struck.some(({ body }) => body.includes(second.name)));
    await life.untilAll('queued');
    await life.page.close();
    cut.lift();
    held.lift();
    answer.open();

    await until('the server has both', async () => (await world.api.all('responses')).length === 2, 60_000);
    const page = await openEngine(life.context, world.proxy, life.account);
    expect(await whenSent(world, life.on(page))).toEqual(once([first.name, second.name]));
  });

  it('a page is killed before it has applied the receipts: they are handed over again, and forgotten only then', async () => {
    const { world, life, truth, device } = await begin();
    const cut = world.proxy.fault(isPush, { kind: 'cut request' });
    const all = Array.from({ length: 3 }, () => truth.make());
    await life.save(all);
    await life.untilAll('queued');
    await life.page.goto('about:blank');
    cut.lift();
    await until('the server has all', async () => (await world.api.all('responses')).length === all.length, 60_000);
    const page = await life.context.newPage();
    await page.goto(`${world.proxy.url}/engine/index.html`);
    await until('the worker has their receipts', async () => (await page.evaluate(() => window.receipts())) === all.length);

    // From now on only the receipts can tell a page.
    world.proxy.fault(isPush, { kind: 'cut request' });
    const reached = world.proxy.fault(({ path }) => path === '/engine/reached', { kind: 'answer', status: 200, contentType: 'text/plain', body: '' });
    await page.evaluate(() => window.stopAt(2));
    const ended = Promise.allSettled([page.evaluate((account) => window.start(account), life.account)]);
    await until('the page is in the middle of it', () => reached.struck.length > 0);
    await life.kill();
    await ended;

    const next = await device.begin();
    await next.untilAll('sent');
    await next.untilForgotten();
    expect(byName(await next.models())).toEqual(byName(await world.api.all('responses')));
  });
});

async function begin() {
  const world = await setWorld(onTestFinished);
  const device = await world.newDevice();
  const life = await device.begin();
  return { world, device, life, truth: new Truth() };
}

/** The server has stored what is queued, and holds its answer back while the worker is stopped. */
async function stoppedInTheMiddle({ withPage }: { withPage: boolean }) {
  const { world, life, truth } = await begin();
  const cut = world.proxy.fault(isPush, { kind: 'cut request' });
  const all = Array.from({ length: 5 }, () => truth.make());
  await life.save(all.slice(0, 2));
  await life.untilAll('queued');
  await life.save(all.slice(2));
  await life.untilAll('queued');
  const blank = await life.context.newPage();
  const session = await life.context.newCDPSession(blank);
  if (!withPage) await life.page.close();
  const answer = gate();
  const held = world.proxy.fault(isPush, { kind: 'delay answer', until: answer.opened });
  cut.lift();
  if (withPage) await life.wake();
  await until('the server has answered the worker', () => held.answered.length > 0, 60_000);
  await stopWorker(session);
  held.lift();
  answer.open();
  expect(await world.api.all('responses')).toHaveLength(all.length);
  return { world, life, names: all.map(({ name }) => name) };
}

async function stopWorker(session: CDPSession): Promise<void> {
  const statuses: string[] = [];
  session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => statuses.push(...versions.map(({ runningStatus }) => runningStatus)));
  await session.send('ServiceWorker.enable');
  await until('the worker is seen to run', () => statuses.at(-1) === 'running');
  await session.send('ServiceWorker.stopAllWorkers');
  await until('the worker has stopped', () => statuses.at(-1) === 'stopped');
  await session.detach();
}

/** What the server has once the device shows all as sent, under the same ids. */
async function whenSent({ api }: World, engine: EnginePage) {
  await engine.untilAll('sent');
  await engine.untilForgotten();
  const records = byName(await api.all('responses'));
  expect(byName(await engine.models())).toEqual(records);
  return records.map(({ name, version }) => ({ name, version }));
}

/** Each of them, stored once. */
function once(names: readonly string[]) {
  return names.toSorted().map((name) => ({ name, version: 1 }));
}

function byName(records: readonly unknown[]) {
  return records.map(asNamed).map(({ id, version, answers }) => ({ name: answers.name, version, id })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
