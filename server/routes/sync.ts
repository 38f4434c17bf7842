/**
 * Many at once: `POST /api/v1/sync`. Each entry stands alone; the pull comes after the push, so it shows what was stored.
 */
import type { FastifyBaseLogger } from 'fastify';
import * as v from 'valibot';
import {
  CollectionName,
  type DeviceId,
  MAX_ENTRIES,
  type PullAnswer,
  PushEntry,
  RecordId,
  Revision,
  type SyncAnswer,
  SyncRequest,
  type SyncResult,
  isPlainObject,
} from '../../protocol/index.ts';
import { type Caller, collectionNamed } from '../access.ts';
import type { Edit } from '../decide.ts';
import { withoutBookkeeping } from '../http/bookkeeping.ts';
import { toResult } from '../http/results.ts';
import { type App, ModelAttributes, describe } from '../http/validate.ts';
import type { Context } from './context.ts';

export function syncRoutes(app: App, { store, authenticator }: Context): void {
  app.post('/sync', { onRequest: authenticator.admit, schema: { body: SyncRequest } }, (request) =>
    sync(authenticator.callerOf(request), request.body, request.log),
  );

  async function sync(caller: Caller, { Device, Push, Pull, Own }: SyncRequest, log: FastifyBaseLogger): Promise<SyncAnswer> {
    const Results = await Promise.all(Push.map((entry) => pushOne(caller, Device, entry, log)));
    return { Results, Pull: await pullAll(caller, Device, Pull, Own) };
  }

  async function pushOne(caller: Caller, device: DeviceId, raw: unknown, log: FastifyBaseLogger): Promise<SyncResult> {
    const read = readEntry(raw, device);
    if (!read.ok) return refuseEntry(raw, `This entry is not as it should be: ${read.message}`);
    const { entry, edit } = read;
    const collection = collectionNamed(entry.Collection);
    if (collection === null) return refuseEntry(raw, 'There is no such collection.');
    const { Collection, Id: ClientId, Revision: counted } = entry;
    try {
      const result = toResult(edit, await store.push(caller, collection, edit));
      return { Collection, ...result, Revision: counted };
    } catch (error) {
      // The others in the batch may have been stored, so this is for this entry alone to hear.
      log.error(error);
      return { Collection, ClientId, Revision: counted, Status: 'retry' };
    }
  }

  async function pullAll(caller: Caller, device: DeviceId, wanted: SyncRequest['Pull'], own: boolean): Promise<PullAnswer> {
    const pages: PullAnswer = {};
    for (const [name, since] of Object.entries(wanted)) {
      const collection = collectionNamed(name);
      if (collection !== null) pages[name] = await store.pull(caller, { collection, since, limit: MAX_ENTRIES, own, device });
    }
    return pages;
  }
}

type Read = { readonly ok: true; readonly entry: PushEntry; readonly edit: Edit } | { readonly ok: false; readonly message: string };

function readEntry(raw: unknown, device: DeviceId): Read {
  const decoded = v.safeParse(PushEntry, raw);
  if (!decoded.success) return { ok: false, message: describe(decoded.issues) };
  const entry = decoded.output;
  // A client that counts no revisions says 0, again and again: that is no order to go by.
  const origin = entry.Revision === 0 ? null : { device, revision: entry.Revision };
  const about = { id: entry.Id, origin, base: entry.Base };
  if (entry.Op === 'delete') return { ok: true, entry, edit: { op: 'delete', ...about } };
  const sent = v.safeParse(ModelAttributes, entry.Attributes);
  if (!sent.success) return { ok: false, message: describe(sent.issues) };
  const attributes = withoutBookkeeping(sent.output);
  return { ok: true, entry, edit: { op: 'put', attributes, changed: entry.Changed ?? null, merge: entry.Merge ?? true, ...about } };
}

const Named = v.object({
  Collection: v.fallback(CollectionName, 'unknown'),
  Id: v.fallback(RecordId, 'unknown'),
  Revision: v.fallback(v.optional(Revision), undefined),
});

/** Whatever the entry was, the answer to it must be one that the client can read, or it could read none of the others. */
function refuseEntry(raw: unknown, message: string): SyncResult {
  const { Collection, Id, Revision: counted } = v.parse(Named, isPlainObject(raw) ? raw : {});
  const about = { Collection, ClientId: Id, ...(counted === undefined ? {} : { Revision: counted }) };
  return { ...about, Status: 'rejected', Errors: [{ Path: '', Message: message }] };
}
