/**
 * Firefox, driven by WebDriver BiDi, which it speaks by itself.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { PHONE } from '../browser.ts';
import { startChild, type Child } from '../child.ts';
import type { Later } from '../later.ts';
import { until } from '../until.ts';
import { pathOf, type DrivenBrowser, type DrivenTab } from './driver.ts';

/** Nothing that asks Mozilla's servers, and no doubt about the network but the page's own. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
};

const START_MS = 60_000;

export interface Firefox extends DrivenBrowser {
  readonly process: Child;
}

/** @param profile path of a folder, which may be of an earlier run */
export async function launchFirefox(later: Later, profile: string): Promise<Firefox> {
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  await writeFile(join(profile, 'user.js'), lines.join('\n'));
  const child = startChild(pathOf('FIREFOX_PATH'), ['--headless', '--remote-debugging-port=0', '--profile', profile, '--no-remote'], { ...process.env, HOME: profile });
  later(() => child.end('SIGKILL'));
  const url = await until('Firefox says where it listens', () => /WebDriver BiDi listening on (ws:\S+)/.exec(child.output())?.[1], START_MS);
  const send = await connect(later, `${url}/session`);
  await send('session.new', { capabilities: { alwaysMatch: { unhandledPromptBehavior: { default: 'ignore' } } } });
  return {
    process: child,
    async open() {
      const { context } = v.parse(Context, await send('browsingContext.create', { type: 'window' }));
      await send('browsingContext.setViewport', { context, viewport: PHONE });
      return tabOf(context, send);
    },
  };
}

type Send = (method: string, params: object) => Promise<unknown>;

const Context = v.object({ context: v.string() });
const Called = v.variant('type', [
  v.object({ type: v.literal('success'), result: v.object({ type: v.literal('string'), value: v.string() }) }),
  v.object({ type: v.literal('exception'), exceptionDetails: v.object({ text: v.string() }) }),
]);

function tabOf(context: string, send: Send): DrivenTab {
  return {
    async goto(url) {
      await send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async reload() {
      await send('browsingContext.reload', { context, wait: 'complete' });
    },
    async call(source, argument) {
      const called = v.parse(Called, await send('script.callFunction', {
        functionDeclaration: source,
        arguments: [{ type: 'string', value: argument }],
        target: { context },
        awaitPromise: true,
      }));
      if (called.type === 'exception') throw new Error(called.exceptionDetails.text);
      return called.result.value;
    },
    async act(actions) {
      await send('input.performActions', { context, actions });
    },
    async hide() {
      await send('browsingContext.create', { type: 'tab', referenceContext: context });
    },
    async show() {
      await send('browsingContext.activate', { context });
    },
  };
}

const Answer = v.variant('type', [
  v.object({ type: v.literal('success'), id: v.number(), result: v.unknown() }),
  v.object({ type: v.literal('error'), id: v.nullable(v.number()), error: v.string(), message: v.string() }),
  v.object({ type: v.literal('event') }),
]);

async function connect(later: Later, url: string): Promise<Send> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  later(async () => {
    socket.close();
    await Promise.resolve();
  });
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const answer = v.parse(v.pipe(v.string(), v.parseJson(), Answer), data);
    if (answer.type === 'event' || answer.id === null) return;
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.type === 'success') asked?.resolve(answer.result);
    else asked?.reject(new Error(`${answer.error}: ${answer.message}`));
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Firefox has hung up.'));
    waiting.clear();
  });
  return (method, params) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      socket.send(JSON.stringify({ id: lastId, method, params }));
    });
}
