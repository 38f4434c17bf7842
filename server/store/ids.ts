/**
 * The ids that a store gives.
 */
import * as v from 'valibot';
import { ServerId } from '../../protocol/index.ts';

/** Time and chance, from which ids are made. */
export interface IdPorts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Unguessable bytes. */
  readonly randomBytes: (size: number) => Buffer;
}

const ID_BYTES = 12;
const DRAWN_TOGETHER = 32;

/** ServerIds for at most so many records. All their chance is drawn at once: a draw costs more than an id. */
export function serverIds({ now, randomBytes }: IdPorts, count: number): () => ServerId {
  // Begins with the time, so that new rows lie together in the index; the random bytes make it unique. Never in the form of a UUID.
  const time = Math.max(0, now()).toString(36).padStart(9, '0');
  const chance = randomBytes(ID_BYTES * count);
  let used = 0;
  return () => {
    if (used === count) throw new Error(`Only ${count} ids were to be given.`);
    const start = ID_BYTES * used++;
    return v.parse(ServerId, time + chance.toString('base64url', start, start + ID_BYTES));
  };
}

/** As many as are wanted. */
export function anyServerIds(ports: IdPorts): () => ServerId {
  let left = 0;
  let next = serverIds(ports, left);
  return () => {
    if (left === 0) {
      left = DRAWN_TOGETHER;
      next = serverIds(ports, left);
    }
    left -= 1;
    return next();
  };
}

/** The name of a workspace's history: cursors of another one are not taken for its own. */
export function newEpoch({ randomBytes }: IdPorts): string {
  return randomBytes(6).toString('base64url');
}
