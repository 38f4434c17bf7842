/**
 * The databases of one browser. What a dead program has begun and not finished is undone; what was complete stays.
 */
import type { RawDatabases } from './databases.entry.ts';
import type { Program } from './bundles.ts';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import { DeadProgram, type Life } from './life.ts';

/** The most that one step of a transaction takes. */
const MAX_STEP_MS = 3;

export class Databases {
  readonly #raw: RawDatabases;

  constructor(program: Program, clock: Clock, chance: Chance) {
    let last = 0;
    // One after another, as the thread of the databases works: only how long each takes is left to chance.
    const setImmediate = (run: () => void): void => {
      last = Math.max(last, clock.now + (chance.hits(0.3) ? chance.below(MAX_STEP_MS) : 0));
      clock.after(last - clock.now, run);
    };
    const taken: RawDatabases[] = [];
    program({ given: { take: (databases: RawDatabases) => taken.push(databases) }, globalThis: { setImmediate } });
    const [raw] = taken;
    if (raw === undefined) throw new Error('The databases have given nothing.');
    this.#raw = raw;
  }

  /** What one program sees of them: the names of IndexedDB in its world. */
  view(life: Life): Readonly<Record<string, unknown>> {
    const { factory, classes } = this.#raw;
    const open = (name: string, version?: number): IDBOpenDBRequest => {
      if (!life.isAlive) throw new DeadProgram();
      const request = factory.open(name, version);
      const given = (): void => guard(request.result, life);
      request.addEventListener('upgradeneeded', given);
      request.addEventListener('success', given);
      return request;
    };
    return { ...classes, indexedDB: { open } };
  }
}

const guarded = new WeakSet<IDBDatabase>();

function guard(database: IDBDatabase, life: Life): void {
  if (guarded.has(database)) return;
  guarded.add(database);
  life.atDeath(() => database.close());
  if (!life.isAlive) database.close();
  const begin = database.transaction.bind(database);
  database.transaction = (...about) => {
    life.step('database');
    if (!life.isAlive) throw new DeadProgram();
    const transaction = begin(...about);
    const forget = life.atDeath(() => transaction.abort());
    transaction.addEventListener('complete', () => {
      forget();
      life.step('database');
    });
    transaction.addEventListener('abort', forget);
    return transaction;
  };
}
