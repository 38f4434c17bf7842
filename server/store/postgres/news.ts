/**
 * What one server process tells the others: of its commits, by which they hint to the pages that listen to them, and of
 * accounts that may do less than before, whose streams they hold. A lost notification costs nothing but time.
 */
import type postgres from 'postgres';
import * as v from 'valibot';
import { AccountId, DeviceId, decode, parseJson } from '../../../protocol/index.ts';
import { COLLECTIONS } from '../../access.ts';
import type { Committed, Told } from '../store.ts';
import { type PostgresClient, translated } from './client.ts';

const CHANNEL = 'outpost_committed';

/** PostgreSQL takes less than 8,000 bytes in one notification. */
const MAX_BYTES = 7_900;

const Count = v.pipe(v.number(), v.safeInteger());
const News = v.object({
  from: v.string(),
  committed: v.array(
    v.object({
      workspace: v.string(),
      collection: v.picklist(COLLECTIONS),
      creator: AccountId,
      device: v.nullable(DeviceId),
      place: v.object({ epoch: v.string(), seq: Count, floor: Count }),
    }),
  ),
  rechecked: v.optional(v.array(AccountId), []),
});

export interface NewsPorts {
  /** What another process has committed. */
  readonly onNews: (committed: readonly Told[]) => void;
  /** Another process has ended sessions of this account, or changed what it may do. */
  readonly onRecheck: (account: AccountId) => void;
  /** The connection was lost and is there again: whatever was told meanwhile was not heard. */
  readonly onGap: () => void;
}

/** @param from what this process calls itself: it does not hear its own */
export async function hearNews(pool: postgres.Sql, from: string, { onNews, onRecheck, onGap }: NewsPorts): Promise<void> {
  let heardBefore = false;
  await pool.listen(
    CHANNEL,
    (text) => {
      const news = decode(News, parseJson(text));
      // An unreadable one comes from another version of the server: to look is always right.
      if (news === null) return onGap();
      if (news.from === from) return;
      onNews(news.committed);
      news.rechecked.forEach(onRecheck);
    },
    () => {
      if (heardBefore) onGap();
      heardBefore = true;
    },
  );
}

export async function tellNews(pool: postgres.Sql, from: string, committed: readonly Committed[]): Promise<void> {
  const texts = notifications(from, lastOfEach(committed));
  if (texts.length > 0) await pool`SELECT pg_notify(${CHANNEL}, text) FROM unnest(${texts}::text[]) AS text`;
}

/** To all processes, this one among them. */
export async function tellRecheck(client: PostgresClient, account: AccountId): Promise<void> {
  const text = JSON.stringify({ from: '', committed: [], rechecked: [account] });
  await translated(client, async () => client.pool`SELECT pg_notify(${CHANNEL}, ${text})`);
}

/** A hint says where a collection stands: of all that one hand did to one account's records, the last is enough. */
function lastOfEach(committed: readonly Committed[]): readonly Told[] {
  const last = new Map<string, Told>();
  for (const { workspace, collection, creator, device, place } of committed) {
    last.set([workspace, collection, creator, device].join('\n'), { workspace, collection, creator, device, place });
  }
  return [...last.values()].toSorted((a, b) => a.place.seq - b.place.seq);
}

/** As few as they fit in. */
function notifications(from: string, committed: readonly Told[]): string[] {
  if (committed.length === 0) return [];
  const text = JSON.stringify({ from, committed });
  if (Buffer.byteLength(text) <= MAX_BYTES || committed.length === 1) return [text];
  const half = committed.length >> 1;
  return [...notifications(from, committed.slice(0, half)), ...notifications(from, committed.slice(half))];
}
