/**
 * One device with the engine's page and worker on it, over many lives of its browser.
 */
import { randomUUID } from 'node:crypto';
import type { BrowserContext, Page } from 'playwright';
import * as v from 'valibot';
import type { NamedAnswers } from '../browser/engine/page.ts';
import type { Api } from './api.ts';
import { launch, launchBare, newProfile } from './browser.ts';
import { openEngine, serveEngine, signInEngine } from './engine-page.ts';
import type { Later } from './later.ts';
import type { Proxy } from './proxy.ts';
import { setScene } from './scene.ts';
import type { TestServer } from './server.ts';
import { until } from './until.ts';

/** The questionnaire behind `NamedAnswers`. */
const NAMED = {
  title: 'Named',
  languages: ['en'],
  published: true,
  questions: [
    { name: 'name', type: 'text', label: 'Which one?' },
    { name: 'edit', type: 'text', label: 'Which edit?' },
  ],
};

export interface World {
  readonly server: TestServer;
  readonly proxy: Proxy;
  readonly api: Api;
  /** The ServerId of the questionnaire behind `NamedAnswers`. */
  readonly questionnaireId: string;
  newDevice(): Promise<Device>;
}

export interface Device {
  /**
   * Starts the browser with what its earlier lives have left, and opens the engine's page.
   * @param onSaid hears of each response once the page has said that it is saved
   */
  begin(onSaid?: (answers: NamedAnswers) => void): Promise<Life>;
}

export interface Life extends EnginePage {
  readonly account: string;
  readonly context: BrowserContext;
  /** What can be done in another tab. */
  on(page: Page): EnginePage;
  /** SIGKILL: localStorage loses what the browser has not written to the disk yet. */
  kill(): Promise<void>;
  /** The browser is closed and writes localStorage to the disk as it is, though a page or a worker may hang. */
  close(): Promise<void>;
}

/** A page with the engine, and what a test does there. */
export interface EnginePage {
  readonly page: Page;
  /** Resolves when all are said to be saved. */
  save(answers: readonly NamedAnswers[]): Promise<void>;
  /** So many in each request. */
  saveInGroups(answers: readonly NamedAnswers[], size: number): Promise<void>;
  /** Removes the response of this name, as an app does it: `model.destroy()`. Resolves when that is safe. */
  destroy(name: string): Promise<void>;
  resolve(name: string, choice: 'mine' | 'theirs'): Promise<void>;
  pull(): Promise<void>;
  wake(): Promise<void>;
  models(): Promise<readonly Named[]>;
  /** Resolves once every response is in one of these states. */
  untilAll(...states: readonly string[]): Promise<void>;
  /** Resolves once the worker holds no receipt any more. */
  untilForgotten(): Promise<void>;
}

const Named = v.object({ id: v.string(), version: v.number(), answers: v.object({ name: v.string(), edit: v.string() }) });
type Named = v.InferOutput<typeof Named>;

/** A response to that questionnaire, be it a model, a row or what the server has. */
export function asNamed(record: unknown): Named {
  return v.parse(Named, record);
}

/** The same answers as another client sends them. */
export function attributesOf(questionnaireId: string, answers: NamedAnswers): Readonly<Record<string, unknown>> {
  return { questionnaireId, questionnaireVersion: 1, answers, startedAt: '2026-03-01T09:00:00+02:00', endedAt: '2026-03-01T09:05:00+02:00' };
}

/** A server, a network that can be made bad, and any number of devices of one person. */
export async function setWorld(later: Later): Promise<World> {
  const { server, proxy, api } = await setScene(later);
  const questionnaireId = await api.put('questionnaires', randomUUID(), NAMED);
  await serveEngine(proxy);
  return { server, proxy, api, questionnaireId, newDevice: () => newDevice(later, proxy, questionnaireId) };
}

async function newDevice(later: Later, proxy: Proxy, questionnaireId: string): Promise<Device> {
  const profile = await newProfile(later);
  const first = await launch(later, profile);
  const account = await signInEngine(proxy, first);
  const page = await openEngine(first, proxy, account);
  await page.evaluate(() => window.hireWorker());
  // An orderly end, so that the browser remembers the session.
  await first.close();
  return {
    async begin(onSaid = () => undefined) {
      const bare = await launchBare(later, profile);
      const { browser, context } = await bare.attach();
      await context.exposeFunction('said', onSaid);
      const opened = await openEngine(context, proxy, account);
      return {
        ...enginePage(opened, questionnaireId),
        account,
        context,
        on: (page) => enginePage(page, questionnaireId),
        kill: () => bare.process.end('SIGKILL'),
        async close() {
          const session = await browser.newBrowserCDPSession();
          await session.send('Browser.close');
          await until('the browser has ended', () => bare.process.hasEnded());
        },
      };
    },
  };
}

function enginePage(page: Page, questionnaireId: string): EnginePage {
  const models = async (): Promise<Named[]> => v.parse(v.array(Named), await page.evaluate((): unknown => window.outpost.responses.toJSON()));
  return {
    page,
    models,
    save: (answers) => page.evaluate(([id, all]) => window.saveNamed(id, all), [questionnaireId, answers] as const),
    async saveInGroups(answers, size) {
      await page.evaluate(async ([id, all, count]) => {
        for (let from = 0; from < all.length; from += count) {
          await window.saveNamed(id, all.slice(from, from + count));
          await window.outpost.engine.push();
        }
      }, [questionnaireId, answers, size] as const);
    },
    destroy: (name) => page.evaluate((which) => new Promise<void>((success, error) => void window.named(which).destroy({ success: () => success(), error })), name),
    resolve: (name, choice) => page.evaluate(([which, side]) => window.outpost.engine.resolve(window.named(which), side), [name, choice] as const),
    pull: () => page.evaluate(() => window.outpost.engine.pull()),
    wake: () => page.evaluate(() => window.outpost.engine.wake()),
    untilAll: (...states) => page.evaluate((wanted) => window.untilAll(wanted), states),
    untilForgotten: () => page.evaluate(() => window.untilForgotten()),
  };
}
