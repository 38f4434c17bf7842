/**
 * A patch: what goes out of an edited model instead of the whole, where it is known what the server has.
 *
 * `Changed` lists every path that any edit since the Base has touched, also one that holds its old value again: the edit
 * that changed it may have reached the server and its answer not this device. And of the edits of one record only the
 * newest may ever arrive, so each must carry what those before it changed.
 */
import { differing, fromFields, partOf, patched, toFields, type Attributes, type PushEntry } from '../../../protocol/index.ts';
import type { Row } from './row.ts';

/**
 * The paths of `before`, and those at which the attributes differ from their base.
 * @returns null where paths cannot say it: no base, or a name with a dot, which would be taken for one
 */
export function touched(base: Attributes | null, before: readonly string[] | null, attributes: Attributes): readonly string[] | null {
  if (base === null || before === null || [base, attributes].some(hasDottedName)) return null;
  return [...new Set([...before, ...differing(toFields(base), toFields(attributes))])];
}

function hasDottedName(attributes: Attributes): boolean {
  return Object.keys(attributes).some((name) => name.includes('.'));
}

/** The base of a row from what is stored of it: where no path says otherwise, it is as the attributes are. */
export function wholeBase(attributes: Attributes, part: Attributes, changed: readonly string[]): Attributes {
  return fromFields(patched(toFields(attributes), toFields(part), changed));
}

type PutOf = Pick<Extract<PushEntry, { Op: 'put' }>, 'Op' | 'Attributes' | 'Changed' | 'Merge'>;

/** The edit of a row as it goes out: the patch, where there is one and it is shorter. What goes out whole takes no `Changed`. */
export function putEntry(row: Row): PutOf {
  const whole: PutOf = { Op: 'put', Attributes: row.attributes };
  if (row.changed === null) return whole;
  // Merging is the device's: its policy decides, and a patch only is a shorter form of the whole.
  const patch: PutOf = { Op: 'put', Attributes: partOf(row.attributes, row.changed), Changed: [...row.changed], Merge: false };
  return JSON.stringify(patch).length < JSON.stringify(whole).length ? patch : whole;
}
