/**
 * What every store promises, on each database alike.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../protocol/index.ts';
import type { Caller } from '../access.ts';
import type { Edit, Outcome } from '../decide.ts';
import { caller, device, postgresDatabases, put, sqliteDatabases, uuid } from '../testing/stores.ts';
import type { Store } from './store.ts';

const ALL = { collection: 'responses', own: false } as const;
const FIRST = { ...ALL, since: null, limit: 1_000, device: null } as const;

const remove = (id: string): Edit => ({ op: 'delete', id, origin: null, base: null });
const counted = (n: number, revision: number, attributes: object): Edit => put(uuid(n), { ...attributes }, { origin: { device: device(0), revision }, base: 0 });

const DATABASES = [
  ['SQLite', sqliteDatabases],
  ['PostgreSQL', postgresDatabases],
] as const;

describe.each(DATABASES)('on %s', (_, databases) => {
  const create = databases();
  const openOne = async (): Promise<Store> => (await create()).open();

  test('one write of a group hits a bug half-way: its neighbours are stored, nothing of it is', async () => {
    const committed: number[] = [];
    const store = await (await create()).open({ onCommitted: (changes) => void committed.push(changes.length) });
    // A Revision that is no whole number never comes through the routes; the database refuses it.
    const answers = await Promise.allSettled([1, 1.5, 3].map((revision) => store.push(caller('w'), 'responses', counted(revision * 2, revision, { revision }))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { Changes } = await store.pull(caller('w'), FIRST);
    expect(Changes.map((change) => ('Attributes' in change ? change.Attributes : null))).toEqual([{ revision: 1 }, { revision: 3 }]);
    expect(committed.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  test('the hook runs when the group is durable and nobody has been answered', async () => {
    const database = await create();
    const other = await database.open();
    const seen: unknown[] = [];
    let answered = false;
    const store = await database.open({ onCommitted: async () => void seen.push((await other.list(caller('w'), ALL)).length, answered) });
    await store.push(caller('w'), 'responses', put(uuid(1), {})).then(() => {
      answered = true;
    });
    expect(seen).toEqual([1, false]);
  });

  test('the same edits sent to two servers at once: stored once, the same ids for both', async () => {
    const database = await create();
    const stores = [await database.open(), await database.open()];
    const edits = Array.from({ length: 40 }, (_, n) => counted(n, 1, { n }));
    const outcomes = await Promise.all(edits.flatMap((edit) => stores.map((store) => store.push(caller('w'), 'responses', edit))));
    const byStatus = (status: Outcome['status']) => outcomes.filter((outcome) => outcome.status === status).map((outcome) => 'serverId' in outcome && outcome.serverId);
    expect(byStatus('applied')).toHaveLength(40);
    expect(new Set(byStatus('duplicate'))).toEqual(new Set(byStatus('applied')));
    for (const store of stores) expect(await store.list(caller('w'), ALL)).toHaveLength(40);
  });

  test('what was committed goes on from: Revisions, fields, tombstones and versions are all found again', async () => {
    const database = await create();
    const [store, other] = [await database.open(), await database.open()];
    const push = async (at: Store, edit: Edit, collection: 'responses' | 'questionnaires' = 'responses') => (await at.push(caller('w'), collection, edit)).status;
    const patch = (path: string, value: unknown, base: number) => put(uuid(1), { answers: { [path]: value } }, { changed: [`answers.${path}`], base, origin: { device: device(base), revision: 5 } });
    expect(await push(store, counted(1, 2, { answers: { a: 1, b: 1, c: 1 } }))).toBe('applied');
    expect(await push(other, counted(1, 1, { answers: { a: 0 } }))).toBe('duplicate');
    expect(await push(other, patch('a', 2, 1))).toBe('applied');
    expect(await push(store, put(uuid(1), { answers: { b: 3 } }, { changed: ['answers.b'], base: 1 }))).toBe('merged');
    expect(await push(other, put(uuid(1), { answers: { a: 9 } }, { changed: ['answers.a'], base: 1, origin: { device: device(7), revision: 1 } }))).toBe('conflict');
    expect(await other.list(caller('w'), ALL)).toMatchObject([{ version: 3, attributes: { answers: { a: 2, b: 3, c: 1 } } }]);
    expect(await push(store, remove(uuid(1)))).toBe('applied');
    expect(await push(other, counted(1, 9, { answers: {} }))).toBe('gone');

    for (const title of ['one', 'two']) expect(await push(store, put(uuid(2), { title }), 'questionnaires')).toBe('applied');
    const naming = (n: number, questionnaire: string, questionnaireVersion: number) => push(other, put(uuid(n), { questionnaire, questionnaireVersion }));
    const [questionnaire] = await store.list(caller('w'), { collection: 'questionnaires', own: false });
    expect([await naming(3, uuid(2), 1), await naming(4, uuid(2), 2), await naming(5, questionnaire?.serverId ?? '', 1)]).toEqual(['applied', 'applied', 'applied']);
    expect([await naming(6, uuid(2), 3), await naming(7, uuid(9), 1)]).toEqual(['rejected', 'rejected']);
    expect((await other.push(caller('elsewhere'), 'responses', put(uuid(8), { questionnaire: uuid(2), questionnaireVersion: 1 }))).status).toBe('rejected');
  });

  test('however edits fall into groups: the same answers and the same records', async () => {
    const store = await openOne();
    const step = fc.record({
      n: fc.nat(3),
      op: fc.constantFrom('put', 'put', 'put', 'delete'),
      attributes: fc.record({ depth: fc.integer({ min: -1, max: 2 }), colour: fc.constantFrom('red', 'blue') }, { requiredKeys: [] }),
      changed: fc.option(fc.subarray(['depth', 'colour']), { freq: 2 }),
      origin: fc.option(fc.record({ device: fc.nat(1).map(device), revision: fc.integer({ min: 1, max: 4 }) }), { freq: 3 }),
      base: fc.option(fc.nat(4)),
      account: fc.constantFrom('ann', 'ben'),
      role: fc.constantFrom('owner' as const, 'collector' as const),
      waits: fc.boolean(),
    });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 25 }), async (steps) => {
        const [grouped, alone] = [`grouped${runs}`, `alone${runs++}`];
        const pushes = { grouped: [] as Promise<Outcome>[], alone: [] as Outcome[] };
        for (const { n, op, attributes, account, role, waits, ...about } of steps) {
          const edit = op === 'delete' ? remove(uuid(n)) : put(uuid(n), attributes, about);
          pushes.grouped.push(store.push(caller(grouped, role, account), 'responses', edit));
          if (waits) await pushes.grouped.at(-1);
          pushes.alone.push(await store.push(caller(alone, role, account), 'responses', edit));
        }
        const named = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => ('serverId' in outcome ? { ...outcome, serverId: outcomes.findIndex((other) => 'serverId' in other && other.serverId === outcome.serverId) } : outcome));
        expect(named(await Promise.all(pushes.grouped))).toEqual(named(pushes.alone));
        const contents = async (workspace: string) => (await store.list(caller(workspace), ALL)).map(({ version, attributes }) => JSON.stringify([version, attributes])).toSorted();
        expect(await contents(grouped)).toEqual(await contents(alone));
      }),
      { numRuns: 25 },
    );
  });

  test('readers that follow their cursor while others write miss nothing, in whatever order it happens', async () => {
    const store = await openOne();
    let runs = 0;
    const step = fc.record({ record: fc.nat(8), account: fc.constantFrom('a', 'b'), remove: fc.boolean(), pull: fc.boolean(), wait: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const workspace = `w${runs++}`;
        const owner = reader(store, caller(workspace, 'owner', 'reader'));
        const collector = reader(store, caller(workspace, 'collector', 'a'));
        const writing: Promise<unknown>[] = [];
        for (const [n, { record, account, remove: removes, pull, wait }] of steps.entries()) {
          writing.push(store.push(caller(workspace, 'collector', account), 'responses', removes ? remove(uuid(record)) : put(uuid(record), { n })));
          // Neither another workspace nor another collection may disturb the order.
          writing.push(store.push(caller('elsewhere'), 'responses', put(uuid(record), { n })));
          if (wait) await writing.at(-1);
          if (pull) await Promise.all([owner.next(3), collector.next(1)]);
        }
        await Promise.all(writing);
        for (const each of [owner, collector]) {
          await each.toTheEnd();
          expect(Object.fromEntries(each.mirror)).toEqual(await truth(store, each.who));
        }
      }),
      { numRuns: 25 },
    );
  });

  test('a cursor from before the first write holds, one of another history starts over', async () => {
    const [store, elsewhere] = [await openOne(), await openOne()];
    expect(await store.isUntouched('w')).toBe(true);
    const { Cursor, Changes } = await store.pull(caller('w'), FIRST);
    expect([Changes, await store.cursor(caller('w'), ALL), await store.isUntouched('w')]).toEqual([[], Cursor, true]);
    await store.push(caller('w'), 'responses', put(uuid(1), {}));
    const next = await store.pull(caller('w'), { ...FIRST, since: Cursor });
    expect([next.Reset, next.Changes.length, next.Cursor === Cursor, await store.isUntouched('w')]).toEqual([false, 1, false, false]);
    expect(await elsewhere.pull(caller('w'), { ...FIRST, since: next.Cursor })).toMatchObject({ Reset: true, Changes: [] });
    expect(await store.pull(caller('w'), { ...FIRST, since: 'nonsense' })).toMatchObject({ Reset: true, Changes: [{ ClientId: uuid(1) }] });
  });

  test('a page has at most 2 MB; a larger record is a page of its own, and the next one follows', async () => {
    const store = await openOne();
    const sizes = [100, 900_000, 900_000, 900_000, 2_500_000, 100, 100];
    await Promise.all(sizes.map((size, n) => store.push(caller('w'), 'responses', put(uuid(n), { text: 'x'.repeat(size) }))));
    const pages: number[] = [];
    let since: string | null = null;
    for (let more = true; more;) {
      const page = await store.pull(caller('w'), { ...FIRST, since });
      pages.push(page.Changes.length);
      [since, more] = [page.Cursor, page.More];
    }
    expect(pages).toEqual([3, 1, 1, 2]);
  });

  test('a brief page: what the asking device wrote last is but its Version and takes no room', async () => {
    const store = await openOne();
    const by = (n: number, who: number, size: number) => store.push(caller('w'), 'responses', put(uuid(n), { text: 'x'.repeat(size) }, { origin: { device: device(who), revision: 1 }, base: 0 }));
    await Promise.all([by(1, 0, 1_500_000), by(2, 1, 1_500_000), by(3, 0, 1_500_000), by(4, 1, 1_000_000), by(5, 0, 100)]);
    const brief = { ...FIRST, device: device(0), brief: true };
    const page = await store.pull(caller('w'), brief);
    expect([page.Own?.length, page.Changes.map(({ ClientId }) => ClientId), page.More]).toEqual([2, [uuid(2)], true]);
    expect(await store.pull(caller('w'), { ...brief, since: page.Cursor })).toMatchObject({ Own: [{ Version: 1 }], Changes: [{ ClientId: uuid(4) }], More: false });
    expect((await store.pull(caller('w'), { ...brief, device: device(5) })).Own).toEqual([]);
  });

  test('forgotten tombstones: who has not seen them starts over, who has goes on', async () => {
    let now = 1_000;
    const store = await (await create()).open({ now: () => now });
    for (const n of [1, 2]) await store.push(caller('w'), 'responses', counted(n, 1, {}));
    const before = await store.cursor(caller('w'), ALL);
    await store.push(caller('w'), 'responses', remove(uuid(1)));
    const after = await store.cursor(caller('w'), ALL);
    now = 2_000;
    await store.push(caller('w'), 'responses', remove(uuid(2)));
    await store.purgeTombstones(2_000);
    expect(await store.pull(caller('w'), { ...FIRST, since: before })).toMatchObject({ Reset: true, Changes: [{ ClientId: uuid(2), Deleted: true }] });
    expect(await store.pull(caller('w'), { ...FIRST, since: after })).toMatchObject({ Reset: false, Changes: [{ ClientId: uuid(2), Deleted: true }] });
    // Its Revisions went with it: the device may send it as a new one.
    expect((await store.push(caller('w'), 'responses', counted(1, 1, { again: true }))).status).toBe('applied');
  });

  test('any text is kept as it is', async () => {
    const store = await openOne();
    const texts = ['\u0000', '\ud800', '"', '\\', '\\"', '{a,NULL}', '𝄞é', "'; DROP TABLE records; --", '\n\r\t\u2028', 'NULL', ''];
    const attributes = { answers: Object.fromEntries(texts.map((text, n) => [`${text}${n}`, text])), number: 1.5e-7, nothing: null };
    await store.push(caller('w'), 'responses', put(uuid(1), attributes));
    await store.push(caller('w'), 'responses', put(uuid(1), { answers: { more: texts } }, { changed: ['answers.more'], base: 1 }));
    expect((await store.list(caller('w'), ALL))[0]?.attributes).toEqual({ ...attributes, answers: { ...attributes.answers, more: texts } });
  });

  test('one record, by either id: one’s own before somebody else’s, and the asking device hears its last Revision', async () => {
    let now = 0;
    const store = await (await create()).open({ now: () => now++ });
    await store.push(caller('w', 'collector', 'ben'), 'responses', put(uuid(1), { of: 'ben' }));
    await store.push(caller('w', 'collector', 'ann'), 'responses', put(uuid(1), { of: 'ann' }, { origin: { device: device(0), revision: 7 } }));
    const ask = (account: string, role: Caller['role'], id = uuid(1)) => store.one(caller('w', role, account), { ...ALL, id, device: device(0) });
    const ofAnn = await ask('ann', 'owner');
    expect(ofAnn).toMatchObject({ Attributes: { of: 'ann' }, Revision: 7, Version: 1 });
    expect((await ask('zoe', 'owner'))?.Attributes).toEqual({ of: 'ben' });
    expect(await ask('ben', 'collector', ofAnn?.Id)).toBeNull();
    expect(await ask('ben', 'owner', ofAnn?.Id)).toEqual(ofAnn);
    expect((await store.pull(caller('w'), { ...FIRST, device: device(0) })).Changes.map(({ Revision }) => Revision)).toEqual([undefined, 7]);
  });

  test('the tag of a list changes with everything that the list would show, and with nothing else', async () => {
    const store = await openOne();
    const tags = () => Promise.all([caller('w'), caller('w', 'collector', 'ann'), caller('v')].map((who) => store.listTag(who, ALL)));
    const [all, ofAnn, elsewhere] = await tags();
    await store.push(caller('w', 'collector', 'ben'), 'responses', put(uuid(1), {}));
    const [all2, ofAnn2, elsewhere2] = await tags();
    expect([all2 === all, ofAnn2 === ofAnn, elsewhere2 === elsewhere]).toEqual([false, true, true]);
    expect(await tags()).toEqual([all2, ofAnn2, elsewhere2]);
  });

  test('told to close, it first stores and answers what has arrived', async () => {
    const database = await create();
    const store = await database.open();
    const pushed = store.push(caller('w'), 'responses', put(uuid(1), {}));
    await store.close();
    expect((await pushed).status).toBe('applied');
    expect(await (await database.open()).list(caller('w'), ALL)).toHaveLength(1);
  });
});

async function truth(store: Store, who: Caller): Promise<object> {
  return Object.fromEntries((await store.list(who, ALL)).map(({ serverId, attributes }) => [serverId, attributes]));
}

/** Somebody who keeps a copy by pulling. */
function reader(store: Store, who: Caller) {
  const mirror = new Map<string, unknown>();
  let since: string | null = null;
  const apply = (change: Change) => {
    if ('Deleted' in change) mirror.delete(change.Id);
    else mirror.set(change.Id, change.Attributes);
  };
  const next = async (limit: number): Promise<boolean> => {
    const page = await store.pull(who, { ...ALL, since, limit, device: null });
    expect(page.Reset).toBe(false);
    page.Changes.forEach(apply);
    since = page.Cursor;
    return page.More;
  };
  const toTheEnd = async () => {
    while (await next(2));
  };
  return { who, mirror, next, toTheEnd };
}
