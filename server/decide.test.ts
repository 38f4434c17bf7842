import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type Attributes, DeviceId, ServerId } from '../protocol/index.ts';
import { type Decision, type Edit, type PutEdit, type Stored, decide } from './decide.ts';

const CLIENT_ID = '0b0f8a4e-3c1d-4c3e-9d0a-5f6a7b8c9d0e';
const SERVER_ID = v.parse(ServerId, 'given-by-the-server');
const device = (n: number) => v.parse(DeviceId, `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
const A = device(1);
const B = device(2);

function put(attributes: Attributes, about: Partial<PutEdit> = {}): PutEdit {
  return { op: 'put', id: CLIENT_ID, attributes, changed: null, merge: true, origin: null, base: null, ...about };
}

/** Whether nobody else has written since the edit's Base. */
function isSeen({ stored }: Kept, { base, origin }: Edit): boolean {
  return ![...(stored?.fieldVersions.values() ?? [])].some((version) => version > (base ?? version) && stored?.writers.get(version) !== origin?.device);
}

/** A record and the last Revision of each device, as a store would keep them. */
class Kept {
  stored: Stored | null = null;
  readonly revisions = new Map<string, number>();
  written = 0;

  push(edit: Edit): Decision {
    const last = edit.origin === null ? null : (this.revisions.get(edit.origin.device) ?? null);
    const decision = decide(this.stored, last, edit, SERVER_ID);
    if (decision.write === 'record') {
      this.stored = decision.next;
      this.written += 1;
    }
    if (decision.write !== 'nothing' && edit.origin !== null) this.revisions.set(edit.origin.device, Math.max(last ?? 0, edit.origin.revision));
    return decision;
  }

  static after(...edits: readonly Edit[]): Kept {
    const kept = new Kept();
    for (const edit of edits) kept.push(edit);
    return kept;
  }
}

const created = put({ a: 1, answers: { x: 1, y: 1 } }, { origin: { device: A, revision: 1 }, base: 0 });
const byB = (attributes: Attributes, about: Partial<PutEdit> = {}) => put(attributes, { origin: { device: B, revision: 1 }, base: 1, ...about });

describe('one edit', () => {
  const cases: readonly {
    readonly name: string;
    readonly before: readonly Edit[];
    readonly edit: Edit;
    readonly status: string;
    readonly version?: number;
    readonly attributes?: Attributes | null;
  }[] = [
    { name: 'a new temporary id makes a record', before: [], edit: created, status: 'applied', version: 1, attributes: created.attributes },
    {
      name: 'a temporary id that the server lost makes the record again, whatever the Base',
      before: [],
      edit: { ...created, base: 7 },
      status: 'applied',
      version: 1,
    },
    { name: 'an unknown ServerId makes nothing', before: [], edit: { ...created, id: '0mwshmbq88iT4YWptXq6YT7r4' }, status: 'rejected', attributes: null },
    { name: 'deleting an unknown ServerId makes nothing', before: [], edit: { op: 'delete', id: 'x', origin: null, base: null }, status: 'rejected' },
    { name: 'the same Revision again is a duplicate', before: [created], edit: created, status: 'duplicate', version: 1 },
    {
      name: 'an earlier Revision that arrives late is a duplicate',
      before: [{ ...created, origin: { device: A, revision: 2 } }],
      edit: put({ a: 'old' }, { origin: { device: A, revision: 1 }, base: 0 }),
      status: 'duplicate',
      attributes: created.attributes,
    },
    {
      name: 'what is stored already is a duplicate, also from a device that the server does not know',
      before: [created],
      edit: byB(created.attributes, { base: 0 }),
      status: 'duplicate',
      version: 1,
    },
    {
      name: 'reply lost: the device’s next edit on the same Base is no conflict with itself',
      before: [created],
      edit: put({ a: 2, answers: { x: 1, y: 1 } }, { origin: { device: A, revision: 2 }, base: 0 }),
      status: 'applied',
      version: 2,
      attributes: { a: 2, answers: { x: 1, y: 1 } },
    },
    { name: 'without a Base the last write wins', before: [created], edit: put({ a: 9 }), status: 'applied', version: 2, attributes: { a: 9 } },
    {
      name: 'an edit of another answer on an older Base is merged',
      before: [created, byB({ answers: { x: 2 } }, { changed: ['answers.x'] })],
      edit: put({ answers: { y: 3 } }, { changed: ['answers.y'], origin: { device: A, revision: 2 }, base: 1 }),
      status: 'merged',
      version: 3,
      attributes: { a: 1, answers: { x: 2, y: 3 } },
    },
    {
      name: 'an edit of the same answer on an older Base is a conflict, and the server’s side stays',
      before: [created, byB({ answers: { x: 2 } }, { changed: ['answers.x'] })],
      edit: put({ answers: { x: 3 } }, { changed: ['answers.x'], origin: { device: A, revision: 2 }, base: 1 }),
      status: 'conflict',
      version: 2,
      attributes: { a: 1, answers: { x: 2, y: 1 } },
    },
    {
      name: 'the same new value on both sides is no conflict',
      before: [created, byB({ answers: { x: 2 } }, { changed: ['answers.x'] })],
      edit: put({ answers: { x: 2 } }, { changed: ['answers.x'], origin: { device: A, revision: 2 }, base: 1 }),
      status: 'duplicate',
      version: 2,
    },
    {
      name: 'a whole put on an older Base that differs where somebody wrote is a conflict',
      before: [created, byB({ a: 2, answers: { x: 1, y: 1 } })],
      edit: put({ a: 1, answers: { x: 5, y: 1 } }, { origin: { device: A, revision: 2 }, base: 1 }),
      status: 'conflict',
      version: 2,
    },
    {
      name: 'a whole put on an older Base that agrees with what somebody wrote is stored',
      before: [created, byB({ a: 2, answers: { x: 1, y: 1 } })],
      edit: put({ a: 2, answers: { x: 5, y: 1 } }, { origin: { device: A, revision: 2 }, base: 1 }),
      status: 'applied',
      version: 3,
    },
    {
      name: 'removing a field that somebody changed is a conflict',
      before: [created, byB({ a: 2 }, { changed: ['a'] })],
      edit: put({}, { changed: ['a'], origin: { device: A, revision: 2 }, base: 1 }),
      status: 'conflict',
    },
    {
      name: 'a patch removes a listed field that it does not give',
      before: [created],
      edit: byB({ answers: {} }, { changed: ['answers.x'] }),
      status: 'applied',
      attributes: { a: 1, answers: { y: 1 } },
    },
    {
      name: 'what a patch does not list is left as it is',
      before: [created],
      edit: byB({ a: 2, answers: { x: 99 } }, { changed: ['a'] }),
      status: 'applied',
      attributes: { a: 2, answers: { x: 1, y: 1 } },
    },
    {
      name: 'a patch that is not to be merged is a conflict wherever somebody wrote, as a whole put would be',
      before: [created, byB({ answers: { x: 2 } }, { changed: ['answers.x'] })],
      edit: put({ answers: { y: 3 } }, { changed: ['answers.y'], merge: false, origin: { device: A, revision: 2 }, base: 1 }),
      status: 'conflict',
      version: 2,
      attributes: { a: 1, answers: { x: 2, y: 1 } },
    },
    {
      name: 'a patch that changes nothing, of a record that others changed: the device is given what it has not seen',
      before: [created, byB({ a: 2, answers: { x: 1, y: 9 } }, { changed: ['a', 'answers.y'] })],
      edit: put({ a: 2 }, { changed: ['a'], origin: { device: A, revision: 2 }, base: 1 }),
      status: 'merged',
      version: 2,
    },
    {
      name: 'a patch from a device that has forgotten what it wrote is not taken for all it has',
      before: [created, put({ a: 5 }, { changed: ['a'], origin: { device: A, revision: 2 }, base: 1 })],
      edit: put({ answers: { y: 3 } }, { changed: ['answers.y'], merge: false, origin: { device: A, revision: 3 }, base: 1 }),
      status: 'conflict',
    },
    {
      name: 'a patch lists all it has changed since its Base, also what was stored already: applied',
      before: [created, put({ a: 5 }, { changed: ['a'], origin: { device: A, revision: 2 }, base: 1 })],
      edit: put({ a: 1, answers: { y: 3 } }, { changed: ['a', 'answers.y'], merge: false, origin: { device: A, revision: 3 }, base: 1 }),
      status: 'applied',
      attributes: { a: 1, answers: { x: 1, y: 3 } },
    },
    { name: 'a patch of a record that is not there makes none', before: [], edit: { ...created, changed: ['a'] }, status: 'retry', attributes: null },
    {
      name: 'a patch brings no deleted record back',
      before: [created, { op: 'delete', id: CLIENT_ID, origin: null, base: null }],
      edit: byB({ a: 3 }, { base: 2, changed: ['a'] }),
      status: 'retry',
      attributes: null,
    },
    {
      name: 'a patch of a Version that a restored backup has lost changes nothing',
      before: [created],
      edit: put({ a: 3 }, { changed: ['a'], origin: { device: A, revision: 4 }, base: 5 }),
      status: 'retry',
      attributes: created.attributes,
    },
    {
      name: 'sent again after somebody else’s edit: nothing is stored, and the device is given the record',
      before: [created, byB({ a: 2 }, { changed: ['a'] })],
      edit: created,
      status: 'merged',
      version: 2,
      attributes: { a: 2, answers: { x: 1, y: 1 } },
    },
    {
      name: 'sent again after somebody else deleted the record: gone',
      before: [created, { op: 'delete', id: CLIENT_ID, origin: { device: B, revision: 1 }, base: 1 }],
      edit: created,
      status: 'gone',
      version: 2,
    },
    { name: 'a deletion leaves a tombstone', before: [created], edit: { op: 'delete', id: CLIENT_ID, origin: null, base: 1 }, status: 'applied', version: 2, attributes: null },
    {
      name: 'deleting twice changes nothing',
      before: [created, { op: 'delete', id: CLIENT_ID, origin: null, base: null }],
      edit: { op: 'delete', id: CLIENT_ID, origin: null, base: null },
      status: 'duplicate',
      version: 2,
    },
    {
      name: 'a deletion sent again after somebody else has brought the record back: no Version that its device would take for the deletion’s',
      before: [created, { op: 'delete', id: CLIENT_ID, origin: { device: B, revision: 1 }, base: 1 }, put(created.attributes, { origin: { device: A, revision: 2 }, base: 2 })],
      edit: { op: 'delete', id: CLIENT_ID, origin: { device: B, revision: 1 }, base: 1 },
      status: 'duplicate',
      version: 1,
      attributes: created.attributes,
    },
    {
      name: 'deleting what somebody changed in the meantime is a conflict',
      before: [created, byB({ a: 2 }, { changed: ['a'] })],
      edit: { op: 'delete', id: CLIENT_ID, origin: { device: A, revision: 2 }, base: 1 },
      status: 'conflict',
    },
    {
      name: 'an edit of a deleted record is gone',
      before: [created, { op: 'delete', id: CLIENT_ID, origin: null, base: null }],
      edit: byB({ a: 3 }),
      status: 'gone',
      version: 2,
      attributes: null,
    },
    {
      name: 'an edit that knows of the deletion brings the record back',
      before: [created, { op: 'delete', id: CLIENT_ID, origin: null, base: null }],
      edit: byB({ a: 3 }, { base: 2 }),
      status: 'applied',
      version: 3,
      attributes: { a: 3 },
    },
    {
      name: 'a deletion that overtakes its own put: the late put stores nothing',
      before: [{ op: 'delete', id: CLIENT_ID, origin: { device: A, revision: 2 }, base: 0 }],
      edit: created,
      status: 'duplicate',
      attributes: null,
    },
  ];

  test.each(cases)('$name', ({ before, edit, status, version, attributes }) => {
    const kept = Kept.after(...before);
    const { outcome } = kept.push(edit);
    expect(outcome.status).toBe(status);
    expect(outcome).toMatchObject(version === undefined ? {} : { version });
    const stored = kept.stored?.attributes ?? null;
    expect(stored).toEqual(attributes === undefined ? stored : attributes);
  });

  test('a conflict names what others changed, and not what the device wrote itself', () => {
    const kept = Kept.after(created, put({ a: 5 }, { changed: ['a'], origin: { device: A, revision: 2 }, base: 1 }), byB({ answers: { x: 2 } }, { changed: ['answers.x'], base: 2 }));
    const late = put({ a: 6, answers: { x: 3 } }, { changed: ['a', 'answers.x'], origin: { device: A, revision: 3 }, base: 1 });
    expect(kept.push(late).outcome).toMatchObject({ status: 'conflict', changed: ['answers.x'] });
  });

  test('equal content of a later Revision is noted, so that an older one cannot undo it', () => {
    const kept = Kept.after(created, put(created.attributes, { origin: { device: B, revision: 5 }, base: 0 }));
    expect(kept.push(put({ a: 'stale' }, { origin: { device: B, revision: 4 }, base: 1 })).outcome.status).toBe('duplicate');
    expect(kept.stored?.attributes).toEqual(created.attributes);
  });
});

describe('many edits, repeated and in any order', () => {
  const DEVICES = 3;
  const REVISIONS = 4;
  /** Deliveries at random, and then each device's last edit, which is sent until it is acknowledged. */
  const deliveries = fc
    .array(fc.record({ who: fc.nat(DEVICES - 1), revision: fc.integer({ min: 1, max: REVISIONS }) }), { maxLength: 30 })
    .chain((random) => {
      const last = Array.from({ length: DEVICES }, (_, who) => ({ who, revision: REVISIONS }));
      return fc.shuffledSubarray([...random, ...last], { minLength: random.length + DEVICES });
    });

  test('devices that edit fields of their own end with one record holding the newest of each', () => {
    fc.assert(
      fc.property(deliveries, (pushes) => {
        const kept = Kept.after(put({}));
        for (const { who, revision } of pushes) {
          const name = `field${who}`;
          const about = { origin: { device: device(who), revision }, base: 0, changed: [`answers.${name}`] };
          expect(['applied', 'merged', 'duplicate']).toContain(kept.push(put({ answers: { [name]: revision } }, about)).outcome.status);
        }
        expect(kept.stored?.attributes).toEqual({ answers: { field0: REVISIONS, field1: REVISIONS, field2: REVISIONS } });
        expect(kept.stored?.version).toBe(kept.written);
      }),
    );
  });

  test('one device’s whole edits end with the newest', () => {
    fc.assert(
      fc.property(deliveries, (pushes) => {
        const kept = new Kept();
        for (const { revision } of pushes) kept.push(put({ a: revision, [`only${revision}`]: true }, { origin: { device: A, revision }, base: 0 }));
        expect(kept.stored?.attributes).toEqual({ a: REVISIONS, [`only${REVISIONS}`]: true });
      }),
    );
  });

  test('devices that edit the same field: the first stands, nobody’s edit is stored over another’s unseen', () => {
    fc.assert(
      fc.property(deliveries, (pushes) => {
        const kept = new Kept();
        for (const { who, revision } of pushes) kept.push(put({ a: `${who}/${revision}` }, { origin: { device: device(who), revision }, base: 0 }));
        expect(kept.stored?.attributes).toEqual({ a: `${pushes[0]?.who}/${REVISIONS}` });
      }),
    );
  });

  test('whatever was answered as stored stores nothing when it is sent again, and what others did since is told', () => {
    fc.assert(
      fc.property(deliveries, fc.nat(2), (pushes, base) => {
        const kept = Kept.after(put({}));
        for (const { who, revision } of pushes) {
          const edit = put({ [`field${revision}`]: who }, { origin: { device: device(who), revision }, base, changed: [`field${revision}`] });
          const { status } = kept.push(edit).outcome;
          if (status === 'conflict' || (kept.stored?.version ?? 0) < base) continue;
          const again = kept.push(edit);
          expect(again.write).toBe('nothing');
          expect(again.outcome).toMatchObject(isSeen(kept, edit) || kept.revisions.get(device(who)) !== revision ? { status: 'duplicate' } : { status: 'merged', attributes: kept.stored?.attributes });
        }
      }),
    );
  });
});
