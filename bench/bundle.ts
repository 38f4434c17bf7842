/**
 * A contender's page and worker, bundled as an app would ship them.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type InlineConfig } from 'vite';
import { backboneAsShipped } from '../scripts/backbone.ts';

const ROOT = join(import.meta.dirname, '..');
const HTML = '<!doctype html><html lang="en"><title>Bench</title><body><p id="list"></p><script type="module" src="/page.js"></script></body></html>';

export interface Bundle {
  /** Of `index.html`, `page.js` and, if there is one, `worker.js`. */
  readonly folder: string;
  readonly pageGzipBytes: number;
  /** 0 without a worker. */
  readonly workerGzipBytes: number;
}

/** @param source folder with `page.ts` and, if it has one, `worker.ts` or `worker.js` */
export async function bundle(name: string, source: string, isBackboneAsShipped: boolean): Promise<Bundle> {
  const folder = join(ROOT, 'build', 'bench', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const common: InlineConfig = { ...(isBackboneAsShipped ? backboneAsShipped : {}), configFile: false, root: ROOT, logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"' } };
  const options = { outDir: folder, emptyOutDir: false, target: 'es2023', modulePreload: false };
  await build({
    ...common,
    build: { ...options, rolldownOptions: { input: { page: join(source, 'page.ts') }, output: { entryFileNames: '[name].js' } } },
  });
  const pageGzipBytes = await gzipBytes(folder);
  const worker = ['worker.ts', 'worker.js'].map((file) => join(source, file)).find(existsSync);
  if (worker !== undefined) {
    await build({ ...common, build: { ...options, rolldownOptions: { input: { worker }, output: { entryFileNames: '[name].js', format: 'iife' } } } });
  }
  await writeFile(join(folder, 'index.html'), HTML);
  return { folder, pageGzipBytes, workerGzipBytes: (await gzipBytes(folder)) - pageGzipBytes };
}

/** Of all JavaScript in the folder, each file by itself. */
async function gzipBytes(folder: string): Promise<number> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(names.map(async (name) => gzipSync(await readFile(join(folder, name)), { level: 9 }).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}
