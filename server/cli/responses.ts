/**
 * Responses of a workspace, one after the other, and their removal.
 */
import type { Change } from '../../protocol/index.ts';
import { MAX_ENTRIES } from '../../protocol/index.ts';
import type { Caller } from '../access.ts';
import type { Store } from '../store/store.ts';

export type LiveResponse = Exclude<Change, { Deleted: true }>;

/** Those that the caller may see, in the order in which they were last written. */
export async function* responsesOf(store: Store, caller: Caller, own: boolean): AsyncGenerator<LiveResponse> {
  let since: string | null = null;
  for (let more = true; more; ) {
    const page = await store.pull(caller, { collection: 'responses', own, since, limit: MAX_ENTRIES, device: null });
    for (const change of page.Changes) if (!('Deleted' in change)) yield change;
    since = page.Cursor;
    more = page.More;
  }
}

/** Deletions that share a commit. */
const GROUP = 200;

/**
 * What they held is gone at once; that they were there is known for as long as tombstones are kept, so that every device hears of it.
 * @returns how many
 */
export async function removeResponses(store: Store, caller: Caller, responses: AsyncIterable<LiveResponse>): Promise<number> {
  let removed = 0;
  let group: string[] = [];
  const flush = async (): Promise<void> => {
    const outcomes = await Promise.all(group.map((id) => store.push(caller, 'responses', { op: 'delete', id, origin: null, base: null })));
    removed += outcomes.filter(({ status }) => status === 'applied').length;
    group = [];
  };
  for await (const { Id } of responses) {
    group.push(Id);
    if (group.length >= GROUP) await flush();
  }
  await flush();
  return removed;
}
