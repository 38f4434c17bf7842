/**
 * What a person was told is saved, and what a server must therefore have.
 */
import type { NamedAnswers } from '../browser/engine/page.ts';

/** A response as it was found on the device or the server. */
export interface Found {
  readonly name: string;
  readonly edit: string;
}

export class Truth {
  /** By name: the last edit that was said to be saved (0 for none), and the last that was tried. */
  readonly #edits = new Map<string, { said: number; tried: number }>();
  #made = 0;

  /** The first edit of a new response. */
  make(): NamedAnswers {
    this.#made += 1;
    return this.edit(`Response ${this.#made}`);
  }

  /** The next edit of a response, tried from now on. */
  edit(name: string): NamedAnswers {
    const edits = this.#edits.get(name) ?? { said: 0, tried: 0 };
    this.#edits.set(name, { ...edits, tried: edits.tried + 1 });
    return { name, edit: String(edits.tried + 1) };
  }

  readonly say = ({ name, edit }: NamedAnswers): void => {
    const edits = this.#edits.get(name);
    if (edits !== undefined) edits.said = Math.max(edits.said, Number(edit));
  };

  remove(name: string): void {
    this.#edits.delete(name);
  }

  /** The names of the last so many that are known to be saved, latest first. */
  last(count: number): string[] {
    return [...this.#edits].filter(([, { said }]) => said > 0).slice(-count).map(([name]) => name).toReversed();
  }

  /** What is missing, doubled, older than what was said, or never existed. What was found counts as said from now on. */
  settle(found: readonly Found[]): string[] {
    const complaints: string[] = [];
    const names = new Set(found.map(({ name }) => name));
    if (names.size < found.length) complaints.push(`${found.length - names.size} are doubled`);
    for (const [name, { said }] of this.#edits) if (!names.has(name) && said > 0) complaints.push(`${name} is missing`);
    for (const { name, edit } of found) {
      const { said, tried } = this.#edits.get(name) ?? { said: 0, tried: 0 };
      if (Number(edit) < said || Number(edit) > tried) complaints.push(`${name} has edit ${edit}, where ${said} was said to be saved and ${tried} was the last`);
    }
    this.#edits.clear();
    for (const { name, edit } of found) this.#edits.set(name, { said: Number(edit), tried: Number(edit) });
    return complaints;
  }
}
