/**
 * What support is told of the engine on this device. An entry of its own, so that apps load it when somebody asks; it imports
 * nothing but types of the engine, which a bundler would otherwise take out of the engine's file.
 */
import type { AuthorId, Cursor, PageMessage } from '../../protocol/index.ts';
import type { WorkerCounts } from '../../protocol/counts.ts';
import type { Collections } from './collections.ts';
import { collectionDiagnostics, readCounts, readHappenings, type CollectionDiagnostics, type Diagnostics, type WorkerDiagnostics } from './core/diagnostics.ts';
import type { Engine } from './engine.ts';
import type { Journal } from './journal.ts';
import type { StorageUse } from './storage.ts';
import type { RecordState, Summary } from './types.ts';

/** A worker that stands answers in less, one that has to start first too. */
const WORKER_TIMEOUT_MS = 3_000;

export type { CollectionDiagnostics, Diagnostics, Happening, ProblemDiagnostics, WorkerDiagnostics } from './core/diagnostics.ts';
export type { WorkerCounts } from '../../protocol/counts.ts';

declare global {
  interface Permissions {
    /** Known to Chromium; other browsers reject. */
    query(descriptor: { readonly name: 'background-sync' }): Promise<PermissionStatus>;
  }
}

/** What an engine hands over of itself. @internal */
export interface Subject {
  readonly account: AuthorId;
  /** What the rows are kept under. */
  readonly keptAs: string;
  readonly journal: Journal;
  readonly collections: Collections;
  readonly summary: Summary;
  /** The version of the wire. */
  readonly protocol: string;
  /** Of localStorage. */
  readonly local: StorageUse;
  /** The lines that `happenings.ts` keeps. */
  readonly happenings: string;
  readonly isWaiting: (state: RecordState) => boolean;
  readonly readCursor: (storeName: string) => Cursor | null;
}

/**
 * Everything that helps to find out why something is not sent: states, counts, times, and how the last requests ended. No
 * attribute of any model is in it, and no message of the server, since either may hold an answer. A person can send it to support.
 */
export async function diagnose({ subject }: Pick<Engine, 'subject'>): Promise<Diagnostics> {
  const { account, keptAs, journal, summary, protocol, local, happenings } = subject;
  const [device, version, setAside, worker, storage] = await Promise.all([journal.device(), journal.version(), journal.unreadable(), workerDiagnostics(account), estimate()]);
  return {
    at: new Date().toISOString(),
    account,
    device,
    versions: { protocol, journal: version },
    summary,
    page: {
      online: navigator.onLine,
      visible: document.visibilityState === 'visible',
      standalone: matchMedia('(display-mode: standalone)').matches,
      browser: navigator.userAgent,
    },
    storage: { local, ...storage },
    worker,
    collections: ofEach(subject, namesOf(setAside, keptAs)),
    happenings: readHappenings(happenings),
  };
}

/** Of what the journal has set aside, this account's. */
function namesOf(setAside: readonly unknown[], keptAs: string): string[] {
  return setAside.flatMap((each) => (typeof each === 'object' && each !== null && 'account' in each && 'name' in each && each.account === keptAs ? [String(each.name)] : []));
}

/** @param unreadable names as localStorage and as the journal had them, which only begin alike */
function ofEach({ collections, isWaiting, readCursor }: Subject, unreadable: readonly string[]): Record<string, CollectionDiagnostics> {
  const found: Record<string, CollectionDiagnostics> = {};
  for (const { name, rows, options } of collections) {
    const all = [...collections.candidates()].flatMap((candidate) => (candidate.collection === name ? [candidate.row] : []));
    const setAside = unreadable.filter((each) => each.startsWith(`${rows.name}-`) || each.startsWith(`${name} `));
    found[name] = collectionDiagnostics(all, isWaiting, !options.local && readCursor(rows.name) !== null, setAside.length);
  }
  return found;
}

async function estimate(): Promise<Omit<Diagnostics['storage'], 'local'>> {
  const { storage } = navigator;
  const [all, persisted] = await Promise.all([storage?.estimate?.(), storage?.persisted?.()]);
  return { usedBytes: all?.usage ?? null, quotaBytes: all?.quota ?? null, persisted: persisted ?? null };
}

async function workerDiagnostics(account: AuthorId): Promise<WorkerDiagnostics> {
  if (!('serviceWorker' in navigator)) return { state: 'unsupported', isInControl: false, isUpdateWaiting: false, backgroundSync: 'unsupported', holds: null };
  const registration = await navigator.serviceWorker.getRegistration();
  const worker = registration?.active ?? registration?.waiting ?? registration?.installing ?? null;
  return {
    state: stateOf(registration),
    isInControl: navigator.serviceWorker.controller !== null,
    isUpdateWaiting: (registration?.waiting ?? null) !== null,
    backgroundSync: await backgroundSync(),
    holds: worker === null ? null : await askFor(account, worker),
  };
}

function stateOf(registration: ServiceWorkerRegistration | undefined): WorkerDiagnostics['state'] {
  if ((registration?.active ?? null) !== null) return 'active';
  if ((registration?.waiting ?? null) !== null) return 'waiting';
  return (registration?.installing ?? null) === null ? 'none' : 'installing';
}

async function backgroundSync(): Promise<WorkerDiagnostics['backgroundSync']> {
  if (!('SyncManager' in window)) return 'unsupported';
  const [asked] = await Promise.allSettled([navigator.permissions.query({ name: 'background-sync' })]);
  return asked.status === 'fulfilled' ? asked.value.state : 'unknown';
}

/** The worker's own databases are for the worker alone, so it is asked. An older one does not know the question. */
function askFor(account: AuthorId, worker: ServiceWorker): Promise<WorkerCounts | null> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const end = (counts: WorkerCounts | null): void => {
      clearTimeout(timer);
      port1.close();
      resolve(counts);
    };
    const timer = setTimeout(end, WORKER_TIMEOUT_MS, null);
    port1.addEventListener('message', ({ data }: MessageEvent<unknown>) => end(readCounts(data)));
    port1.start();
    const question: PageMessage = { kind: 'count', account };
    worker.postMessage(question, [port2]);
  });
}
