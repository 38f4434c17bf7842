/**
 * Saves shortly after the last change, one save at a time, and at once when told to.
 */

export type SaveState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved'; readonly at: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Long enough to join the letters of a word, short enough that nobody looks for a button. */
const COALESCE_MS = 300;

export class Autosave {
  state: SaveState = { kind: 'idle' };
  private readonly save: () => Promise<void>;
  private readonly changed: () => void;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private latest: Promise<void> = Promise.resolve();
  private revision = 0;

  /** `save` must put down what is there when it is called; `changed` is called at each change of `state`. */
  constructor(save: () => Promise<void>, changed: () => void) {
    this.save = save;
    this.changed = changed;
  }

  /** There is something new to save. */
  touch(): void {
    if (this.timer === null) this.timer = setTimeout(() => void this.flush(), COALESCE_MS);
  }

  /** Saves now what is not yet being saved. Never rejects: a failure is in `state`. */
  flush(): Promise<void> {
    if (this.timer === null) return this.latest;
    this.cancel();
    this.latest = this.run(++this.revision);
    return this.latest;
  }

  /** Lets go of what is not yet being saved. */
  cancel(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** `save` is called before anything is awaited: a page that is going away has no time for more. */
  private async run(revision: number): Promise<void> {
    const saved = this.save();
    this.become(revision, { kind: 'saving' });
    try {
      await saved;
      this.become(revision, { kind: 'saved', at: new Date().toISOString() });
    } catch (error) {
      this.become(revision, { kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** An older save that ends after a newer began has nothing to say. */
  private become(revision: number, state: SaveState): void {
    if (revision !== this.revision) return;
    this.state = state;
    this.changed();
  }
}
