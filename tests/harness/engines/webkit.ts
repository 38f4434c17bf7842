/**
 * WebKitGTK in its small browser, driven by WebDriver, on a screen that nobody sees: it has no headless mode.
 *
 * Under a driver it keeps its data in memory, so that only what happens within one run of it can be tested.
 */
import * as v from 'valibot';
import { PHONE } from '../browser.ts';
import { startChild } from '../child.ts';
import { temporaryFolder, type Later } from '../later.ts';
import { freePort } from '../server.ts';
import { until } from '../until.ts';
import { pathOf, type DrivenBrowser, type DrivenTab } from './driver.ts';

const START_MS = 60_000;

export async function launchWebKit(later: Later): Promise<DrivenBrowser> {
  const screen = startChild(pathOf('XVFB_PATH'), ['-displayfd', '1', '-screen', '0', '800x1000x24', '-nolisten', 'tcp'], process.env);
  later(() => screen.end('SIGKILL'));
  const display = await until('Xvfb names its display', () => /^\d+$/m.exec(screen.output())?.[0], START_MS);
  const home = await temporaryFolder(later, 'home');
  const port = await freePort();
  const driver = startChild(pathOf('WEBKIT_DRIVER_PATH'), [`--port=${port}`], { ...process.env, DISPLAY: `:${display}`, HOME: home, XDG_RUNTIME_DIR: home, GDK_BACKEND: 'x11' });
  later(() => driver.end('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  await until('the driver answers', async () => (await fetch(`${url}/status`)).ok, START_MS);

  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: pathOf('MINI_BROWSER_PATH'), args: ['--automation', '--full-screen'] } } };
  const { sessionId } = v.parse(Session, await ask(url, 'POST', '/session', { capabilities }));
  const session = `${url}/session/${sessionId}`;
  later(async () => void (await ask(session, 'DELETE', '')));
  // A command goes to the tab that was last switched to: one tab at a time.
  let last: Promise<unknown> = Promise.resolve();
  const inTab = <Result>(handle: string, run: () => Promise<Result>): Promise<Result> => {
    const next = last.then(async () => {
      await ask(session, 'POST', '/window', { handle });
      return run();
    });
    last = next.catch(() => undefined);
    return next;
  };
  let isFirst = true;
  const newHandle = async (): Promise<unknown> => {
    if (!isFirst) return v.parse(Opened, await ask(session, 'POST', '/window/new', { type: 'window' })).handle;
    isFirst = false;
    return ask(session, 'GET', '/window');
  };
  return {
    async open() {
      const opened = last.then(newHandle);
      last = opened.catch(() => undefined);
      const handle = v.parse(v.string(), await opened);
      const tab = tabOf(session, (run) => inTab(handle, run));
      await tab.show();
      return tab;
    },
  };
}

function tabOf(session: string, inTab: <Result>(run: () => Promise<Result>) => Promise<Result>): DrivenTab {
  const send = (path: string, body: object): Promise<unknown> => inTab(() => ask(session, 'POST', path, body));
  return {
    async goto(url) {
      await send('/url', { url });
    },
    async reload() {
      await send('/refresh', {});
    },
    async call(source, argument) {
      const [ok, result] = v.parse(Called, await send('/execute/async', { script: CALL.replace('SOURCE', () => source), args: [argument] }));
      if (!ok) throw new Error(result);
      return result;
    },
    async act(actions) {
      await send('/actions', { actions });
    },
    async hide() {
      await send('/window/minimize', {});
    },
    async show() {
      await send('/window/rect', PHONE);
    },
  };
}

const CALL = `
  const [argument, done] = arguments;
  Promise.resolve(argument).then(SOURCE).then((result) => done([true, result]), (error) => done([false, String(error)]));
`;

const Session = v.object({ sessionId: v.string() });
const Opened = v.object({ handle: v.string() });
const Called = v.tuple([v.boolean(), v.string()]);
const Answer = v.object({ value: v.unknown() });
const Failure = v.object({ value: v.object({ error: v.string(), message: v.string() }) });

async function ask(url: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  const content: unknown = await answer.json();
  if (answer.ok) return v.parse(Answer, content).value;
  const { error, message } = v.parse(Failure, content).value;
  throw new Error(`${error}: ${message}`);
}
