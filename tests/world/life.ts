/**
 * The life of one running program, a page or a worker. It may die between any two of its steps; whatever it still does
 * then has no effect.
 */

/** What a dead program hears that asks for something; nobody is there to hear it either. */
export class DeadProgram extends Error {}

export type Step = 'storage' | 'database' | 'request' | 'answer' | 'message';

export class Life {
  #isAlive = true;
  readonly #deathbed = new Set<() => void>();
  readonly #onStep: (step: Step) => void;

  /** @param onStep is told before each step that outlives the program; it may end the life */
  constructor(onStep: (step: Step) => void) {
    this.#onStep = onStep;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  step(step: Step): void {
    if (this.#isAlive) this.#onStep(step);
  }

  /** @returns takes the wish back */
  atDeath(run: () => void): () => void {
    this.#deathbed.add(run);
    return () => this.#deathbed.delete(run);
  }

  end(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const run of this.#deathbed) run();
    this.#deathbed.clear();
  }
}
