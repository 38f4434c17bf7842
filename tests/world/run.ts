/**
 * Runs one history from its first step until all has come to rest, and says what is broken.
 */
import type Backbone from 'backbone';
import * as v from 'valibot';
import { Browser, type Tab } from './browser.ts';
import type { Programs } from './bundles.ts';
import { Chance } from './chance.ts';
import { Clock } from './clock.ts';
import type { History, Step } from './history.ts';
import { FINISHED, Ledger, type Edit } from './ledger.ts';
import type { StoredResponse, WorldServer } from './server.ts';
import { Watch } from './watch.ts';

const BEGIN = Date.UTC(2026, 0, 1);
const AT_REST_MS = 20 * 60_000;
const MAX_ROUNDS = 4;
/** The fields that people write into. */
const FIELDS = ['a', 'b'] as const;

const Answers = v.record(v.string(), v.string());
const Marks = v.object({
  state: v.string(),
  problem: v.optional(v.object({ kind: v.string(), attributes: v.optional(v.object({ answers: Answers })) })),
});

/** What all histories of a run share. */
interface Setting {
  readonly programs: Programs;
  readonly server: WorldServer;
  /** Keys of localStorage that no crash undoes. */
  readonly keptInCrashes: (key: string) => boolean;
}

/** What is broken at the end of it: nothing, if all is well. */
export async function runHistory(history: History, setting: Setting): Promise<readonly string[]> {
  const { server } = setting;
  const clock = new Clock(BEGIN);
  const chance = new Chance(history.chance);
  const questionnaireId = await server.begin(() => clock.now, chance);
  const world = new World(history, setting, clock, chance, questionnaireId);
  for (const { step, pauseMs } of history.moments) {
    world.take(step);
    await clock.pass(pauseMs);
  }
  await world.settle();
  return world.broken();
}

class World {
  readonly #history: History;
  readonly #server: WorldServer;
  readonly #clock: Clock;
  readonly #questionnaireId: string;
  readonly #browsers: readonly Browser[];
  readonly #ledger = new Ledger();
  readonly #watch = new Watch(this.#ledger);
  readonly #broken: string[] = [];
  #tags = 0;

  constructor(history: History, { programs, server, keptInCrashes }: Setting, clock: Clock, chance: Chance, questionnaireId: string) {
    this.#history = history;
    this.#server = server;
    this.#clock = clock;
    this.#questionnaireId = questionnaireId;
    this.#browsers = history.kinds.map(
      (kind, index) =>
        new Browser({
          name: `device ${index + 1}`,
          kind,
          programs,
          clock,
          chance,
          limits: { quotaUnits: history.quotasUnits[index] ?? Infinity, keptInCrashes },
          serve: async (request, account) => {
            const answer = await server.serve(request, account);
            this.#broken.push(...this.#watch.answered(`device ${index + 1}`, request, answer, account));
            return answer;
          },
          // Without Background Sync nothing is promised for when no page is open.
          onQueued: (body) => kind === 'background-sync' && this.#watch.queued(`device ${index + 1}`, body),
          onBroken: (what) => this.#broken.push(what),
        }),
    );
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'open':
        return void this.#open(this.#browser(step.device), this.#account(step.account));
      case 'open-and-edit':
        return this.#openAndEdit(step);
      case 'close':
        return this.#withTab(step.tab, (browser, tab) => browser.close(tab));
      case 'create':
        return this.#withTab(step.tab, (browser, tab) => this.#create(browser, tab, step.finished));
      case 'edit':
        return this.#withModel(step, (browser, tab, model) => this.#edit(browser, tab, model, step.field));
      case 'finish':
        return this.#withModel(step, (browser, tab, model) => {
          if (model.get('endedAt') !== null || tab.page === null) return;
          const edit = this.#ledger.begin({ tag: answersOf(model)['tag'] ?? '', field: FINISHED, device: browser.name, account: tab.account, seen: [] });
          this.#saved(tab, tab.page.engine.save(model, { endedAt: new Date(this.#clock.now).toISOString() }), [edit]);
        });
      case 'destroy':
        return this.#withModel(step, (browser, tab, model) => this.#destroy(browser, tab, model));
      case 'decide':
        return this.#withModel(step, (browser, tab, model) => void this.#decide(browser, tab, model, step.choice));
      case 'look':
        return this.#browser(step.device).look();
      case 'kill-tab':
        return this.#withTab(step.tab, (browser, tab) => browser.doom(tab, step.steps));
      case 'kill-browser':
        return this.#browser(step.device).doom('browser', step.steps);
      case 'kill-worker':
        return this.#browser(step.device).doom('worker', step.steps);
      case 'weather':
        this.#browser(step.device).weather = step.weather;
        return;
      case 'sign-in':
        this.#browser(step.device).signedIn = step.account === null ? null : this.#account(step.account);
        this.#browser(step.device).look();
    }
  }

  /** Good weather, nobody dies, and everybody looks at the app once more, and again, until there is nothing left to do. */
  async settle(): Promise<void> {
    for (const browser of this.#browsers) {
      browser.spare();
      browser.weather = 'good';
      for (const tab of browser.tabs) browser.close(tab);
    }
    await this.#syncAll();
    // Two people may have decided at once, on two devices; then there is once more something to decide.
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      let decided = false;
      await this.#visitAll((tab, browser) => {
        const choice = round === 0 ? this.#history.atEnd : 'theirs';
        if (this.#history.atEnd === 'leave' || choice === 'leave') return;
        for (const model of tab.page?.responses.models ?? []) decided = this.#decide(browser, tab, model, choice) || decided;
      });
      if (!decided) return;
    }
  }

  /** What is broken, all being at rest. */
  async broken(): Promise<readonly string[]> {
    const stored = new Map<string, readonly StoredResponse[]>();
    for (const account of this.#server.accounts) stored.set(account, await this.#server.records(account));
    const all = [...stored.values()].flat();
    const kept: string[] = [];
    await this.#visitAll((tab, browser) => {
      this.#broken.push(...this.#differences(tab, browser, stored.get(tab.account) ?? []));
      for (const model of tab.page?.responses.models ?? []) {
        if (stateOf(model).state === 'sent') continue;
        kept.push(...tokensOf(model));
        kept.push(...this.#removalsOn(model, browser));
      }
    });
    const tagsOf = all.map(({ answers }) => answers['tag'] ?? '');
    for (const tag of new Set(tagsOf)) {
      const count = tagsOf.filter((each) => each === tag).length;
      if (count > 1) this.#broken.push(`Twice: response ${tag} is stored ${count} times.`);
    }
    for (const [account, records] of stored) {
      for (const { answers } of records) {
        if (this.#ledger.accountOf(answers['tag'] ?? '') !== account) this.#broken.push(`Crossed: response ${answers['tag']} is stored as another account's.`);
      }
    }
    const tokens = all.flatMap(({ answers }) => FIELDS.flatMap((field) => answers[field] ?? []));
    this.#broken.push(...this.#ledger.lost({ stored: tokens, kept, storedTags: new Set(tagsOf) }));
    return this.#broken;
  }

  /** With no page open, what the worker has promised to send arrives: at once where it was never told to wait for a sign-in, else after that. */
  async #syncAll(): Promise<void> {
    for (const browser of this.#browsers) browser.sync();
    await this.#clock.pass(AT_REST_MS);
    this.#broken.push(...this.#watch.forgotten({ haveSignedIn: false }));
    for (const account of this.#server.accounts) {
      for (const browser of this.#browsers) browser.signIn(account);
      await this.#clock.pass(AT_REST_MS);
    }
    this.#broken.push(...this.#watch.forgotten({ haveSignedIn: true }));
  }

  /** Opens the app for each account on each device where that has been, one after another, as long as it takes. */
  async #visitAll(see: (tab: Tab, browser: Browser) => void): Promise<void> {
    for (const browser of this.#browsers) {
      for (const account of this.#server.accounts) {
        if (!browser.accounts.has(account)) continue;
        browser.signedIn = account;
        const tab = browser.open(account);
        await this.#clock.pass(AT_REST_MS);
        if (tab.page === null) this.#broken.push(`The app of ${browser.name} did not start.`);
        see(tab, browser);
        await this.#clock.pass(AT_REST_MS);
        browser.close(tab);
      }
    }
  }

  /** What a page shows, beside what the server has. */
  #differences({ account, page }: Tab, { name }: Browser, stored: readonly StoredResponse[]): string[] {
    if (page === null) return [];
    const found: string[] = [];
    const unseen = new Map(stored.map((record) => [record.id, record]));
    for (const model of page.responses.models) {
      const { tag = '' } = answersOf(model);
      const { state, problem } = stateOf(model);
      if (this.#ledger.accountOf(tag) !== account) found.push(`Crossed: ${name} shows response ${tag} to another account.`);
      const record = unseen.get(String(model.id));
      unseen.delete(String(model.id));
      if (state === 'sent') {
        if (record === undefined) found.push(`${name} shows response ${tag} as sent, and the server does not have it under that id.`);
        else if (!sameAnswers(answersOf(model), record.answers)) found.push(`${name} shows ${JSON.stringify(answersOf(model))} as sent, the server has ${JSON.stringify(record.answers)}.`);
      } else if (state === 'conflict') {
        if (this.#history.atEnd !== 'leave') found.push(`${name} still has a conflict in response ${tag}, which was decided.`);
        else if (problem?.kind === 'conflict' && record !== undefined && !sameAnswers(problem.attributes?.answers ?? {}, record.answers)) {
          found.push(`${name} keeps ${JSON.stringify(problem.attributes?.answers)} as the server's side of response ${tag}, which has ${JSON.stringify(record.answers)}.`);
        }
      } else if (state === 'draft') {
        if (this.#ledger.isRemoved(tag)) found.push(`${name} shows the draft ${tag}, of which somebody was told that it is removed.`);
      } else found.push(`${name} shows response ${tag} as ${state} when all is at rest.`);
    }
    for (const { answers } of unseen.values()) found.push(`${name} does not show response ${answers['tag']}.`);
    if (page.engine.summary().waiting > 0) found.push(`${name} says that ${page.engine.summary().waiting} are waiting.`);
    return found;
  }

  /** What was removed on this device, of which the server may not have heard. */
  #removalsOn(model: Backbone.Model, browser: Browser): readonly string[] {
    return this.#removals.get(`${browser.name} ${answersOf(model)['tag'] ?? ''}`) ?? [];
  }

  readonly #removals = new Map<string, string[]>();

  #open(browser: Browser, account: string): Tab {
    browser.signedIn = account;
    return browser.open(account);
  }

  /** Backbone's own `save`, since there is no engine yet; so nobody is told anything of it. */
  #openAndEdit(step: Extract<Step, { readonly kind: 'open-and-edit' }>): void {
    const browser = this.#browser(step.device);
    const { account, life, filledWith } = this.#open(browser, this.#account(step.account));
    const model = filledWith[step.model % filledWith.length];
    if (model === undefined || !life.isAlive) return;
    const answers = answersOf(model);
    model.save({ answers: { ...answers, [step.field]: this.#begin(browser, account, answers, step.field).token } });
  }

  /** Somebody begins to write into a field over what stands there. */
  #begin(browser: Browser, account: string, answers: Readonly<Record<string, string>>, field: string): Edit {
    const seen = answers[field];
    return this.#ledger.begin({ tag: answers['tag'] ?? '', field, device: browser.name, account, seen: seen === undefined ? [] : [seen] });
  }

  #create(browser: Browser, tab: Tab, finished: boolean): void {
    this.#tags += 1;
    const about = { tag: `r${this.#tags}`, device: browser.name, account: tab.account, seen: [] };
    const edits = FIELDS.map((field) => this.#ledger.begin({ ...about, field }));
    const now = new Date(this.#clock.now).toISOString();
    const answers = { tag: about.tag, ...Object.fromEntries(edits.map(({ field, token }) => [field, token])) };
    const { page } = tab;
    if (page === null) return;
    const model = page.engine.create(page.responses, {
      questionnaireId: this.#questionnaireId,
      questionnaireVersion: 1,
      answers,
      startedAt: now,
      endedAt: finished ? now : null,
    });
    this.#saved(tab, page.engine.save(model), edits);
  }

  #edit(browser: Browser, tab: Tab, model: Backbone.Model, field: string): void {
    const answers = answersOf(model);
    const edit = this.#begin(browser, tab.account, answers, field);
    if (tab.page !== null) this.#saved(tab, tab.page.engine.save(model, { answers: { ...answers, [field]: edit.token } }), [edit]);
  }

  #destroy(browser: Browser, tab: Tab, model: Backbone.Model): void {
    const tag = answersOf(model)['tag'] ?? '';
    const { problem } = stateOf(model);
    const seen = [...tokensOf(model), ...FIELDS.flatMap((field) => problem?.attributes?.answers[field] ?? [])];
    const edit = this.#ledger.begin({ tag, field: '*', device: browser.name, account: tab.account, seen });
    const name = `${browser.name} ${tag}`;
    this.#removals.set(name, [...(this.#removals.get(name) ?? []), edit.token]);
    if (tab.page !== null) this.#saved(tab, tab.page.engine.destroy(model), [edit]);
  }

  #decide(browser: Browser, tab: Tab, model: Backbone.Model, choice: 'mine' | 'theirs'): boolean {
    const { page } = tab;
    const { state, problem } = stateOf(model);
    if (page === null || state !== 'conflict') return false;
    const mine = [...tokensOf(model), ...this.#removalsOn(model, browser)];
    const theirs = problem?.kind === 'gone' ? this.#ledger.removalsOf(answersOf(model)['tag'] ?? '') : FIELDS.flatMap((field) => problem?.attributes?.answers[field] ?? []);
    if (choice === 'mine') this.#ledger.decided(mine, theirs);
    else this.#ledger.decided(theirs, mine.filter((token) => !theirs.includes(token)));
    this.#saved(tab, page.engine.resolve(model, choice), []);
    return true;
  }

  #saved({ life }: Tab, saved: Promise<void>, edits: readonly Edit[]): void {
    saved.then(
      () => {
        if (life.isAlive) for (const edit of edits) this.#ledger.told(edit);
      },
      (error: unknown) => {
        if (life.isAlive) this.#broken.push(`A save was refused: ${String(error)}`);
      },
    );
  }

  #browser(index: number): Browser {
    const browser = this.#browsers[index % this.#browsers.length];
    if (browser === undefined) throw new Error('There is no browser.');
    return browser;
  }

  #account(index: number): string {
    return this.#server.accounts[index % 2] ?? '';
  }

  #withTab(index: number, act: (browser: Browser, tab: Tab) => void): void {
    const open = this.#browsers.flatMap((browser) => browser.tabs.filter(({ page }) => page !== null).map((tab) => ({ browser, tab })));
    const chosen = open[index % open.length];
    if (chosen !== undefined) act(chosen.browser, chosen.tab);
  }

  #withModel({ tab: index, model: which }: { readonly tab: number; readonly model: number }, act: (browser: Browser, tab: Tab, model: Backbone.Model) => void): void {
    this.#withTab(index, (browser, tab) => {
      const models = tab.page?.responses.models ?? [];
      const model = models[which % models.length];
      if (model !== undefined) act(browser, tab, model);
    });
  }
}

function answersOf(model: Backbone.Model): Readonly<Record<string, string>> {
  return v.parse(Answers, model.get('answers'));
}

function stateOf(model: Backbone.Model): v.InferOutput<typeof Marks> {
  return v.parse(Marks, model.get('outpost'));
}

function tokensOf(model: Backbone.Model): string[] {
  const answers = answersOf(model);
  return FIELDS.flatMap((field) => answers[field] ?? []);
}

function sameAnswers(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}
