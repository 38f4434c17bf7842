/**
 * One record, edited on a device that sends patches, and by somebody else: whatever is lost, repeated, late or restarted
 * on the way, the server ends with the newest edit of every field, and the device with what the server has.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { DeviceId, PushEntry, ServerId, fromFields, toFields, type Attributes, type PushResult } from '../protocol/index.ts';
import { decide, type PutEdit, type Stored } from '../server/decide.ts';
import { toResult } from '../server/http/results.ts';
import { entryOf } from '../src/sync/core/plan.ts';
import { receive, resolve, takeChange, type Sent } from '../src/sync/core/receive.ts';
import { decodeRow, edit, encodeRow, move, newRow, type Row } from '../src/sync/core/row.ts';

const NOW = '2026-05-01T10:00:00.000Z';
const CLIENT_ID = 'a3b0c1d2-0000-4000-8000-000000000001';
const SERVER_ID = v.parse(ServerId, 'srv_1');
const HERE = v.parse(DeviceId, '00000000-0000-4000-8000-00000000000a');
const THERE = v.parse(DeviceId, '00000000-0000-4000-8000-00000000000b');

/** The server's side: its real decision, and what it keeps for it. */
class Server {
  stored: Stored | null = null;
  readonly #revisions = new Map<string, number>();

  push(entry: PushEntry, device: DeviceId): PushResult {
    // As it comes over the wire.
    const decoded = v.parse(PushEntry, JSON.parse(JSON.stringify(entry)));
    if (decoded.Op === 'delete') throw new Error('Nothing is deleted here.');
    const { Id: id, Revision: revision, Base: base, Attributes: attributes, Changed, Merge } = decoded;
    const sent: PutEdit = { op: 'put', id, attributes, changed: Changed ?? null, merge: Merge ?? true, origin: { device, revision }, base };
    const last = this.#revisions.get(device) ?? null;
    const decision = decide(this.stored, last, sent, SERVER_ID);
    if (decision.write === 'record') this.stored = decision.next;
    if (decision.write !== 'nothing') this.#revisions.set(device, Math.max(last ?? 0, revision));
    return toResult(sent, decision.outcome);
  }
}

/** The device's side: its row, what its worker has queued, and the receipts that it may hear again. */
class Device {
  row: Row = newRow(CLIENT_ID, NOW);
  readonly queue: PushEntry[] = [];
  readonly receipts: PushResult[] = [];
  /** What its person wanted last, field by field. */
  wanted = new Map<string, unknown>();
  /** How many patches went out. */
  patches = 0;
  /** Its person has taken a side, and with it said something of the other's fields. */
  #hasDecided = false;

  edit(path: string, value: number | null): void {
    if (value === null) this.wanted.delete(path);
    else this.wanted.set(path, value);
    const fields = new Map(toFields(this.row.attributes));
    if (value === null) fields.delete(path);
    else fields.set(path, value);
    this.row = edit(this.row, fromFields(fields), true, NOW);
  }

  /** What is on its way now; null if there is nothing to send. */
  send(): { readonly entry: PushEntry; readonly sent: Row } | null {
    if (this.row.state !== 'waiting') return null;
    const entry = entryOf({ collection: 'responses', row: this.row });
    if ('Changed' in entry) this.patches += 1;
    const sent = this.row;
    this.row = move(this.row, 'push-started', NOW);
    return { entry, sent };
  }

  take(result: PushResult, sent: Sent | null): void {
    const isBlind = this.row.changed === null;
    this.row = receive(this.row, result, sent, 'merge', NOW);
    if (this.row.state !== 'conflict') return;
    // Both edit fields of their own: there is something to decide only where the device does not know what it has changed.
    if (!isBlind && !this.#hasDecided) throw new Error('A person was asked for nothing.');
    this.#hasDecided = true;
    this.row = resolve(this.row, 'mine', true, NOW);
    this.wanted = new Map(toFields(this.row.attributes));
  }

  restart(): void {
    const read = decodeRow(JSON.parse(JSON.stringify(encodeRow(this.row))));
    if (read === null || !isDeepStrictEqual(read, this.row)) throw new Error('The row was not read as it was written.');
    this.row = move(read, 'restarted', NOW);
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('edit' as const), path: fc.constantFrom('a', 'b', 'answers.x', 'answers.y'), value: fc.option(fc.nat(1)) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('send' as const), path: fc.constantFrom('a', 'answers.x'), value: fc.option(fc.nat(1)), isEditedMeanwhile: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('answer lost' as const, 'queued' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'pull' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('deliver' as const, 'hear' as const), which: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit there' as const), path: fc.constantFrom('z', 'answers.z'), value: fc.nat(1) }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

function play(steps: readonly Step[]) {
  const server = new Server();
  const device = new Device();
  let revisionThere = 0;
  const long = 'text that is not sent again with every edit '.repeat(3);
  device.row = edit(device.row, { long, a: 0, answers: { x: 0 } }, true, NOW);
  device.wanted = new Map(toFields(device.row.attributes));

  const one = (each: Step): void => {
    switch (each.kind) {
      case 'edit':
        return device.edit(each.path, each.value);
      case 'send': {
        const under = device.send();
        if (under === null) return;
        const result = server.push(under.entry, HERE);
        if (each.isEditedMeanwhile) device.edit(each.path, each.value);
        device.receipts.push(result);
        return device.take(result, under.sent);
      }
      case 'answer lost': {
        const under = device.send();
        if (under !== null) server.push(under.entry, HERE);
        device.row = move(device.row, 'push-failed', NOW);
        return;
      }
      case 'queued': {
        const under = device.send();
        if (under !== null) device.queue.push(under.entry);
        device.row = move(device.row, 'push-queued', NOW);
        return;
      }
      case 'restart':
        return device.restart();
      case 'pull':
        return pull();
      case 'deliver': {
        const entry = device.queue[each.which];
        if (entry !== undefined) device.receipts.push(server.push(entry, HERE));
        return;
      }
      case 'hear': {
        const receipt = device.receipts[each.which];
        if (receipt !== undefined) device.take(receipt, null);
        return;
      }
      case 'edit there': {
        const { stored } = server;
        if (stored === null) return;
        const Attributes = fromFields(new Map([[each.path, each.value]]));
        revisionThere += 1;
        const result = server.push({ Collection: 'responses', Id: SERVER_ID, Revision: revisionThere, Base: stored.version, Op: 'put', Attributes, Changed: [each.path] }, THERE);
        // To say again what the server has is no edit.
        if (result.Status === 'applied') device.wanted.set(each.path, each.value);
        return;
      }
      default: {
        const never: never = each;
        return never;
      }
    }
  };
  const pull = (): void => {
    const { stored } = server;
    if (stored?.attributes != null) device.row = takeChange(device.row, { Id: SERVER_ID, Version: stored.version, Attributes: stored.attributes }, NOW) ?? device.row;
  };
  /** Everything that is still somewhere arrives, and the page sends until it is done. */
  const settle = (): Attributes | null => {
    device.restart();
    for (let round = 0; round < 10 && device.row.state !== 'sent'; round += 1) one({ kind: 'send', path: 'a', value: 0, isEditedMeanwhile: false });
    device.queue.forEach((_, which) => one({ kind: 'deliver', which }));
    device.receipts.forEach((_, which) => one({ kind: 'hear', which }));
    pull();
    return server.stored?.attributes ?? null;
  };
  for (const each of steps) one(each);
  return { device, stored: settle() };
}

test('the server has the newest edit of every field, and the device has what the server has', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { device, stored } = play(steps);
      expect(device.row.state).toBe('sent');
      expect(toFields(stored ?? {})).toEqual(device.wanted);
      expect(device.row.attributes).toEqual(stored);
    }),
    { numRuns: 2_000 },
  );
});

test('what was changed and changed back, with the answer lost in between, arrives as it was', () => {
  const sendAll = { kind: 'send', path: 'a', value: 0, isEditedMeanwhile: false } as const;
  const { device, stored } = play([
    sendAll,
    { kind: 'edit', path: 'a', value: 1 },
    { kind: 'answer lost' },
    { kind: 'edit', path: 'a', value: 0 },
    { kind: 'edit', path: 'b', value: 2 },
  ]);
  expect(stored).toMatchObject({ a: 0, b: 2 });
  expect(device.patches).toBe(2);
});

test('an edited record goes as a patch; a new one, and one of which the server’s state is not known, goes whole', () => {
  const sendAll = { kind: 'send', path: 'a', value: 0, isEditedMeanwhile: false } as const;
  expect(play([]).device.patches).toBe(0);
  expect(play([sendAll, { kind: 'edit', path: 'a', value: 1 }]).device.patches).toBe(1);
});
