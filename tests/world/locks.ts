/**
 * The locks of one browser, as `navigator.locks` gives them: one holder for each name, the others in their order. The
 * dead let go.
 */
import type { Clock } from './clock.ts';
import type { Life } from './life.ts';

interface Waiting {
  readonly life: Life;
  readonly run: () => Promise<void>;
}

export class Locks {
  readonly #clock: Clock;
  readonly #queues = new Map<string, Waiting[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  view(life: Life): { request<Result>(name: string, run: () => Promise<Result>): Promise<Result> } {
    return {
      request: (name, run) =>
        new Promise((resolve, reject) => {
          if (!life.isAlive) return;
          const queue = this.#queues.get(name) ?? [];
          this.#queues.set(name, queue);
          const waiting: Waiting = {
            life,
            run: async () => {
              try {
                resolve(await run());
              } catch (error) {
                reject(error);
              }
            },
          };
          queue.push(waiting);
          life.atDeath(() => this.#leave(queue, waiting));
          if (queue.length === 1) this.#next(queue);
        }),
    };
  }

  #next(queue: Waiting[]): void {
    const [first] = queue;
    if (first === undefined) return;
    this.#clock.after(0, async () => {
      if (queue[0] !== first || !first.life.isAlive) return;
      void first.run().then(() => this.#leave(queue, first));
    });
  }

  #leave(queue: Waiting[], waiting: Waiting): void {
    const index = queue.indexOf(waiting);
    if (index < 0) return;
    queue.splice(index, 1);
    if (index === 0) this.#next(queue);
  }
}
