import * as fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { AccountId, DeviceId, ServerId } from '../../protocol/index.ts';
import type { Role } from '../../protocol/people.ts';
import type { Collection } from '../access.ts';
import type { Edit, Outcome } from '../decide.ts';
import { type Loaded, type Plan, type Reference, planGroup, wantedBy } from './plan.ts';
import type { Push } from './records.ts';
import type { Referenced, Rules } from './store.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const device = (n: number) => v.parse(DeviceId, uuid(100 + n));

/** A response may name a questionnaire, which must be there; `a` must not be "bad". */
const rules: Rules = {
  reference: (collection, { form, formVersion }) =>
    collection === 'responses' && typeof form === 'string' && typeof formVersion === 'number' ? { id: form, version: formVersion } : null,
  check: (collection, { a, form }, referenced) => [
    ...(a === 'bad' ? [{ Path: 'a', Message: 'bad' }] : []),
    ...(collection === 'responses' && form !== undefined && referenced === null ? [{ Path: 'form', Message: 'missing' }] : []),
  ],
};

/** A database in memory, which loads what a group names and writes what its plan says. */
class Database {
  readonly records = new Map<string, Omit<Plan['records'][number], 'isNew'>>();
  readonly seen = new Map<string, Plan['seen'][number]>();
  readonly versions: Plan['versions'][number][] = [];
  readonly sequences = new Map<string, number>();
  #ids = 0;

  commit(pushes: readonly Push[]): Plan {
    const ids = new Set(pushes.map(({ edit }) => edit.id));
    const records = [...this.records.values()].filter(({ clientId, stored }) => ids.has(clientId) || ids.has(stored.serverId));
    const wanted = wantedBy(pushes, records, rules);
    const loaded: Loaded = {
      records,
      sequences: ['w1', 'w2'].map((workspace) => ({ workspace, epoch: 'e', seq: this.sequences.get(workspace) ?? 0, purged: 0 })),
      seen: wanted.seen.flatMap((pair) => this.seen.get(`${pair.serverId} ${pair.device}`) ?? []),
      questionnaires: wanted.references.map((reference) => [reference, this.#questionnaire(reference)]),
    };
    const plan = planGroup(pushes, loaded, { rules, newServerId: () => v.parse(ServerId, `s${String(this.#ids++).padStart(6, '0')}`) });
    for (const { isNew, ...record } of plan.records) {
      if (isNew === this.records.has(record.stored.serverId)) throw new Error(`Whether ${record.stored.serverId} is new is not as it was said.`);
      this.records.set(record.stored.serverId, record);
    }
    for (const one of plan.seen) this.seen.set(`${one.serverId} ${one.device}`, one);
    for (const { workspace, seq } of plan.sequences) this.sequences.set(workspace, seq);
    this.versions.push(...plan.versions);
    return plan;
  }

  #questionnaire({ workspace, id, version }: Reference): Referenced | null {
    const mapped = [...this.records.values()].find((record) => record.workspace === workspace && record.collection === 'questionnaires' && record.clientId === id);
    const isIt = (one: Plan['versions'][number]) => one.workspace === workspace && one.version === version && (one.serverId === id || one.serverId === mapped?.stored.serverId);
    return this.versions.find(isIt) ?? null;
  }
}

function push(edit: Partial<Edit> & { readonly id: string }, about: { readonly collection?: Collection; readonly workspace?: string; readonly account?: string; readonly role?: Role } = {}): Push {
  const { collection = 'responses', workspace = 'w1', account = 'ann', role = 'owner' } = about;
  const put: Edit = { op: 'put', attributes: {}, changed: null, merge: true, origin: null, base: null, ...edit, ...(edit.op === 'delete' ? {} : { op: 'put' as const }) };
  const whole: Edit = edit.op === 'delete' ? { op: 'delete', id: edit.id, origin: edit.origin ?? null, base: edit.base ?? null } : put;
  return { caller: { workspace, account: v.parse(AccountId, account), role }, collection, edit: whole };
}

const anyPush: fc.Arbitrary<Push> = fc
  .record({
    op: fc.constantFrom('put' as const, 'put' as const, 'put' as const, 'delete' as const),
    id: fc.oneof(fc.nat(3).map(uuid), fc.constantFrom('s000000', 's000001')),
    attributes: fc.record({ a: fc.constantFrom('x', 'y', 'bad'), b: fc.nat(2), form: fc.constantFrom(uuid(0), uuid(1), 's000000', 's000001'), formVersion: fc.constantFrom(1, 2) }, { requiredKeys: [] }),
    changed: fc.option(fc.subarray(['a', 'b']), { freq: 3 }),
    merge: fc.boolean(),
    origin: fc.option(fc.record({ device: fc.nat(1).map(device), revision: fc.integer({ min: 1, max: 6 }) }), { freq: 4 }),
    base: fc.option(fc.nat(5)),
    about: fc.record({
      collection: fc.constantFrom('responses' as const, 'responses' as const, 'questionnaires' as const),
      workspace: fc.constantFrom('w1', 'w1', 'w2'),
      account: fc.constantFrom('ann', 'ben'),
      role: fc.constantFrom('owner' as const, 'collector' as const),
    }),
  })
  .map(({ about, ...edit }) => push(edit, about));

test('however edits fall into groups: the same answers, the same records, the same sequence', () => {
  let applied = 0;
  fc.assert(
    fc.property(fc.array(fc.array(anyPush, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }), (groups) => {
      const grouped = new Database();
      const alone = new Database();
      const outcomes = groups.flatMap((group) => grouped.commit(group).outcomes);
      const expected = groups.flat().flatMap((one) => alone.commit([one]).outcomes);
      expect(outcomes).toEqual(expected);
      expect([...grouped.records]).toEqual(expect.arrayContaining([...alone.records]));
      expect(Object.fromEntries(grouped.seen)).toEqual(Object.fromEntries(alone.seen));
      expect([grouped.versions, grouped.sequences]).toEqual([alone.versions, alone.sequences]);
      applied += outcomes.filter(({ status }) => status === 'applied').length;
    }),
    { numRuns: 500 },
  );
  expect(applied).toBeGreaterThan(300);
});

test('three edits of one record are one write and three Versions, with the place of the last', () => {
  const edits = [1, 2, 3].map((revision) => push({ id: uuid(1), attributes: { a: revision }, origin: { device: device(0), revision }, base: 0 }));
  const { outcomes, records, seen, sequences, committed } = new Database().commit(edits);
  expect(outcomes.map((outcome: Outcome) => 'version' in outcome && outcome.version)).toEqual([1, 2, 3]);
  expect(records.map(({ seq, stored }) => [seq, stored.version, stored.attributes])).toEqual([[3, 3, { a: 3 }]]);
  expect(seen.map(({ revision }) => revision)).toEqual([3]);
  expect(sequences.map(({ seq }) => seq)).toEqual([3]);
  expect(committed.map(({ place }) => place.seq)).toEqual([1, 2, 3]);
});

test('nothing new: nothing is written, not even the sequence', () => {
  const database = new Database();
  const edit = push({ id: uuid(1), attributes: { a: 'x' }, origin: { device: device(0), revision: 1 }, base: 0 });
  database.commit([edit]);
  const { outcomes, ...rest } = database.commit([edit, edit]);
  expect(outcomes.map(({ status }) => status)).toEqual(['duplicate', 'duplicate']);
  expect(rest).toEqual({ records: [], seen: [], versions: [], sequences: [], committed: [] });
});

test('two patches that only together name a version that was not looked for: the group is refused, alone each is stored', () => {
  const database = new Database();
  const forms = [0, 1].flatMap((n) => ['x', 'y'].map((a) => push({ id: uuid(n), attributes: { a } }, { collection: 'questionnaires' })));
  database.commit([...forms, push({ id: uuid(2), attributes: { form: uuid(0), formVersion: 1 } })]);
  const patches = [push({ id: uuid(2), attributes: { formVersion: 2 }, changed: ['formVersion'] }), push({ id: uuid(2), attributes: { form: uuid(1) }, changed: ['form'] })];
  expect(() => database.commit(patches)).toThrow('was not looked for');
  expect(patches.map((patch) => database.commit([patch]).outcomes[0]?.status)).toEqual(['applied', 'applied']);
});

test('one temporary id, several accounts: one’s own record is meant, an owner without one means the oldest', () => {
  const database = new Database();
  const by = (account: string, role: Role, a: string) => push({ id: uuid(1), attributes: { a } }, { account, role });
  const ids = (...pushes: Push[]) => database.commit(pushes).outcomes.map((outcome) => 'serverId' in outcome && outcome.serverId);
  expect(ids(by('ben', 'collector', '1'), by('cleo', 'collector', '2'), by('ann', 'collector', '3'))).toEqual(['s000000', 's000001', 's000002']);
  expect(ids(by('ann', 'owner', '4'), by('dora', 'owner', '5'), by('dora', 'owner', '6'), by('cleo', 'owner', '7'))).toEqual(['s000002', 's000000', 's000000', 's000001']);
});

test('a response names the version that an edit of the same group has made, by either id', () => {
  const database = new Database();
  const form = (a: string) => push({ id: uuid(0), attributes: { a } }, { collection: 'questionnaires' });
  const naming = (n: number, id: string) => push({ id: uuid(n), attributes: { form: id, formVersion: 2 } });
  database.commit([form('x')]);
  const { outcomes } = database.commit([naming(1, uuid(0)), form('y'), naming(1, uuid(0)), naming(2, 's000000')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'applied', 'applied', 'applied']);
});
