/**
 * A server that is killed from outside, again and again, and started anew on what it has left.
 */
import { once } from 'node:events';
import { type Running, endProcess, startProcess } from '../../server/testing/processes.ts';
import { OWNER, type Send, signInTo } from '../../server/testing/rush.ts';

/**
 * When it is killed: after so many requests and answers since its start, and so much time on top; or when it has made a
 * commit that nobody was told of yet.
 */
export type Moment = { readonly kind: 'busy'; readonly happened: number; readonly delayMs: number } | { readonly kind: 'committed' };

/** Where it stores: a folder, or a database. */
export type Place = Readonly<Record<'DATA_DIR' | 'DATABASE_URL', string>>;

export type Answer = Awaited<ReturnType<Send>>;
/** A request of the owner. Null without an answer, for one reason alone: the server was killed, or says that it is to come again later. */
export type Ask = (method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>) => Promise<Answer | null>;

export class KilledServer {
  readonly #place: Place;
  readonly #send: Send;
  #running: Running;
  #up: Promise<Running>;
  #isOver = false;
  #underWay = 0;
  /** Requests sent, and answers come, since the server was started. */
  #happened = 0;
  /** Whether the one that holds back its answers has made a commit. */
  #committed: Promise<void> = Promise.resolve();
  #watch: { readonly count: number; readonly reached: () => void } | null = null;
  /** How long each start took, up to the first answer, in milliseconds. */
  readonly startsMs: number[] = [];
  /** For each kill, how many requests were under way. */
  readonly cutOff: number[] = [];

  private constructor(place: Place, first: Running, send: Send) {
    this.#place = place;
    this.#send = send;
    this.#running = first;
    this.#up = Promise.resolve(first);
  }

  static async start(place: Place): Promise<KilledServer> {
    const first = await startProcess({ ...place, ...OWNER });
    return new KilledServer(place, first, await signInTo(first.url));
  }

  /** @throws whatever went wrong with a server that nobody has killed */
  readonly ask: Ask = async (method, path, body, headers) => {
    const up = this.#up;
    const { url } = await up;
    this.#underWay += 1;
    this.#note();
    try {
      const answer = await this.#send(url, method, path, body, headers);
      return answer.status === 503 ? null : answer;
    } catch (error) {
      if (this.#up === up) throw error;
      return null;
    } finally {
      this.#underWay -= 1;
      this.#note();
    }
  };

  /** Resolves at this moment. */
  async comesTo(moment: Moment): Promise<void> {
    switch (moment.kind) {
      case 'busy':
        await new Promise<void>((reached) => {
          this.#watch = { count: moment.happened, reached };
        });
        return new Promise((resolve) => setTimeout(resolve, moment.delayMs));
      case 'committed':
        return this.#committed;
      default: {
        const never: never = moment;
        return never;
      }
    }
  }

  /** Kills it and starts it again; resolves when it answers. @param next when it will be killed again */
  async kill(next: Moment | undefined): Promise<void> {
    if (this.#isOver) return;
    this.cutOff.push(this.#underWay);
    // From now on, and not only once it is gone: who hears no more of the old one turns to the next.
    this.#up = this.#startAfter(this.#running, next);
    await this.#up;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled([this.#up]);
    await endProcess(this.#running);
  }

  async #startAfter(killed: Running, next: Moment | undefined): Promise<Running> {
    await endProcess(killed);
    this.#happened = 0;
    const begunAtMs = performance.now();
    this.#running = await (next?.kind === 'committed' ? startProcess({ ...this.#place, HOLD: '1' }, 'child.ts') : startProcess(this.#place));
    this.#committed = once(this.#running.child, 'message').then(() => {});
    const { status } = await this.#send(this.#running.url, 'GET', '/health');
    if (status !== 200) throw new Error(`The server that was started again says ${status} of its health.`);
    this.startsMs.push(performance.now() - begunAtMs);
    return this.#running;
  }

  #note(): void {
    this.#happened += 1;
    if (this.#watch === null || this.#happened < this.#watch.count) return;
    const { reached } = this.#watch;
    this.#watch = null;
    reached();
  }
}
