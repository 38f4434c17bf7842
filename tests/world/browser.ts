/**
 * A browser with one site in it: its tabs, its worker and all that outlives them.
 */
import type Backbone from 'backbone';
import type { Programs } from './bundles.ts';
import { Channels } from './channels.ts';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import { Databases } from './databases.ts';
import { Life, type Step } from './life.ts';
import { LocalStorageDisk, type Limits } from './local-storage.ts';
import { Locks } from './locks.ts';
import type { OpenPage, StartPage } from './page.entry.ts';
import { Listeners, ORIGIN, timeAndChance } from './surroundings.ts';
import { Wire, type Weather, type WireAnswer, type WireRequest } from './wire.ts';
import { Worker } from './worker.ts';

/** What a browser can do: all of it, no Background Sync, or no worker at all. */
export type Kind = 'background-sync' | 'worker' | 'page-only';

export interface BrowserParts {
  readonly name: string;
  readonly kind: Kind;
  readonly programs: Programs;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Of its localStorage. */
  readonly limits: Limits;
  readonly serve: (request: WireRequest, account: string | null) => Promise<WireAnswer>;
  /** The worker has told a page that it will send this. */
  readonly onQueued: (body: string) => void;
  /** Something that must not happen has happened. */
  readonly onBroken: (what: string) => void;
}

export interface Tab {
  readonly account: string;
  readonly life: Life;
  readonly listeners: Listeners;
  /** Null until the engine has started. */
  page: OpenPage | null;
  /** What the collection held when the engine began to start: perhaps what a crash has rolled back. */
  filledWith: readonly Backbone.Model[];
}

/** Who dies, and after how many more steps of theirs. */
interface Doom {
  readonly who: 'browser' | 'worker' | Tab;
  steps: number;
}

export class Browser {
  readonly name: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly storage: LocalStorageDisk;
  /** The account whose cookie it holds. */
  signedIn: string | null = null;
  /** Those that the app was opened for. */
  readonly accounts = new Set<string>();
  #weather: Weather = 'good';
  #isRunning = true;
  readonly #parts: BrowserParts;
  readonly #databases: Databases;
  readonly #locks: Locks;
  readonly #channels: Channels;
  readonly #wire: Wire;
  readonly #worker: Worker | null;
  #tabs: Tab[] = [];
  #doom: Doom | null = null;

  constructor(parts: BrowserParts) {
    const { name, clock, chance, kind } = parts;
    this.name = name;
    this.clock = clock;
    this.chance = chance;
    this.#parts = parts;
    this.storage = new LocalStorageDisk(clock, chance, parts.limits);
    this.#databases = new Databases(parts.programs.databases, clock, chance);
    this.#locks = new Locks(clock);
    this.#channels = new Channels(clock, chance);
    this.#wire = new Wire(clock, chance, (request) => parts.serve(request, this.signedIn));
    this.#worker = kind === 'page-only' ? null : new Worker(this, parts.programs.worker, kind === 'background-sync');
  }

  get tabs(): readonly Tab[] {
    return this.#tabs;
  }

  get weather(): Weather {
    return this.#weather;
  }

  set weather(weather: Weather) {
    const wasOff = this.#weather === 'off';
    this.#weather = weather;
    if (wasOff === (weather === 'off')) return;
    for (const tab of this.#tabs) tab.listeners.dispatch(wasOff ? 'online' : 'offline', {});
    if (wasOff) this.#worker?.wake();
  }

  /** Whether a worker could be woken now for what waits for the network. */
  get canSync(): boolean {
    return this.#isRunning && this.#weather !== 'off';
  }

  /** Opens the app for an account. Resolves at once; `page` is there when it has started. */
  open(account: string): Tab {
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#worker?.wake();
    }
    this.accounts.add(account);
    const life: Life = new Life((step) => this.#stepped(tab, step));
    const tab: Tab = { account, life, listeners: new Listeners(), page: null, filledWith: [] };
    this.#tabs.push(tab);
    const taken: StartPage[] = [];
    this.#parts.programs.page({ ...this.surroundings(life), ...this.#pageWorld(tab), given: { take: (start: StartPage) => taken.push(start) } });
    const filled = taken[0]?.(account);
    tab.filledWith = [...(filled?.responses.models ?? [])];
    filled?.started.then(
      (page) => {
        tab.page = page;
      },
      (error: unknown) => {
        if (life.isAlive) this.#parts.onBroken(`The app did not start: ${String(error)}`);
      },
    );
    return tab;
  }

  close(tab: Tab): void {
    this.#tabs = this.#tabs.filter((each) => each !== tab);
    tab.life.end();
  }

  /** Looks at every tab: whatever waits for that begins. */
  look(): void {
    for (const tab of this.#tabs) tab.listeners.dispatch('visibilitychange', {});
  }

  /** Somebody dies after so many of their steps; 0 is now. */
  doom(who: Doom['who'], steps: number): void {
    if (steps === 0) this.#kill(who);
    else this.#doom = { who, steps };
  }

  /** Background Sync gets a chance, with no page open. */
  sync(): void {
    this.#isRunning = true;
    this.#worker?.sync();
  }

  /** Somebody signs in, on a page that wakes the worker and is closed again. */
  signIn(account: string): void {
    this.#isRunning = true;
    this.signedIn = account;
    this.#worker?.syncAll();
  }

  /** No more deaths. */
  spare(): void {
    this.#doom = null;
  }

  /** What pages and worker share. */
  surroundings(life: Life): Record<string, unknown> {
    return {
      ...timeAndChance(this.clock, this.chance, life),
      ...this.#databases.view(life),
      BroadcastChannel: this.#channels.view(life),
    };
  }

  locks(life: Life): ReturnType<Locks['view']> {
    return this.#locks.view(life);
  }

  /** What a worker's step may lead to. */
  workerStepped(step: Step): void {
    this.#stepped('worker', step);
  }

  /** By the network itself, past any worker. */
  async fetch(request: Request, life: Life, signal: AbortSignal | null | undefined): Promise<Response> {
    life.step('request');
    const body = request.method === 'GET' ? null : Buffer.from(await request.arrayBuffer());
    const sent: WireRequest = { method: request.method, path: request.url.slice(ORIGIN.length), headers: Object.fromEntries(request.headers), body };
    return new Promise((resolve, reject) => {
      if (!life.isAlive) return;
      signal?.addEventListener('abort', () => reject(signal.reason));
      this.#wire.send(sent, () => this.#weather, (answer) => {
        life.step('answer');
        if (!life.isAlive) return;
        if (answer === null) reject(new TypeError('Failed to fetch'));
        else resolve(new Response(answer.body === '' ? null : answer.body, { status: answer.status, headers: answer.headers }));
      });
    });
  }

  #stepped(who: 'worker' | Tab, _step: Step): void {
    const doom = this.#doom;
    if (doom === null || (doom.who !== 'browser' && doom.who !== who)) return;
    doom.steps -= 1;
    if (doom.steps <= 0) this.#kill(doom.who);
  }

  #kill(who: Doom['who']): void {
    this.#doom = null;
    if (who === 'worker') this.#worker?.stop();
    else if (who === 'browser') {
      for (const tab of this.#tabs) this.close(tab);
      this.#worker?.stop();
      this.#isRunning = false;
      this.storage.crash();
    } else this.close(who);
  }

  #pageWorld(tab: Tab): Record<string, unknown> {
    const { life, listeners } = tab;
    const { addEventListener, removeEventListener } = listeners;
    const worker = this.#worker;
    const isOnline = (): boolean => this.#weather !== 'off';
    const navigator = {
      get onLine() {
        return isOnline();
      },
      locks: this.#locks.view(life),
      ...(worker === null ? {} : { serviceWorker: worker.container(life) }),
    };
    const localStorage = this.storage.view(life);
    const window = { addEventListener, removeEventListener, navigator, localStorage };
    return {
      window,
      self: window,
      globalThis: window,
      navigator,
      document: { addEventListener, removeEventListener, visibilityState: 'visible' },
      localStorage,
      fetch: (address: string, init?: RequestInit) => this.#fetchFromPage(address, init, life),
    };
  }

  async #fetchFromPage(address: string, init: RequestInit | undefined, life: Life): Promise<Response> {
    const request = new Request(new URL(address, ORIGIN), init);
    const { signal } = init ?? {};
    if (this.#worker === null) return this.fetch(request, life, signal);
    const answered = this.#worker.fetch(request, life, () => this.fetch(request, life, signal));
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      answered.then((response) => {
        if (life.isAlive && response.headers.has('outpost-queued') && typeof init?.body === 'string') this.#parts.onQueued(init.body);
        resolve(response);
      }, reject);
    });
  }
}
