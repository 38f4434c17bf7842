/**
 * `npm run build:package`: puts the package into `build/package`, with what its `exports` lead to and no file more.
 *
 * TypeScript emits JavaScript and types, file for file: a bundler leaves out what an app does not use, and Node needs no
 * bundle. The dependencies are those that the emitted files name.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT, SetupError, bin, ensureInstalled, filesUnder, findNode, run, runMain } from './setup.mjs';

const PACKAGE = 'build/package';
/** Read by the server when it starts, and by people. */
const COPIED = ['forms/sample/drinking-water.json', 'LICENSE', 'README.md'];
/** One Backbone for the engine and the app, or the engine would not know the app's models. */
const PEERS = ['backbone'];

await runMain(async () => {
  ensureInstalled();
  const node = findNode();
  rmSync(join(ROOT, PACKAGE), { recursive: true, force: true });
  const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  /** @type {string[]} */
  const entries = [...Object.values(own.exports), ...Object.values(own.bin)];
  for (const entry of entries) await emit(node, entry);
  const written = manifest(own, filesUnder(PACKAGE));
  for (const file of COPIED) {
    mkdirSync(join(ROOT, PACKAGE, dirname(file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(ROOT, PACKAGE, file));
  }
  writeFileSync(join(ROOT, PACKAGE, 'package.json'), `${JSON.stringify(written, null, 2)}\n`);
  return 0;
});

/**
 * Emits an entry and all that it imports, by the settings of its folder.
 * @param {string} node
 * @param {string} entry such as `./sw/index.ts`
 */
async function emit(node, entry) {
  const folder = nearestWithSettings(dirname(entry));
  const config = `build/tsconfig.${basename(dirname(entry))}.json`;
  const compilerOptions = { outDir: 'package', declaration: true, emitDeclarationOnly: false, rewriteRelativeImportExtensions: true, composite: false, tsBuildInfoFile: null };
  // A list of files in place of the folder: what only the app, the tests or the commands use stays behind.
  const ownTypes = filesUnder(folder).filter((file) => file.endsWith('.d.ts'));
  const settings = { extends: `../${folder}/tsconfig.json`, compilerOptions, include: [], files: [entry, ...ownTypes].map((file) => `../${file}`) };
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  writeFileSync(join(ROOT, config), JSON.stringify(settings));
  if ((await run(node, [bin('tsc', 'typescript'), '-p', config])) !== 0) throw new SetupError(`The package was not built: ${entry} could not be emitted.`);
}

/**
 * @param {string} folder
 * @returns {string} it, or the next above it that has a tsconfig.json
 */
function nearestWithSettings(folder) {
  return existsSync(join(ROOT, folder, 'tsconfig.json')) ? folder : nearestWithSettings(dirname(folder));
}

/**
 * @param {Record<string, any>} own package.json of the repository
 * @param {string[]} files the emitted ones
 */
function manifest(own, files) {
  const { name, version, type, license } = own;
  /** @type {[string, string][]} */
  const entries = Object.entries(own.exports);
  const exports = Object.fromEntries(entries.map(([path, source]) => [path, { types: source.replace(/\.ts$/, '.d.ts'), default: source.replace(/\.ts$/, '.js') }]));
  const named = new Set(files.flatMap(packagesIn));
  const dependencies = [...named].filter((each) => each in own.dependencies && !PEERS.includes(each)).map((each) => [each, own.dependencies[each]]);
  const types = [...named].map((each) => `@types/${each}`).filter((each) => each in own.devDependencies).map((each) => [each, own.devDependencies[each]]);
  const peers = PEERS.map((each) => [each, `^${own.dependencies[each]}`]);
  /** @type {[string, string][]} */
  const commands = Object.entries(own.bin);
  const bin = Object.fromEntries(commands.map(([command, source]) => [command, source.replace(/\.ts$/, '.js')]));
  return { name, version, type, license, bin, exports, dependencies: Object.fromEntries([...dependencies, ...types]), peerDependencies: Object.fromEntries(peers) };
}

/** @param {string} file */
function packagesIn(file) {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^.'"\s][^'"\s]*)['"]/g)].flatMap((match) => match[1] ?? []);
  return specifiers.map((specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/'));
}
