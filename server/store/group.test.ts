import { expect, test } from 'vitest';
import { Group } from './group.ts';

/** A database that only says what it was asked to do. */
function setUp() {
  const log: string[] = [];
  const faults = { commit: false };
  const group = new Group({
    transaction(work) {
      log.push('begin');
      work();
      if (faults.commit) throw new Error('disk full');
      log.push('commit');
    },
    savepoint: (work) => work(),
    committed: async () => {
      log.push('told');
    },
  });
  const write = (name: string) =>
    group.add(() => {
      log.push(name);
      return name;
    });
  return { group, log, faults, write };
}

test('what arrives in one turn is one commit, in order, and is answered after it was told', async () => {
  const { log, write } = setUp();
  const answered = (name: string) => log.push(`answer ${name}`);
  await Promise.all([write('a').then(answered), write('b').then(answered)]);
  await write('c');
  expect(log).toEqual(['begin', 'a', 'b', 'commit', 'told', 'answer a', 'answer b', 'begin', 'c', 'commit', 'told']);
});

test('one write throws: only its own caller hears of it', async () => {
  const { group, log, write } = setUp();
  const broken = group.add(() => {
    throw new Error('a bug');
  });
  const answers = await Promise.allSettled([write('a'), broken, write('b')]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(log).toContain('commit');
});

test('the commit fails: nobody is told it was stored, and the next group goes on', async () => {
  const { faults, log, write } = setUp();
  faults.commit = true;
  const answers = await Promise.allSettled([write('a'), write('b')]);
  expect(answers).toEqual([
    { status: 'rejected', reason: new Error('disk full') },
    { status: 'rejected', reason: new Error('disk full') },
  ]);
  expect(log).not.toContain('told');
  faults.commit = false;
  expect(await write('c')).toBe('c');
});

test('drained waits for what was added before', async () => {
  const { group, log, write } = setUp();
  const writing = write('a');
  await group.drained();
  expect(log).toContain('commit');
  await writing;
});
