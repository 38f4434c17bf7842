/**
 * What somebody fills in by a public link, kept on this device until it has arrived. In IndexedDB, as the session is: what
 * was called saved must survive a crash.
 */
import * as v from 'valibot';
import { ClientId, DeviceId, decode, isPlainObject } from '../../protocol/index.ts';
import { OpenForm } from '../../protocol/people.ts';
import type { Answers } from '../../forms/index.ts';
import { answered, inTransaction, openDatabase } from '../sync/database.ts';

/** As it was put here: whether it fits, the form says. */
const FormAnswers = v.custom<Answers>(isPlainObject);

/** One response under way: `endedAt` null until it was submitted. */
const Filling = v.object({ form: OpenForm, id: ClientId, answers: FormAnswers, startedAt: v.string(), endedAt: v.nullable(v.string()) });
export type Filling = v.InferOutput<typeof Filling>;

const DATABASE = 'outpost-form';
const STORE = 'forms';
const DEVICE = 'device';

/** What is kept under this link; null if there is nothing, or it cannot be read. */
export async function kept(token: string): Promise<Filling | null> {
  return decode(Filling, await inStore((store) => answered(store.get(token))));
}

/** Resolves once a crash can no longer take it. */
export async function keep(token: string, filling: Filling): Promise<void> {
  await inStore((store) => answered(store.put(filling, token)));
}

/** It has arrived. */
export async function forget(token: string): Promise<void> {
  await inStore((store) => answered(store.delete(token)));
}

/** Made once for this browser: by it a link that may be used once on each device knows it again. */
export async function deviceId(): Promise<DeviceId> {
  return inStore(async (store) => {
    const known = decode(DeviceId, await answered(store.get(DEVICE)));
    if (known !== null) return known;
    const made = v.parse(DeviceId, crypto.randomUUID());
    await answered(store.put(made, DEVICE));
    return made;
  });
}

async function inStore<T>(work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const database = openDatabase(DATABASE, 1, (created) => void created.createObjectStore(STORE));
  try {
    return await inTransaction(database, 'readwrite', [STORE], work);
  } finally {
    (await database).close();
  }
}
