/**
 * What people did and what they were told of it, and whether the world has kept that.
 *
 * Every edit puts a token of its own into one field of a response and knows the tokens that its person saw there. So the
 * edits of a field are a graph, and nothing is lost if each edit that was called saved is in what is left, or is one
 * that somebody saw and wrote over, or was decided against.
 */

export interface Edit {
  readonly token: string;
  /** Of the response, for good. */
  readonly tag: string;
  /** The field, `*` for the removal of the whole response, or `finished` for its end as a draft, which puts no token anywhere. */
  readonly field: string;
  readonly device: string;
  readonly account: string;
  /** What the person saw where this was written. */
  readonly seen: readonly string[];
  readonly startedAt: number;
  /** When it was called saved; null if it never was. */
  toldAt: number | null;
}

export interface Remains {
  /** Tokens of the stored records. */
  readonly stored: Iterable<string>;
  /** Tokens that devices keep for a person to decide, or to finish. */
  readonly kept: Iterable<string>;
  /** Tags of the records that are stored. */
  readonly storedTags: ReadonlySet<string>;
}

/** No answer is lost with it; but of a removal at the same moment, on the same device, it may take precedence. */
export const FINISHED = 'finished';

export class Ledger {
  readonly #edits = new Map<string, Edit>();
  /** Further tokens that a token stands above: a choice between two sides was made. */
  readonly #over = new Map<string, Set<string>>();
  readonly #decidedAgainst = new Set<string>();
  #order = 0;

  /** A person begins to save. */
  begin(edit: Pick<Edit, 'tag' | 'field' | 'device' | 'account' | 'seen'>): Edit {
    this.#order += 1;
    const begun = { ...edit, token: `${edit.field}${this.#order}`, startedAt: this.#order, toldAt: null };
    this.#edits.set(begun.token, begun);
    return begun;
  }

  /** The person is told: saved on this device. */
  told(edit: Edit): void {
    this.#order += 1;
    edit.toldAt = this.#order;
  }

  /** A person who saw both has chosen one. */
  decided(chosen: readonly string[], against: readonly string[]): void {
    for (const token of chosen) {
      const over = this.#over.get(token) ?? new Set();
      for (const other of against) over.add(other);
      this.#over.set(token, over);
    }
    for (const token of against) this.#decidedAgainst.add(token);
  }

  accountOf(tag: string): string | undefined {
    return [...this.#edits.values()].find((edit) => edit.tag === tag)?.account;
  }

  removalsOf(tag: string): string[] {
    return [...this.#edits.values()].filter((edit) => edit.tag === tag && edit.field === '*').map(({ token }) => token);
  }

  /** Whether its removal was called saved, by somebody who had seen all of it, and nobody has written into it since or at that moment. */
  isRemoved(tag: string): boolean {
    const edits = [...this.#edits.values()].filter((edit) => edit.tag === tag);
    return edits.some((removal) => {
      if (removal.field !== '*' || removal.toldAt === null) return false;
      const seen = this.#below([removal.token]);
      return edits.every((other) => other.field === '*' || (seen.has(other.token) && !isSince(other, removal)));
    });
  }

  edit(token: string): Edit | undefined {
    return this.#edits.get(token);
  }

  /** A sentence for each edit that was called saved and is neither there nor rightly gone. */
  lost({ stored, kept, storedTags }: Remains): string[] {
    const removed = [...this.#edits.values()].filter(({ field, tag }) => field === '*' && !storedTags.has(tag)).map(({ token }) => token);
    const finished = [...this.#edits.values()].filter(({ field, tag }) => field === FINISHED && storedTags.has(tag)).map(({ token }) => token);
    const known = this.#below([...stored, ...kept, ...removed, ...finished, ...this.#decidedAgainst]);
    const covering = new Map<string, Edit[]>();
    for (const token of known) {
      const edit = this.#edits.get(token);
      if (edit !== undefined) covering.set(edit.tag, [...(covering.get(edit.tag) ?? []), edit]);
    }
    return [...this.#edits.values()]
      .filter((edit) => edit.toldAt !== null && edit.field !== FINISHED && !known.has(edit.token))
      .filter((edit) => !(covering.get(edit.tag) ?? []).some((other) => supersedes(other, edit)))
      .map(({ token, tag, device }) => `Lost: edit ${token} of response ${tag}, which ${device} was told is saved.`);
  }

  /** These tokens and all that they stand above. */
  #below(tokens: readonly string[]): ReadonlySet<string> {
    const all = new Set(tokens);
    for (const token of all) {
      for (const seen of this.#edits.get(token)?.seen ?? []) all.add(seen);
      for (const over of this.#over.get(token) ?? []) all.add(over);
    }
    return all;
  }
}

/** On one device the newest edit stands, whichever tab it was made in; of two at the same moment either may. */
function supersedes(other: Edit, edit: Edit): boolean {
  return other.device === edit.device && (other.field === edit.field || other.field === '*' || edit.field === '*') && isSince(other, edit);
}

function isSince(other: Edit, edit: Edit): boolean {
  return other.startedAt > edit.startedAt || other.toldAt === null || other.toldAt > edit.startedAt;
}
