/**
 * The package as somebody else gets it: packed, unpacked into a project of their own, and used there with the
 * dependencies that it names and no others.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build } from 'vite';
import { temporaryFolder } from '../tests/harness/later.ts';
import { ROOT, bin } from './setup.mjs';

/** What the project brings itself. */
const OWN = ['@types/node', 'jquery'];
const FILES = ['page.ts', 'worker.ts', 'server.ts'];

const exec = promisify(execFile);
const undos: (() => Promise<void>)[] = [];
let project = '';

beforeAll(async () => {
  project = await temporaryFolder((undo) => undos.push(undo), 'consumer');
  await exec(process.execPath, [join(ROOT, 'scripts/build-package.mjs')]);
  const packed = await exec('npm', ['pack', '--json', '--offline', '--pack-destination', project], { cwd: join(ROOT, 'build/package') });
  const [archive] = v.parse(v.pipe(v.string(), v.parseJson(), v.array(v.object({ filename: v.string() }))), packed.stdout);
  const installed = join(project, 'node_modules/outpost');
  mkdirSync(installed, { recursive: true });
  await exec('tar', ['-xzf', join(project, archive?.filename ?? ''), '-C', installed, '--strip-components=1']);

  const Manifest = v.object({ dependencies: v.record(v.string(), v.string()), peerDependencies: v.record(v.string(), v.string()) });
  const { dependencies, peerDependencies } = v.parse(Manifest, JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')));
  for (const name of [...Object.keys(dependencies), ...Object.keys(peerDependencies), ...OWN]) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const file of FILES) copyFileSync(join(ROOT, 'scripts/consumer', file), join(project, file));
}, 120_000);

afterAll(async () => {
  for (const undo of undos) await undo();
});

it('its types hold in a strict project, under the rules of Node and of bundlers', async () => {
  for (const [module, moduleResolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    const compilerOptions = { module, moduleResolution, target: 'es2023', lib: ['es2023', 'dom'], types: ['node'], strict: true, skipLibCheck: true, noEmit: true };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: FILES }));
    const said = await exec(process.execPath, [bin('tsc', 'typescript'), '-p', project]).then(() => '', (error: unknown) => v.parse(v.object({ stdout: v.string() }), error).stdout);
    expect(said).toBe('');
  }
}, 60_000);

it.each(['page.ts', 'worker.ts'])('%s is bundled, with nothing of the app', async (entry) => {
  const result = await build({ configFile: false, root: project, logLevel: 'error', build: { write: false, rolldownOptions: { input: join(project, entry) } } });
  const chunks = [result].flat().flatMap((each) => ('output' in each ? each.output : [])).filter((each) => each.type === 'chunk');
  const modules = chunks.flatMap((chunk) => chunk.moduleIds);
  expect(modules.filter((module) => module.includes('/outpost/'))).not.toEqual([]);
  expect(modules.filter((module) => /lit-html|workbox-precaching|\/src\/(?!sync\/)|\/forms\//.test(module))).toEqual([]);
});

it('its server runs on Node and answers', async () => {
  const { stdout } = await exec(process.execPath, ['server.ts', join(project, 'data')], { cwd: project });
  expect(JSON.parse(stdout)).toMatchObject({ Status: 'ok', Store: 'sqlite' });
}, 60_000);

it('its command runs', async () => {
  const Manifest = v.object({ bin: v.object({ outpost: v.string() }) });
  const installed = join(project, 'node_modules/outpost');
  const { bin: commands } = v.parse(Manifest, JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')));
  const command = join(installed, commands.outpost);
  expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  const { stdout } = await exec(process.execPath, [command, 'check', '--help'], { cwd: project });
  expect(stdout).toMatch(/^Usage: outpost check/);
}, 60_000);
