/**
 * The service worker of a browser: started by an event, stopped when it has nothing to do or when it is killed, and
 * woken by Background Sync where the browser has that.
 */
import type { Browser } from './browser.ts';
import type { Program } from './bundles.ts';
import { Life } from './life.ts';
import { Listeners } from './surroundings.ts';

const IDLE_MS = 30_000;
/** As Chromium waits before it tries a failed sync again; after the last it gives up. */
const SYNC_AGAIN_MS = [300_000, 900_000];
const SYNC_FIRST_MS = 10;
const MAX_DELAY_MS = 4;

interface Client {
  readonly life: Life;
  readonly listeners: Listeners;
}

interface Running {
  readonly life: Life;
  readonly listeners: Listeners;
  /** Events that are not done yet. */
  pending: number;
  forgetIdle: () => void;
}

export class Worker {
  readonly #browser: Browser;
  readonly #program: Program;
  readonly #hasSync: boolean;
  readonly #clients = new Set<Client>();
  /** By tag: how often it has failed. */
  readonly #syncs = new Map<string, number>();
  readonly #tags = new Set<string>();
  /** Tags that have failed too often. */
  readonly #givenUp = new Set<string>();
  #running: Running | null = null;

  constructor(browser: Browser, program: Program, hasSync: boolean) {
    this.#browser = browser;
    this.#program = program;
    this.#hasSync = hasSync;
  }

  /** `navigator.serviceWorker` of one page. */
  container(life: Life): object {
    const listeners = new Listeners();
    const client = { life, listeners };
    this.#clients.add(client);
    life.atDeath(() => this.#clients.delete(client));
    const active = {
      postMessage: (data: unknown) => {
        life.step('message');
        if (!life.isAlive) return;
        const copy: unknown = structuredClone(data);
        this.#later(() => this.#dispatch('message', { data: copy }));
      },
    };
    return {
      controller: active,
      ready: Promise.resolve({ active }),
      startMessages: () => {},
      addEventListener: listeners.addEventListener,
      removeEventListener: listeners.removeEventListener,
    };
  }

  /** A page's request, by way of the worker. @param pass sends it past the worker */
  fetch(request: Request, life: Life, pass: () => Promise<Response>): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#later(() => {
        if (!life.isAlive) return;
        let answer: Promise<Response> | null = null;
        const running = this.#dispatch('fetch', {
          request,
          respondWith: (given: Response | Promise<Response>) => {
            answer = Promise.resolve(given);
          },
        });
        if (answer === null) {
          pass().then(resolve, reject);
          return;
        }
        const failed = (): void => reject(new TypeError('Failed to fetch'));
        const forget = running.life.atDeath(failed);
        this.#hold(running, answer);
        Promise.resolve(answer).then((response: Response) => {
          forget();
          if (response.type === 'error') failed();
          else resolve(response);
        }, failed);
      });
    });
  }

  /** The network is back, or the browser. */
  wake(): void {
    for (const tag of this.#syncs.keys()) this.#browser.clock.after(SYNC_FIRST_MS, () => this.#sync(tag));
  }

  /** What is registered, or was until it had failed too often, is tried from the beginning. */
  sync(): void {
    for (const tag of [...this.#syncs.keys(), ...this.#givenUp]) this.#syncs.set(tag, 0);
    this.wake();
  }

  /** Whatever was ever registered is tried from the beginning. */
  syncAll(): void {
    for (const tag of this.#tags) this.#syncs.set(tag, 0);
    this.wake();
  }

  stop(): void {
    const running = this.#running;
    this.#running = null;
    running?.forgetIdle();
    running?.life.end();
  }

  #later(run: () => void): void {
    this.#browser.clock.after(this.#browser.chance.below(MAX_DELAY_MS), run);
  }

  #start(): Running {
    const life: Life = new Life((step) => this.#browser.workerStepped(step));
    const listeners = new Listeners();
    const { clock } = this.#browser;
    const registration = this.#hasSync ? { sync: { register: async (tag: string) => this.#register(tag, life) } } : {};
    const clients = {
      claim: async () => {},
      matchAll: async () => [...this.#clients].map((client) => ({ postMessage: (data: unknown) => this.#tell(client, data, life) })),
    };
    const { addEventListener } = listeners;
    const self = { addEventListener, registration, clients, location: new URL('https://outpost.test/sw.js') };
    const fetch = (request: Request, init?: RequestInit): Promise<Response> => this.#browser.fetch(request, life, init?.signal);
    const running: Running = { life, listeners, pending: 0, forgetIdle: clock.after(IDLE_MS, () => this.#stopIfIdle(running)) };
    this.#running = running;
    this.#program({
      ...this.#browser.surroundings(life),
      self,
      globalThis: self,
      addEventListener,
      registration,
      clients,
      navigator: { locks: this.#browser.locks(life) },
      fetch,
    });
    return running;
  }

  #stopIfIdle(running: Running): void {
    if (running === this.#running && running.pending === 0) this.stop();
  }

  /** @returns whoever heard it */
  #dispatch(type: string, event: object): Running {
    const running = this.#running ?? this.#start();
    running.listeners.dispatch(type, { ...event, waitUntil: (work: Promise<unknown>) => this.#hold(running, work) });
    return running;
  }

  #hold(running: Running, work: Promise<unknown>): void {
    running.pending += 1;
    running.forgetIdle();
    const ended = (): void => {
      running.pending -= 1;
      if (running.pending === 0 && running.life.isAlive) running.forgetIdle = this.#browser.clock.after(IDLE_MS, () => this.#stopIfIdle(running));
    };
    work.then(ended, ended);
  }

  #tell(client: Client, data: unknown, life: Life): void {
    life.step('message');
    if (!life.isAlive) return;
    const copy: unknown = structuredClone(data);
    this.#later(() => {
      if (client.life.isAlive) client.listeners.dispatch('message', { data: copy });
    });
  }

  #register(tag: string, life: Life): void {
    if (!life.isAlive || this.#syncs.has(tag)) return;
    if (this.#clients.size === 0) throw new DOMException('No tab is open.', 'InvalidAccessError');
    this.#syncs.set(tag, 0);
    this.#tags.add(tag);
    this.#browser.clock.after(SYNC_FIRST_MS, () => this.#sync(tag));
  }

  #sync(tag: string): void {
    const failures = this.#syncs.get(tag);
    if (failures === undefined || !this.#browser.canSync) return;
    this.#syncs.delete(tag);
    const work: Promise<unknown>[] = [];
    const running = this.#running ?? this.#start();
    running.listeners.dispatch('sync', {
      tag,
      lastChance: failures >= SYNC_AGAIN_MS.length,
      waitUntil: (promise: Promise<unknown>) => {
        work.push(promise);
        this.#hold(running, promise);
      },
    });
    const again = (): void => {
      const delayMs = SYNC_AGAIN_MS[failures];
      if (delayMs === undefined) this.#givenUp.add(tag);
      if (delayMs === undefined || this.#syncs.has(tag)) return;
      this.#syncs.set(tag, failures + 1);
      this.#browser.clock.after(delayMs, () => this.#sync(tag));
    };
    const forget = running.life.atDeath(again);
    Promise.all(work).then(forget, () => {
      forget();
      if (running.life.isAlive) again();
    });
  }
}
