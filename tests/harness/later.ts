import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Takes what undoes a thing just done, to be called at the end, last first, however the end comes about.
 * In a test this is vitest's `onTestFinished`.
 */
export type Later = (undo: () => Promise<void>) => void;

/** @returns path of a new empty folder, removed at the end */
export async function temporaryFolder(later: Later, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `outpost-${name}-`));
  // A browser that has just been killed may still be writing for a moment.
  later(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}
