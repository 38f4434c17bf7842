/**
 * `npm run bench`: everybody on the same work, one after another in each round, and the floors between them.
 *
 * `--quick`: 1,000 rows alone. `--contender a,b`: only these and the floors; then nothing is written down. `--rounds`: at most so many.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, type as systemName } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { bundle } from './bundle.ts';
import { chartOf } from './chart.ts';
import type { About } from './contract.ts';
import { tryFloors, type MeasuredFloor } from './floors.ts';
import { benchmarksPage } from './page.ts';
import { ratiosOf, worseThan } from './ratios.ts';
import { NOTHING, Results, summed, summedFloors, type Measured } from './results.ts';
import { openStage, type Stage } from './stage.ts';
import { asText, changesTable, floorsTable, ratiosTable, sizesTable, timesTable, trafficTable } from './tables.ts';
import { tryAll, type Entrant } from './trials.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, contender: { type: 'string' }, rounds: { type: 'string' } } });
const ROOT = join(import.meta.dirname, '..');
const FLOORS = join(import.meta.dirname, 'floors');
const CONTENDERS = join(import.meta.dirname, 'contenders');
const LATEST = join(import.meta.dirname, 'results', 'latest.json');
const SIZES = values.quick ? [1_000] : [1_000, 5_000];
const ROUNDS = Number(values.rounds ?? (values.quick ? 3 : 5));
/** For each size. No round is begun later, so that a slow machine measures less and not longer. */
const BUDGET_MS = values.quick ? 80_000 : 200_000;

const AboutModule = v.object({ about: v.custom<About>((value) => typeof value === 'object') });

async function entrants(): Promise<Entrant[]> {
  const folders = await readdir(CONTENDERS, { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const wanted = names.filter((name) => values.contender?.split(',').includes(name) ?? true);
  return Promise.all(
    wanted.map(async (name) => {
      const source = join(CONTENDERS, name);
      const { about } = v.parse(AboutModule, await import(pathToFileURL(join(source, 'about.ts')).href));
      return { name, about, module: join(source, 'server.ts'), bundle: await bundle(name, source, about.backboneAsShipped ?? false) };
    }),
  );
}

async function measure(stage: Stage, contenders: readonly Entrant[]): Promise<{ measured: Measured[]; floors: MeasuredFloor[] }> {
  const measured = contenders.map(
    ({ name, bundle: { pageGzipBytes, workerGzipBytes } }): Measured => ({ ...NOTHING, work: 'f', n: 0, contender: name, bytes: pageGzipBytes + workerGzipBytes }),
  );
  const floors: MeasuredFloor[] = [];
  const floorBundle = await bundle('floors', FLOORS, false);
  for (const n of SIZES) {
    const deadlineMs = Date.now() + BUDGET_MS;
    for (let round = 0; round < ROUNDS && (round === 0 || Date.now() < deadlineMs); round += 1) {
      console.log(`${n} rows, round ${round + 1}`);
      floors.push(...(await tryFloors(stage, join(FLOORS, 'server.ts'), floorBundle, n)));
      for (const entrant of contenders) measured.push(...(await tryAll(stage, entrant, n)));
    }
  }
  return { measured, floors };
}

async function recorded(): Promise<Results | null> {
  try {
    return v.parse(Results, JSON.parse(await readFile(LATEST, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function write(results: Results, abouts: ReadonlyMap<string, About>): Promise<void> {
  const titleOf = (name: string): string => abouts.get(name)?.title ?? name;
  await mkdir(join(ROOT, 'docs', 'images'), { recursive: true });
  await writeFile(LATEST, `${JSON.stringify(results, null, 2)}\n`);
  const charts = SIZES.map((n) => `images/benchmarks-${n}.svg`);
  await Promise.all(SIZES.map((n) => writeFile(join(ROOT, 'docs', `images/benchmarks-${n}.svg`), chartOf(results, n, titleOf))));
  await writeFile(join(ROOT, 'docs', 'benchmarks.md'), benchmarksPage(results, abouts, charts));
}

function print(results: Results, titleOf: (name: string) => string): void {
  for (const n of SIZES) console.log(`\nMilliseconds, N = ${n}\n${asText(timesTable(results, n, titleOf))}\n\nRequests / bytes\n${asText(trafficTable(results, n, titleOf))}`);
  for (const table of [sizesTable(results, titleOf), floorsTable(results), ratiosTable(results), changesTable(results)]) console.log(`\n${asText(table)}`);
}

const before = await recorded();
const contenders = await entrants();
const stage = await openStage();
try {
  const { measured, floors: measuredFloors } = await measure(stage, contenders);
  const [rows, floors] = [summed(measured), summedFloors(measuredFloors)];
  const [cpu] = cpus();
  const results: Results = {
    machine: {
      cpu: cpu?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      system: `${systemName()} ${release()}`,
      node: process.versions.node,
      browser: stage.version,
    },
    at: new Date().toISOString(),
    command: ['npm run bench', ...(values.quick ? ['-- --quick'] : [])].join(' '),
    rows,
    floors,
    ratios: ratiosOf(rows, floors),
  };
  const abouts = new Map(contenders.map(({ name, about }) => [name, about]));
  print(results, (name) => abouts.get(name)?.title ?? name);
  if (values.contender === undefined) await write(results, abouts);
  const worse = worseThan(before?.ratios ?? [], results.ratios);
  for (const { now, recorded: last } of worse) console.error(`(${now.work}) with ${now.n} rows takes ${now.ratio.toFixed(2)} times the floor; recorded were ${last.ratio.toFixed(2)}.`);
  process.exitCode = worse.length === 0 ? 0 : 1;
} finally {
  await stage.close();
}
