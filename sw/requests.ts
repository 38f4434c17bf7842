/**
 * Queued requests read back as the edits they carry, and joined: of several edits of one record only the newest goes out.
 */
import * as v from 'valibot';
import { BASE_PATH, DeviceId, HEADER, PROTOCOL_VERSION, PushEntry, Revision, AuthorId, SyncRequest, decode } from '../protocol/index.ts';

/** The edits of one queued request. */
export interface QueuedPush {
  readonly account: AuthorId;
  readonly device: DeviceId;
  readonly entries: readonly PushEntry[];
}

/**
 * Whether a newer version of the app made this request; its version of the protocol is the stamp of a queued request. A
 * worker of an older version, put back in its place, must not misread it: it stays in the queue as it is.
 */
export function isNewer(request: Request): boolean {
  return Number(request.headers.get(HEADER.protocol)) > Number(PROTOCOL_VERSION);
}

/** A push that the worker may keep, or null: it then belongs to another app or version, or has no account to be kept apart by. */
export async function readPush(request: Request): Promise<QueuedPush | null> {
  if (isNewer(request)) return null;
  const account = decode(AuthorId, request.headers.get(HEADER.account));
  if (account === null) return null;
  const path = new URL(request.url).pathname;
  if (path === `${BASE_PATH}/sync`) {
    const body = decode(SyncRequest, await readJson(request));
    const entries = decode(v.array(PushEntry), body?.Push);
    return body !== null && entries !== null ? { account, device: body.Device, entries } : null;
  }
  const device = decode(DeviceId, request.headers.get(HEADER.device));
  const entry = decode(PushEntry, await readOne(request, path));
  return device !== null && entry !== null ? { account, device, entries: [entry] } : null;
}

async function readOne(request: Request, path: string): Promise<unknown> {
  const [Collection, Id] = path.slice(BASE_PATH.length + 1).split('/').map(decodeURIComponent);
  const common = { Collection, Id, Revision: counter(request, HEADER.revision), Base: counter(request, HEADER.base) };
  return request.method === 'DELETE' ? { ...common, Op: 'delete' } : { ...common, Op: 'put', Attributes: await readJson(request) };
}

function counter(request: Request, header: string): number {
  return decode(Revision, Number(request.headers.get(header))) ?? 0;
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.clone().json();
  } catch {
    return undefined;
  }
}

/** One record of one account, as the queue sees it. */
export function recordName(account: AuthorId, entry: PushEntry): string {
  return `${account} ${entry.Collection} ${entry.Id}`;
}

/** What goes to the server for one account and device: each record once, with its newest edit, in the order of the first. */
export interface Joined {
  readonly account: AuthorId;
  readonly device: DeviceId;
  readonly entries: readonly PushEntry[];
}

export function join(pushes: readonly QueuedPush[]): Joined[] {
  const groups = new Map<string, { account: AuthorId; device: DeviceId; newest: Map<string, PushEntry> }>();
  for (const { account, device, entries } of pushes) {
    const name = `${account} ${device}`;
    const group = groups.get(name) ?? { account, device, newest: new Map<string, PushEntry>() };
    groups.set(name, group);
    for (const entry of entries) {
      const record = recordName(account, entry);
      const known = group.newest.get(record);
      if (known === undefined || known.Revision <= entry.Revision) group.newest.set(record, entry);
    }
  }
  return [...groups.values()].map(({ account, device, newest }) => ({ account, device, entries: [...newest.values()] }));
}
