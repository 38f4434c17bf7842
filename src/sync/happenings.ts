/**
 * The last things that the engine did, for a report to support: a line of JSON each, in sessionStorage. There they outlive
 * a reload, which is what a person tries first, take nothing of the room that the rows have, and go with the tab.
 */
import type { AccountId, PushResult } from '../../protocol/index.ts';
import type { Happening } from './core/diagnostics.ts';

/** Enough for the last few tries, and little enough to be read by a person. */
const KEPT = 20;

/** Of what happened; `startedAtMs` in milliseconds since 1970. */
type Note = Pick<Happening, 'kind' | 'outcomes' | 'entries'> & Partial<Pick<Happening, 'status' | 'characters'>> & { readonly startedAtMs: number };

/** The lines, oldest first; empty if there are none, or no sessionStorage to keep them in. */
export function happeningsOf(account: AccountId): string {
  try {
    return sessionStorage.getItem(nameFor(account)) ?? '';
  } catch {
    return '';
  }
}

/** Keeps what has just ended, and lets the oldest go. */
export function note(account: AccountId, { startedAtMs, ...what }: Note): void {
  const happening: Happening = { at: new Date(startedAtMs).toISOString(), durationMs: Date.now() - startedAtMs, status: null, characters: null, ...what };
  const lines = [...happeningsOf(account).split('\n'), JSON.stringify(happening)];
  try {
    sessionStorage.setItem(nameFor(account), lines.slice(-KEPT).join('\n'));
  } catch {
    // No report is worth what it would report of: the engine goes on without this line.
  }
}

/** Each status once. */
export function statusesOf(results: readonly PushResult[]): readonly string[] {
  return [...new Set(results.map(({ Status }) => Status))];
}

const nameFor = (account: AccountId): string => `outpost.${account}.happenings`;
