/**
 * The journal of a device, read and written past the engine.
 */
import type { Page } from 'playwright';
import * as v from 'valibot';
import { Log, follow, type Entry, type Logged } from '../../src/sync/core/log.ts';
import { inStore } from './indexed-db.ts';

const LOG = { database: 'outpost-journal', store: 'log' } as const;

/** What it holds, by collection and key. */
export async function journalled(page: Page): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const record of await records(page)) follow(texts, record.entries);
  return texts;
}

/** Writes as another tab would; an empty text removes. */
export async function putInJournal(page: Page, account: string, entries: Iterable<Entry>): Promise<void> {
  const seq = 1 + ((await records(page)).at(-1)?.seq ?? 0);
  await inStore(page, { ...LOG, act: 'put', value: { account, seq, entries: [...entries] } });
}

export async function clearJournal(page: Page): Promise<void> {
  await inStore(page, { ...LOG, act: 'clear' });
}

async function records(page: Page): Promise<readonly Logged[]> {
  return v.parse(Log, await inStore(page, { ...LOG, act: 'getAll' }));
}
