/**
 * The programs that run in the world: the engine and the worker as an app would bundle them, and the databases. Each is
 * a text that is run again and again with another world around it: whatever a browser gives is a parameter.
 */
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'vite';
import { backboneAsShipped } from '../../scripts/backbone.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A fault put into the sources on purpose: each `from` must be there exactly once, and becomes `to`. */
export interface SourceChange {
  /** Path from the root of the project. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Runs the program in a world: by name, what it finds there. */
export type Program = (world: Readonly<Record<string, unknown>>) => void;

export interface Programs {
  readonly page: Program;
  readonly worker: Program;
  readonly databases: Program;
}

export async function buildPrograms(changes: readonly SourceChange[] = []): Promise<Programs> {
  const missed = new Set(changes);
  const [page, worker, databases] = await Promise.all([
    bundled('page.entry.ts', changes, missed),
    bundled('worker.entry.ts', changes, missed),
    bundled('databases.entry.ts', [], missed),
  ]);
  for (const { file, from } of missed) throw new Error(`${file} no longer has this exactly once: ${from}`);
  return { page: programOf(page, PAGE), worker: programOf(worker, WORKER), databases: programOf(databases, DATABASES) };
}

const DATABASES = ['given', 'globalThis'] as const;
const IDB = ['indexedDB', 'IDBKeyRange', 'IDBDatabase', 'IDBObjectStore', 'IDBIndex', 'IDBCursor', 'IDBTransaction', 'IDBRequest'] as const;
const SHARED = [
  ...IDB, 'self', 'globalThis', 'location', 'navigator', 'fetch', 'Request', 'AbortSignal', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval',
  'Date', 'Math', 'crypto', 'CompressionStream', 'BroadcastChannel',
] as const;
const PAGE = [...SHARED, 'given', 'window', 'document', 'localStorage', 'sessionStorage', 'EventSource', 'performance'] as const;
const WORKER = [...SHARED, 'addEventListener', 'registration', 'clients', 'skipWaiting', 'caches', 'performance'] as const;

function programOf(code: string, names: readonly string[]): Program {
  const program = compileFunction(code, [...names]);
  return (world) => {
    for (const name of Object.keys(world)) if (!names.includes(name)) throw new Error(`Nothing reads ${name} of this world.`);
    Reflect.apply(program, undefined, names.map((name) => world[name]));
  };
}

async function bundled(entry: string, changes: readonly SourceChange[], missed: Set<SourceChange>): Promise<string> {
  const result = await build({
    resolve: backboneAsShipped.resolve,
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [...backboneAsShipped.plugins, changed(changes, missed)],
    build: { write: false, minify: false, rolldownOptions: { input: join(import.meta.dirname, entry), output: { format: 'iife', codeSplitting: false } } },
  });
  const chunks = [result].flat().flatMap((each) => ('output' in each ? each.output : [])).filter((file) => file.type === 'chunk');
  const [chunk] = chunks;
  if (chunk === undefined || chunks.length > 1) throw new Error(`${entry} became ${chunks.length} files instead of one.`);
  return chunk.code;
}

function changed(changes: readonly SourceChange[], missed: Set<SourceChange>): Plugin {
  return {
    name: 'changed',
    enforce: 'pre',
    transform(code, id) {
      let text = code;
      for (const change of changes) {
        if (id !== join(ROOT, change.file) || text.split(change.from).length !== 2) continue;
        text = text.replace(change.from, () => change.to);
        missed.delete(change);
      }
      return text;
    },
  };
}
