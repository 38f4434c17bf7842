import { expect, test } from 'vitest';
import { Group } from './group.ts';
import { StoreUnavailable } from './store.ts';

/** A database that says what it was asked to do, and cannot store what is called "broken". */
function setUp() {
  const log: string[] = [];
  const faults: { full: boolean; slow: Promise<void> | null } = { full: false, slow: null };
  const group = new Group<string, string>(async (items) => {
    log.push(`begin ${items.join()}`);
    await faults.slow;
    if (faults.full) throw new StoreUnavailable('disk full');
    if (items.includes('broken')) throw new Error('a bug');
    log.push('commit');
    return { answers: items, tell: async () => void log.push('told') };
  });
  return { group, log, faults };
}

test('what arrives in one turn is one commit, in order, and is answered after it was told', async () => {
  const { group, log } = setUp();
  const write = async (name: string) => log.push(`answer ${await group.add(name)}`);
  await Promise.all([write('a'), write('b')]);
  await write('c');
  expect(log).toEqual(['begin a,b', 'commit', 'told', 'answer a', 'answer b', 'begin c', 'commit', 'told', 'answer c']);
});

test('it is waited for as long as each turn brings more: one wait for the disk instead of two', async () => {
  const { group, log } = setUp();
  const writes: Promise<string>[] = [];
  const turn = (then: () => void) => void setImmediate(then);
  const add = (name: string) => void writes.push(group.add(name));
  turn(() => {
    add('b');
    turn(() => {
      add('c');
      // Nothing comes in the third.
      turn(() => turn(() => add('late')));
    });
  });
  add('a');
  while (writes.length < 4) await new Promise((done) => setImmediate(done));
  await Promise.all(writes);
  expect(log.filter((line) => line.startsWith('begin'))).toEqual(['begin a,b,c', 'begin late']);
});

test('while one group is on its way, the next gathers', async () => {
  const { group, log, faults } = setUp();
  let goOn = () => {};
  faults.slow = new Promise((resolve) => {
    goOn = resolve;
  });
  const first = group.add('a');
  await new Promise((turn) => setImmediate(turn));
  const next = [group.add('b')];
  await new Promise((turn) => setImmediate(turn));
  next.push(group.add('c'));
  expect(log).toEqual(['begin a']);
  goOn();
  expect(await Promise.all([first, ...next])).toEqual(['a', 'b', 'c']);
  expect(log.filter((line) => line.startsWith('begin'))).toEqual(['begin a', 'begin b,c']);
});

test('a write that hits a bug fails alone: its neighbours are stored, in order', async () => {
  const { group, log } = setUp();
  const answers = await Promise.allSettled(['a', 'b', 'broken', 'c', 'd', 'e'].map((name) => group.add(name)));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  const stored = log.flatMap((line, at) => (log[at + 1] === 'commit' ? [line] : []));
  expect(stored.join(';')).toBe('begin a;begin b;begin c,d,e');
});

test('the database cannot write: nobody is told it was stored, it is tried once, and the next group goes on', async () => {
  const { group, faults, log } = setUp();
  faults.full = true;
  const answers = await Promise.allSettled(['a', 'b'].map((name) => group.add(name)));
  expect(answers).toEqual(answers.map(() => ({ status: 'rejected', reason: new StoreUnavailable('disk full') })));
  expect(log).toEqual(['begin a,b']);
  faults.full = false;
  expect(await group.add('c')).toBe('c');
});

test('the database is away: what waits behind is answered with it, and does not wait for its own turn to fail', async () => {
  const { group, log, faults } = setUp();
  let goOn = () => {};
  faults.slow = new Promise((resolve) => {
    goOn = resolve;
  });
  faults.full = true;
  const first = group.add('a');
  await new Promise((turn) => setImmediate(turn));
  const answers = Promise.allSettled([first, group.add('b'), group.add('c')]);
  goOn();
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(log).toEqual(['begin a']);
});

test('drained waits until what was added before is answered', async () => {
  const { group, log } = setUp();
  void group.add('a').then((name) => log.push(`answer ${name}`));
  await group.drained();
  await Promise.resolve();
  expect(log.at(-1)).toBe('answer a');
});
