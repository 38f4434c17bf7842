/**
 * Measures the bundles and holds them against their budgets; run by `size.mjs` on the pinned Node, after a build.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { backboneAsShipped } from './backbone.ts';
import { valibotAsShipped } from './valibot.ts';
import { ROOT } from './setup.mjs';

/** How a bundle is counted: by the compression that its budget is given in. */
type Measure = 'gzip' | 'brotli';

interface Bundle {
  readonly name: string;
  readonly files: () => Promise<readonly Buffer[]>;
  readonly measure: Measure;
  /** In bytes. */
  readonly budget: number;
}

const APP = join(ROOT, 'build', 'app');

const BUNDLES: readonly Bundle[] = [
  { name: 'engine, with Backbone, underscore and backbone.localstorage', files: bundleEngine, measure: 'gzip', budget: 30_000 },
  { name: 'worker', files: async () => [await readFile(join(APP, 'sw.js'))], measure: 'gzip', budget: 15_000 },
  { name: 'first load of the app, JavaScript as it is served', files: firstLoad, measure: 'brotli', budget: 60_000 },
];

const rows = await Promise.all(BUNDLES.map(measured));
console.table(rows.map(({ name, gzip, brotli, measure, budget }) => ({ bundle: name, 'gzip (B)': gzip, 'brotli (B)': brotli, 'budget (B)': `${budget} ${measure}` })));
const tooLarge = rows.filter((row) => row[row.measure] > row.budget);
for (const row of tooLarge) console.error(`Too large by ${row[row.measure] - row.budget} B: ${row.name}`);
process.exitCode = tooLarge.length === 0 ? 0 : 1;

async function measured(bundle: Bundle): Promise<Bundle & Readonly<Record<Measure, number>>> {
  const files = await bundle.files();
  const total = (compress: (file: Buffer) => Buffer): number => files.reduce((sum, file) => sum + compress(file).length, 0);
  return { ...bundle, gzip: total((file) => gzipSync(file, { level: 9 })), brotli: total((file) => brotliCompressSync(file)) };
}

/** The engine as an app would ship it, with all that it brings along. */
async function bundleEngine(): Promise<Buffer[]> {
  const result = await build({
    ...backboneAsShipped,
    plugins: [...backboneAsShipped.plugins, valibotAsShipped],
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    build: { write: false, rolldownOptions: { input: 'src/sync/index.ts', preserveEntrySignatures: 'strict' } },
  });
  const outputs = [result].flat().flatMap((each) => ('output' in each ? each.output : []));
  return outputs.flatMap((file) => (file.type === 'chunk' ? [Buffer.from(file.code)] : []));
}

/** What `index.html` asks for, what that imports, and the forms, which `main.ts` asks for as soon as it runs. */
async function firstLoad(): Promise<Buffer[]> {
  const page = await readFile(join(APP, 'index.html'), 'utf8');
  const names = new Set([...page.matchAll(/<script[^>]*src="\/assets\/([^"]+)"/g)].flatMap((match) => match[1] ?? []));
  if (names.size === 0) throw new Error('build/app/index.html asks for no script.');
  const files: Buffer[] = [];
  // A set hands out what is added to it on the way.
  for (const name of names) {
    const file = await readFile(join(APP, 'assets', name));
    files.push(file);
    for (const match of file.toString().matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']|\.\/(forms-[^"'`]+\.js)/g)) names.add(match[1] ?? match[2] ?? '');
  }
  return files;
}
