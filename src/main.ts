/**
 * Puts the app together: who is signed in, the engine, the screens, the worker.
 */
import Backbone from 'backbone';
import { REMOVED, type Session, type Workspace } from '../protocol/index.ts';
import { fetchSession, signOut, speakOf } from './api.ts';
import { watchBackgroundSync } from './models/background-sync.ts';
import { settleResponse } from './models/conflicts.ts';
import { Edits } from './models/edits.ts';
import { Questionnaires } from './models/questionnaires.ts';
import { Responses } from './models/responses.ts';
import { forgetSession, goTo, refreshSession, type Remembering, remembered, rememberSession, signOutIsDone } from './models/session.ts';
import { Status } from './models/status.ts';
import './styles/index.css';
import { startOutpost, type Engine } from './sync/index.ts';
import { words } from './words.ts';
import { type App, paths } from './views/app.ts';
import { gate, GATES } from './views/gate.ts';
import { watchInstall } from './views/install.ts';
import { startFailed } from './views/notices.ts';
import { forms, Router } from './views/router.ts';
import { account, Shell } from './views/shell.ts';
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
    const last = await rememberSession(session);
    if (GATES.has(location.pathname)) history.replaceState(null, '', paths.home);
    await openApp(shell, last);
  };
  gate(signedIn, location.hash.slice(1)).then((screen) => shell.show(screen), shell.complain);
  if (signOutIsOwed) void tellSignOut();
}

/** Its screens are there as soon as the collections are filled; what a crash has taken from localStorage follows. */
async function openApp(shell: Shell, last: Remembering): Promise<void> {
  const { place } = last;
  speakOf(place.workspace?.Id ?? null);
  const questionnaires = new Questionnaires();
  const responses = new Responses();
  const edits = new Edits();
  const restored = startOutpost({
    account: place.author,
    keptAs: place.keptAs,
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
    // In a microtask, when `restored` is there.
    onFilled: (engine) => queueMicrotask(() => openScreens(shell, last, { engine, restored, questionnaires, responses, edits })),
  });
  await restored.catch((error: unknown) => {
    shell.close();
    throw error;
  });
  await checkSession(last);
}

type Filled = Pick<App, 'restored' | 'questionnaires' | 'responses' | 'edits'> & { readonly engine: Engine };

function openScreens(shell: Shell, last: Remembering, filled: Filled): void {
  const { engine } = filled;
  const app: App = {
    ...last,
    ...filled,
    status,
    go: (path, options = {}) => void router.navigate(path, { trigger: true, replace: options.replace ?? false }),
    rename: (path) => void router.navigate(path, { replace: true }),
    complain: shell.complain,
    install,
    update,
    signOut: () => endSession(engine),
    moveTo: (workspace) => openElsewhere(engine, workspace),
  };
  follow(engine, shell, last);
  shell.open(app);
  const router = new Router({ app, show: (screen) => shell.show(screen), signedIn: (again) => signedInAgain(app, again) });
  Backbone.history.start({ pushState: true });
  // Now, so that whoever loses the network before the worker stands can go on. If it fails, it is fetched when it is needed.
  forms().then(account).catch(() => undefined);
}

/** The header and the badge say what the engine says. */
function follow(engine: Engine, shell: Shell, last: Remembering): void {
  const show = (): void => {
    const summary = engine.summary();
    // Why, the server says to whoever asks it.
    if (summary.connection === 'needs-sign-in' && status.summary.connection !== 'needs-sign-in') void checkSession(last);
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
  await rememberSession(session, app.place.workspace?.Id);
  if (session.Account.Id !== app.session.Account.Id) return location.assign(paths.home);
  app.engine.wake();
  app.go(paths.home, { replace: true });
}

/** Brings names and roles up to date, and learns whether they belong here no more; without a network nothing changes. */
async function checkSession({ session, place }: Remembering): Promise<void> {
  const answer = await fetchSession();
  // Which of several it was that they were removed from, they learn once they have signed in again.
  if (answer.kind === 'refused') status.set('removed', answer.type === REMOVED && !place.isOneOfSeveral);
  if (answer.kind !== 'ok' || answer.value.Account.Id !== session.Account.Id) return;
  status.set('removed', answer.value.Workspaces.every(({ Id }) => Id !== place.workspace?.Id));
  await refreshSession(answer.value);
}

/** What is unsent stays on the device, under its account and its workspace. */
async function openElsewhere(engine: Engine, workspace: Workspace): Promise<void> {
  await goTo(workspace.Id);
  await engine.stop();
  location.assign(paths.home);
}

/** What is unsent stays on the device, under its account. */
async function endSession(engine: Engine): Promise<void> {
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
  const { last, signOutIsOwed } = await remembered();
  if (last === null) openGate(shell, signOutIsOwed);
  else await openApp(shell, last);
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
