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

/** ServerIds, as many as are wanted. Their chance is drawn for many at once: a draw costs more than an id. */
export function serverIds({ now, randomBytes }: IdPorts): () => ServerId {
  let time = '';
  let chance: Buffer = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used === chance.length) {
      // Begins with the time, so that new rows lie together in the index; the random bytes make it unique. Never in the form of a UUID.
      time = Math.max(0, now()).toString(36).padStart(9, '0');
      chance = randomBytes(ID_BYTES * DRAWN_TOGETHER);
      used = 0;
    }
    const start = used;
    used += ID_BYTES;
    return v.parse(ServerId, time + chance.toString('base64url', start, used));
  };
}

/** The name of a workspace's history: cursors of another one are not taken for its own. */
export function newEpoch({ randomBytes }: IdPorts): string {
  return randomBytes(6).toString('base64url');
}
