/**
 * `npm run bench`: everybody on the same work, one after another in each round, and the floors between them.
 *
 * `--quick`: 1,000 rows alone and fewer rounds. `--contender a,b`: only these, and the floors. `--only a,b`: prints only these works.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { About } from './contract.ts';
import { bundle } from './bundle.ts';
import { tryFloors, type MeasuredFloor } from './floors.ts';
import { summed, type Measured } from './results.ts';
import { openStage } from './stage.ts';
import { tryAll, type Entrant } from './trials.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, contender: { type: 'string' }, rounds: { type: 'string' } } });
const FOLDER = join(import.meta.dirname, 'contenders');
const FLOORS = join(import.meta.dirname, 'floors');
const SIZES = values.quick ? [1_000] : [1_000, 5_000];
const ROUNDS = Number(values.rounds ?? (values.quick ? 3 : 5));
/** No round is begun later, so that a slow machine measures less and not longer. */
const DEADLINE_MS = Date.now() + (values.quick ? 90_000 : 480_000);

const AboutModule = v.object({ about: v.custom<About>((value) => typeof value === 'object') });

async function entrants(): Promise<Entrant[]> {
  const all = (await readdir(FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const wanted = values.contender?.split(',') ?? all;
  return Promise.all(
    all.filter((name) => wanted.includes(name)).map(async (name) => {
      const source = join(FOLDER, name);
      const { about } = v.parse(AboutModule, await import(pathToFileURL(join(source, 'about.ts')).href));
      return { name, about, module: join(source, 'server.ts'), bundle: await bundle(name, source, about.backboneAsShipped ?? false) };
    }),
  );
}

const contenders = await entrants();
const floorBundle = await bundle('floors', FLOORS, false);
const measured: Measured[] = [];
const floors: MeasuredFloor[] = [];
const stage = await openStage();
try {
  for (let round = 0; round < ROUNDS && (round === 0 || Date.now() < DEADLINE_MS); round += 1) {
    for (const n of SIZES) {
      floors.push(...(await tryFloors(stage, join(FLOORS, 'server.ts'), floorBundle, n)));
      for (const entrant of contenders) measured.push(...(await tryAll(stage, entrant, n)));
    }
  }
} finally {
  await stage.close();
}
console.table(summed(measured).map(({ ms, ...row }) => ({ ...row, ...ms })));
console.table(floors);
