/**
 * `npm run bench`: everybody on the same work, one after another in each round, and the floors between them.
 *
 * `--quick`: 1,000 rows alone, and no kills. `--check`: Outpost and the floors alone, held against what was recorded;
 * ends with 1 if a ratio has become worse. `--contender a,b`: only these. `--steps`: where the time of one push of Outpost goes,
 * and nothing else. The last three write nothing down.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { tryWrongAnswers } from './wrong-answers.ts';
import { bundle } from './bundle.ts';
import { chartOf } from './chart.ts';
import { tryClosedTab } from './closed.ts';
import type { About } from './contract.ts';
import { tryFloors, type MeasuredFloor } from './floors.ts';
import { tryKills } from './kills.ts';
import { thisMachine } from './machine.ts';
import { benchmarksPage } from './page.ts';
import { PLANS, takesPart, type Heat, type Round } from './plan.ts';
import { regressions } from './ratios.ts';
import { readRecorded } from './recorded.ts';
import { NOTHING, Results, summed, summedFloors, type Measured } from './results.ts';
import { openStage, type Stage } from './stage.ts';
import { tryPushSteps } from './steps.ts';
import { asText, changesTable, floorsTable, growthTable, hardTable, promisesTable, ratiosTable, sizesTable, timesTable, trafficTable, type Abouts } from './tables.ts';
import { tryAll, type Entrant } from './trials.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, check: { type: 'boolean', default: false }, steps: { type: 'boolean', default: false }, contender: { type: 'string' } } });
const ROOT = join(import.meta.dirname, '..');
const FLOORS = join(import.meta.dirname, 'floors');
const CONTENDERS = join(import.meta.dirname, 'contenders');
const LATEST = join(import.meta.dirname, 'results', 'latest.json');
const PLAN = values.check ? PLANS.check : values.quick ? PLANS.quick : PLANS.full;

const AboutModule = v.object({ about: v.custom<About>((value) => typeof value === 'object') });

/** Outpost first. */
async function entrants(): Promise<Entrant[]> {
  const folders = await readdir(CONTENDERS, { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name).toSorted();
  const wanted = (values.check || values.steps ? 'outpost' : values.contender)?.split(',') ?? ['outpost', ...names.filter((name) => name !== 'outpost')];
  return Promise.all(
    wanted.map(async (name) => {
      const source = join(CONTENDERS, name);
      const { about } = v.parse(AboutModule, await import(pathToFileURL(join(source, 'about.ts')).href));
      return { name, about, module: join(source, 'server.ts'), bundle: await bundle(name, source, about.backboneAsShipped ?? false) };
    }),
  );
}

/** What goes wrong is tried by all at the same time: it is not timed. */
async function tryHardships(stage: Stage, contenders: readonly Entrant[]): Promise<{ readonly kills: number; readonly measured: readonly Measured[] }> {
  const silent = contenders.filter(({ about }) => about.syncTag === undefined);
  const [{ kills, measured }, ...others] = await Promise.all([
    PLAN.kills === 0 ? { kills: 0, measured: [] } : tryKills(contenders, PLAN.kills, PLAN.killsWithinMs),
    ...contenders.map((entrant) => tryWrongAnswers(stage, entrant)),
    ...silent.map((entrant) => tryClosedTab(stage, entrant)),
  ]);
  return { kills, measured: [...measured, ...others.flat()] };
}

async function tryTimed(stage: Stage, contenders: readonly Entrant[], deadlineMs: number): Promise<{ measured: Measured[]; floors: MeasuredFloor[] }> {
  const measured: Measured[] = [];
  const floors: MeasuredFloor[] = [];
  const floorBundle = await bundle('floors', FLOORS, false);
  const took = new Map(contenders.map(({ name }) => [name, new Map<number, Round>()]));
  const heat = async ({ n, isGrowth }: Heat): Promise<void> => {
    const able = contenders.filter(({ name }) => (!isGrowth || name === 'outpost') && takesPart(took.get(name) ?? new Map(), n, deadlineMs - performance.now()));
    if (able.length === 0) return;
    console.log(`${n} rows: ${able.map(({ name }) => name).join(', ')}`);
    floors.push(...(await tryFloors(stage, join(FLOORS, 'server.ts'), floorBundle, n)));
    for (const entrant of able) {
      const known = took.get(entrant.name) ?? new Map<number, Round>();
      if (!takesPart(known, n, deadlineMs - performance.now())) continue;
      const startedMs = performance.now();
      const round = await tryAll(stage, entrant, n);
      measured.push(...round);
      known.set(n, { ms: performance.now() - startedMs, workMs: round.reduce((sum, { ms }) => sum + (ms ?? 0), 0) });
    }
  };
  for (const [index, each] of PLAN.heats.entries()) {
    await heat(each);
    if (index === 0 || (!each.isGrowth && performance.now() < deadlineMs)) for (const entrant of contenders.filter(({ about }) => about.syncTag !== undefined)) measured.push(await tryClosedTab(stage, entrant));
  }
  return { measured, floors };
}

function shipped({ name, bundle: { pageGzipBytes, workerGzipBytes } }: Entrant): Measured {
  return { ...NOTHING, work: 'f', n: 0, contender: name, bytes: pageGzipBytes + workerGzipBytes };
}

/** The sizes that everybody was measured with. */
const SIZES = [...new Set(PLAN.heats.filter(({ isGrowth }) => !isGrowth).map(({ n }) => n))];

async function write(results: Results, abouts: Abouts): Promise<void> {
  await mkdir(join(ROOT, 'docs', 'images'), { recursive: true });
  await writeFile(LATEST, `${JSON.stringify(results, null, 2)}\n`);
  const charts = SIZES.map((n) => ({ n, path: `images/benchmarks-${n}.svg` }));
  await Promise.all(charts.map(({ n, path }) => writeFile(join(ROOT, 'docs', path), chartOf(results, n, abouts))));
  await writeFile(join(ROOT, 'docs', 'benchmarks.md'), benchmarksPage(results, SIZES, abouts, charts));
}

function print(results: Results, abouts: Abouts): void {
  for (const n of SIZES) console.log(`\nMilliseconds, N = ${n}\n${asText(timesTable(results, n, abouts))}\n\nRequests / bytes\n${asText(trafficTable(results, n, abouts))}`);
  const tables = [hardTable(results, abouts), promisesTable(results, 1_000, abouts), sizesTable(results, abouts), floorsTable(results), ratiosTable(results), changesTable(results), growthTable(results)];
  for (const table of tables) if (table.rows.length > 0) console.log(`\n${asText(table)}`);
}

const before = await readRecorded(LATEST, Results);
if (values.check && before === null) throw new Error('There is nothing to check against: run `npm run bench` first.');
const contenders = await entrants();
const stage = await openStage();
try {
  await (values.steps ? showSteps() : measure());
} finally {
  await stage.close();
}

async function showSteps(): Promise<void> {
  for (const entrant of contenders) console.log(asText(await tryPushSteps(stage, entrant)));
}

async function measure(): Promise<void> {
  const hard = values.check ? { kills: 0, measured: [] } : await tryHardships(stage, contenders);
  const { measured, floors: measuredFloors } = await tryTimed(stage, contenders, PLAN.withinMs);
  const command = ['npm run bench', ...(values.quick ? ['-- --quick'] : [])].join(' ');
  const results: Results = {
    machine: { ...thisMachine(command), browser: stage.version, kills: hard.kills },
    rows: summed([...contenders.map(shipped), ...measured, ...hard.measured]),
    floors: summedFloors(measuredFloors),
  };
  const abouts = new Map(contenders.map(({ name, about }) => [name, about]));
  print(results, abouts);
  if (!values.check && values.contender === undefined) await write(results, abouts);
  const worse = before === null ? [] : regressions(before, results);
  for (const sentence of worse) console.error(sentence);
  console.log(`\nTook ${results.machine.tookSeconds} s.`);
  if (values.check) process.exitCode = worse.length === 0 ? 0 : 1;
}
