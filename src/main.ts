/**
 * Puts the app together: who is signed in, the engine, the screens, the worker.
 */
import Backbone from 'backbone';
import { REMOVED, type Session } from '../protocol/index.ts';
import { fetchSession, signOut } from './api.ts';
import { watchBackgroundSync } from './models/background-sync.ts';
import { settleResponse } from './models/conflicts.ts';
import { Edits } from './models/edits.ts';
import { Questionnaires } from './models/questionnaires.ts';
import { Responses } from './models/responses.ts';
import { forgetSession, refreshSession, remembered, rememberSession, signOutIsDone } from './models/session.ts';
import { Status } from './models/status.ts';
import './styles/index.css';
import { startOutpost, type Engine } from './sync/index.ts';
import { words } from './words.ts';
import { type App, paths } from './views/app.ts';
import { ask } from './views/dialog.ts';
import { gate, GATES } from './views/gate.ts';
import { watchInstall } from './views/install.ts';
import { startFailed } from './views/notices.ts';
import { forms, Router } from './views/router.ts';
import { Shell } from './views/shell.ts';
import { watchUpdates } from './views/update.ts';

/** How often relative times are said anew. */
const TICK_MS = 30_000;

const status = new Status();
const install = watchInstall(status);
const update = watchUpdates(status);
// Until it is known, and if it cannot be, nothing is promised for the time when the app is closed.
watchBackgroundSync(status).catch(() => undefined);

/** Signed out: nothing but the way in. Afterwards the app opens where the person wanted to go. */
function openGate(shell: Shell, signOutIsOwed: boolean): void {
  const signedIn = async (session: Session): Promise<void> => {
    await rememberSession(session);
    if (GATES.has(location.pathname)) history.replaceState(null, '', paths.home);
    await openApp(shell, session);
  };
  gate(signedIn, location.hash.slice(1)).then((screen) => shell.show(screen), shell.complain);
  if (signOutIsOwed) void tellSignOut();
}

async function openApp(shell: Shell, session: Session): Promise<void> {
  const questionnaires = new Questionnaires();
  const responses = new Responses();
  const edits = new Edits();
  const engine = await startOutpost({
    account: session.Account.Id,
    collections: {
      questionnaires: { collection: questionnaires },
      responses: {
        collection: responses,
        ready: (model: Backbone.Model) => model.get('endedAt') !== null,
        own: true,
        conflicts: settleResponse,
        evict: true,
        references: { questionnaireId: 'questionnaires' },
      },
      edits: { collection: edits, local: true },
    },
  });
  const go: App['go'] = (path, options = {}) => {
    router.navigate(path, { trigger: true, replace: options.replace ?? false });
  };
  const rename: App['rename'] = (path) => {
    router.navigate(path, { replace: true });
  };
  const leave = (): Promise<void> => endSession(engine);
  const app: App = { session, engine, questionnaires, responses, edits, status, go, rename, complain: shell.complain, install, update, signOut: leave };
  follow(engine, shell, session);
  shell.open(app);
  const router = new Router({ app, show: (screen) => shell.show(screen), signedIn: (again) => signedInAgain(app, again) });
  Backbone.history.start({ pushState: true });
  // Now, so that whoever loses the network before the worker stands can go on. If it fails, it is fetched when it is needed.
  forms().catch(() => undefined);
  await checkSession(session);
}

/** The header and the badge say what the engine says. */
function follow(engine: Engine, shell: Shell, session: Session): void {
  const show = (): void => {
    const summary = engine.summary();
    // Why, the server says to whoever asks it.
    if (summary.connection === 'needs-sign-in' && status.summary.connection !== 'needs-sign-in') void checkSession(session);
    if (summary.connection === 'online') status.set('removed', false);
    status.set({ summary, nowMs: Date.now() });
    // Some browsers want a permission for the badge, which nobody is asked for: the header says the same.
    if ('setAppBadge' in navigator) navigator.setAppBadge(summary.waiting).catch(() => undefined);
  };
  engine.on('sync:state', show);
  engine.on('sync:storage-full', () => shell.complain(new Error(words.problems.full)));
  engine.on('sync:evicted', (evicted) => shell.complain(new Error(words.problems.evicted(evicted.length))));
  engine.on('sync:newer', (names) => shell.complain(new Error(words.problems.newer(names.length))));
  engine.on('sync:unreadable', (names) => shell.complain(new Error(words.problems.unreadable(names.length))));
  show();
}

/** Somebody else than before has rows of their own: everything begins anew for them. */
async function signedInAgain(app: App, session: Session): Promise<void> {
  await rememberSession(session);
  if (session.Account.Id !== app.session.Account.Id) return location.assign(paths.home);
  app.engine.wake();
  app.go(paths.home, { replace: true });
}

/** Brings name and role up to date, and learns whether they belong here no more; without a network nothing changes. */
async function checkSession(session: Session): Promise<void> {
  const answer = await fetchSession();
  if (answer.kind === 'refused') status.set('removed', answer.type === REMOVED);
  if (answer.kind !== 'ok' || answer.value.Account.Id !== session.Account.Id) return;
  status.set('removed', answer.value.Workspaces.length === 0);
  // The role as it was is what the screens go by until somebody invites them again.
  if (answer.value.Workspaces.length > 0) await refreshSession(answer.value);
}

/** What is unsent stays on the device, under its account. */
async function endSession(engine: Engine): Promise<void> {
  const { waiting } = engine.summary();
  const question = { title: words.account.unsentTitle, text: words.account.unsent(waiting), confirm: words.account.signOutAnyway, isDangerous: false };
  if (waiting > 0 && !(await ask(question))) return;
  await forgetSession();
  await engine.stop();
  await tellSignOut();
  location.assign(paths.home);
}

/** The server hears of a sign-out now, or at a later start if there is no network now. */
async function tellSignOut(): Promise<void> {
  const answer = await signOut();
  if (answer.kind !== 'offline') await signOutIsDone();
}

async function begin(shell: Shell): Promise<void> {
  const { session, signOutIsOwed } = await remembered();
  if (session === null) openGate(shell, signOutIsOwed);
  else await openApp(shell, session);
}

function start(): void {
  const root = document.getElementById('app');
  if (root === null) throw new Error('The page has no place for the app.');
  const shell = new Shell(root);
  setInterval(() => status.set('nowMs', Date.now()), TICK_MS);
  const showNetwork = (): unknown => status.set('online', navigator.onLine);
  window.addEventListener('online', showNetwork);
  window.addEventListener('offline', showNetwork);
  begin(shell).catch((error: unknown) => shell.show(startFailed(error instanceof Error ? error.message : String(error))));
}

start();
