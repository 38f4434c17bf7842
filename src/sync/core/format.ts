/**
 * The format that a stored row is in, and the step from each format to the next.
 *
 * - The stamp is in the row itself, not beside the rows: a crash rolls localStorage back and not the journal, and two
 *   versions of an app may be open in two tabs, so that rows of several formats lie side by side.
 * - A row is brought up when it is read, and written in the newest format when it next changes. Nothing is rewritten at
 *   start, so nothing can be half rewritten.
 * - What a newer version of the app has written is left as it is, wherever it is.
 *
 * A change of the format is a new step at the end of `STEPS` and its number in `outpost.format`. It is needed for
 * whatever an older page must not misread or drop. In every format `id` and `outpost.clientId` stay where they are: by
 * them an older page knows which models it has to leave alone.
 */
import { ClientId, decode, isPlainObject, type Attributes } from '../../../protocol/index.ts';

/** From one format to the next. Pure, and the same however often it is done. */
export type Step = (stored: Attributes) => Attributes;

const STEPS: readonly Step[] = [fromPlain];

/** 0: as plain backbone.localstorage writes it; 1: with bookkeeping, and no stamp, which saves its room; then as `outpost.format` says. */
function formatOf(stored: unknown): number {
  if (!isPlainObject(stored) || stored['outpost'] === undefined) return 0;
  const { outpost } = stored;
  return isPlainObject(outpost) && typeof outpost['format'] === 'number' ? outpost['format'] : 1;
}

/** Whether a newer version of the app wrote it: not to be read, replaced or removed. */
export function isNewer(stored: unknown, steps: readonly Step[] = STEPS): boolean {
  return formatOf(stored) > steps.length;
}

/** A stored row in the newest format. */
export function upgraded(stored: Attributes, steps: readonly Step[] = STEPS): Attributes {
  const format = formatOf(stored);
  return format === steps.length ? stored : steps.slice(format).reduce((row, step) => step(row), stored);
}

/** The name of a row that never changes, of a row in a format that may be unknown. */
export function storedKeyOf(stored: unknown, id: string): string {
  const outpost = isPlainObject(stored) ? stored['outpost'] : undefined;
  const clientId = isPlainObject(outpost) ? outpost['clientId'] : undefined;
  return typeof clientId === 'string' ? clientId : id;
}

/** In the article's way: what is not `synchronized` waits to be sent. */
function fromPlain(stored: Attributes): Attributes {
  const known = stored['synchronized'] === true ? { revision: 0, state: 'sent' } : { revision: 1, state: 'waiting' };
  return { ...stored, outpost: { clientId: decode(ClientId, stored['id']), ...known, since: new Date(0).toISOString() } };
}
