/**
 * The last things that the engine did, for a report to support: a line of JSON each, in sessionStorage. There they outlive
 * a reload, which is what a person tries first, take nothing of the room that the rows have, and go with the tab.
 */
import type { AuthorId, PushResult } from '../../protocol/index.ts';
import type { Happening } from './core/diagnostics.ts';

/** Enough for the last few tries, and little enough to be read by a person. */
const KEPT = 20;

/** Tells how what has begun has ended; the last two if the server was asked, `null` for no answer. */
type End = (outcomes: readonly string[], entries: number, answer?: { readonly status: number } | null, characters?: number) => void;

/** The lines, oldest first; empty if there are none, or no sessionStorage to keep them in. */
export function happeningsOf(account: AuthorId): string {
  try {
    return sessionStorage.getItem(nameFor(account)) ?? '';
  } catch {
    return '';
  }
}

/** Something begins now. Its end is kept, and the oldest let go. */
export function begin(account: AuthorId, kind: Happening['kind']): End {
  const started = new Date();
  return (outcomes, entries, answer = null, characters) => {
    const durationMs = Date.now() - started.getTime();
    const happening: Happening = { at: started.toISOString(), kind, durationMs, outcomes, status: answer?.status ?? null, entries, characters: characters ?? null };
    const lines = [...happeningsOf(account).split('\n'), JSON.stringify(happening)];
    try {
      sessionStorage.setItem(nameFor(account), lines.slice(-KEPT).join('\n'));
    } catch {
      // No report is worth what it would report of: the engine goes on without this line.
    }
  };
}

/** Each status once. */
export function statusesOf(results: readonly PushResult[]): readonly string[] {
  return [...new Set(results.map(({ Status }) => Status))];
}

const nameFor = (account: AuthorId): string => `outpost.${account}.happenings`;
