/**
 * Group commits on PostgreSQL, by a connection of their own.
 *
 * 1. The lock of each workspace's counter is taken, what is there of the records is read, the group is planned, the plan is written.
 *    Each step waits for the one before.
 * 2. Where all is new, which is what devices mostly send, the plan hangs on nothing but the counter. If that is foreseen, the
 *    group is planned while the one before it is being written, and locks, look and writes are sent at once. What was found is
 *    compared before the commit: if anything was not as foreseen, all of it is undone and done by 1.
 */
import postgres from 'postgres';
import { type IdPorts, newEpoch, serverIds } from '../ids.ts';
import { type Plan, type Sequence, planGroup, wantedBy } from '../plan.ts';
import type { Push } from '../records.ts';
import { type Rules, StoreUnavailable } from '../store.ts';
import { KeptVersions } from '../versions.ts';
import { type PostgresClient, inTransaction, isPassing } from './client.ts';
import { type Begun, Forecast } from './forecast.ts';
import { loadQuestionnaires, loadRecords, loadSeen, takeSequences, writePlan } from './write.ts';

export interface WriterOptions extends IdPorts {
  readonly rules: Rules;
  readonly client: PostgresClient;
  readonly onError: (error: unknown) => void;
}

/** What a transaction has found and what it writes. */
interface Work {
  readonly plan: Plan;
  /** The counters before. */
  readonly sequences: readonly Sequence[];
  /** Whether there was none of the records. */
  readonly isNew: boolean;
}

/** Undoes the transaction of a group that has nothing to write, so that nobody waits for the disk. */
class NothingToWrite extends Error {
  override readonly name = 'NothingToWrite';
  readonly plan: Plan;

  constructor(plan: Plan) {
    super('This group of edits writes nothing.');
    this.plan = plan;
  }
}

/** Undoes the transaction of a group that has not found what was foreseen. */
class NotAsForeseen extends Error {
  override readonly name = 'NotAsForeseen';
}

export class PostgresWriter {
  readonly #options: WriterOptions;
  readonly #versions = new KeptVersions();
  readonly #forecast: Forecast;
  #connection: postgres.Sql;
  #warnings = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#forecast = new Forecast({ rules: options.rules, versions: this.#versions, newServerIds: () => serverIds(options) });
    this.#connection = this.#connect();
  }

  /** This edit will be in a group, behind all that were told before. */
  foresee(push: Push): void {
    this.#forecast.foresee(push);
  }

  /** One at a time. Durable when it resolves; rejects with an error that `isPassing`, or `StoreUnavailable`, if nobody knows whether. */
  async commit(pushes: readonly Push[]): Promise<Plan> {
    const begun = this.#forecast.begin(pushes);
    try {
      return (await this.#commitForeseen(pushes, begun)) ?? (await this.#inTransaction(begun, (transaction) => this.#lookAndWrite(transaction, pushes)));
    } catch (error) {
      this.#forecast.distrust();
      if (error instanceof NothingToWrite) return error.plan;
      if (isPassing(error)) this.#reconnect();
      throw error;
    }
  }

  /** Null if nothing is foreseen, or it came out otherwise. */
  async #commitForeseen(pushes: readonly Push[], begun: Begun): Promise<Plan | null> {
    const { plan } = begun;
    if (plan === null || isEmpty(plan)) return null;
    try {
      return await this.#inTransaction(begun, (transaction) => this.#writeAndLook(transaction, pushes, plan, begun));
    } catch (error) {
      // What was planned upon something else may break a rule of the tables.
      if (error instanceof NotAsForeseen || (error instanceof postgres.PostgresError && !isPassing(error))) return null;
      throw error;
    }
  }

  /** All of it is sent at once and done in this order: nothing is written before the locks are taken. */
  async #writeAndLook(transaction: postgres.Sql, pushes: readonly Push[], plan: Plan, begun: Begun): Promise<Work> {
    const [sequences, records] = await Promise.all([this.#take(transaction, pushes), loadRecords(transaction, pushes), this.#write(transaction, plan)]);
    if (records.length > 0 || !begun.isAsForeseen(sequences)) throw new NotAsForeseen();
    return { plan, sequences, isNew: true };
  }

  async #lookAndWrite(transaction: postgres.Sql, pushes: readonly Push[]): Promise<Work> {
    const { rules } = this.#options;
    // Sent at once, done in this order: nothing is looked at before the locks are taken.
    const [sequences, records] = await Promise.all([this.#take(transaction, pushes), loadRecords(transaction, pushes)]);
    const wanted = wantedBy(pushes, records, rules);
    const { known, others } = this.#versions.split(wanted.references);
    const [seen, found] = await Promise.all([loadSeen(transaction, wanted.seen), loadQuestionnaires(transaction, others)]);
    this.#versions.keep(found);
    const plan = planGroup(pushes, { sequences, records, seen, questionnaires: [...known, ...found] }, { rules, newServerId: serverIds(this.#options) });
    if (isEmpty(plan)) throw new NothingToWrite(plan);
    await this.#write(transaction, plan);
    return { plan, sequences, isNew: records.length === 0 };
  }

  async #inTransaction(begun: Begun, work: (transaction: postgres.Sql) => Promise<Work>): Promise<Plan> {
    let warningsBefore = Infinity;
    const { plan, sequences, isNew } = await inTransaction(this.#connection, async (transaction) => {
      const done = await work(transaction);
      warningsBefore = this.#warnings;
      return done;
    });
    // An operator who cancels the wait for the standby makes the commit succeed, with no more than a warning.
    if (this.#warnings > warningsBefore) throw new StoreUnavailable('The commit may not have reached the standby.');
    begun.end(sequences, isNew);
    return plan;
  }

  #take(transaction: postgres.Sql, pushes: readonly Push[]): Promise<readonly Sequence[]> {
    return takeSequences(transaction, pushes, () => newEpoch(this.#options));
  }

  #write(transaction: postgres.Sql, plan: Plan): Promise<void> {
    return writePlan(transaction, plan, this.#options.now());
  }

  #connect(): postgres.Sql {
    return this.#options.client.writer(() => (this.#warnings += 1));
  }

  /** What is left of a broken transaction must not meet the next one, and another host may be the primary now. */
  #reconnect(): void {
    const { client, onError } = this.#options;
    client.drop(this.#connection).catch(onError);
    this.#connection = this.#connect();
  }
}

function isEmpty({ records, seen }: Plan): boolean {
  return records.length === 0 && seen.length === 0;
}
