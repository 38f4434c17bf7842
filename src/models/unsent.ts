/**
 * What waits in a workspace that is not open: as its rows were when it last was.
 */
import * as v from 'valibot';
import { decode, parseJson } from '../../protocol/index.ts';

const Unsent = v.object({ synchronized: v.literal(false), outpost: v.object({ state: v.string() }) });

/** How many finished responses are kept under this name that the server is not known to have. */
export function countUnsent(keptAs: string): number {
  const prefix = `outpost.${keptAs}.responses-`;
  return Object.keys(localStorage).filter((key) => {
    const row = key.startsWith(prefix) ? decode(Unsent, parseJson(localStorage.getItem(key) ?? '')) : null;
    return row !== null && row.outpost.state !== 'draft';
  }).length;
}
