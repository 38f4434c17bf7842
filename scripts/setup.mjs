/**
 * What `npm start` and `npm test` both need before they can begin. Plain JavaScript without dependencies, because it runs
 * on the machine's own Node (20.19 or newer) and before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_NEEDED = 24;
const BUILD_SOURCES = ['index.html', 'vite.config.ts', 'package.json', 'package-lock.json', 'src', 'sw', 'protocol', 'forms', 'public'];
const BUILD_RESULT = join(ROOT, 'build', 'app', 'index.html');
const BUILD_STAMP = join(ROOT, 'build', 'app.sources');

/** A failure that a person can do something about: printed as one line, without a stack. */
export class SetupError extends Error {}

/**
 * Runs `main` and ends the process with what it resolves to.
 * @param {() => Promise<number>} main resolves to the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Brings `node_modules` to what the lock file says. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.log('Installing the packages of package-lock.json …');
  // Where a lock file was made with a registry that lacks the binaries of some other platform, npm ci refuses all of it;
  // npm install follows the same lock and passes over what is missing. Its errors are the ones to read if both fail.
  if (npm(['ci'], 'ignore') || npm(['install', '--no-save'], 'inherit')) return;
  throw new SetupError('The packages could not be installed. Check the network and run the command again.');
}

/**
 * @param {string[]} args
 * @param {'ignore' | 'inherit'} errors whether its error messages are shown
 * @returns {boolean} whether it went well
 */
function npm(args, errors) {
  const options = ['--no-progress', '--no-audit', '--no-fund', '--loglevel=error'];
  return spawnSync('npm', [...args, ...options], { cwd: ROOT, stdio: ['ignore', 'inherit', errors] }).status === 0;
}

/** npm writes what it installed into a hidden lock file, and only after all of it is there. */
function isInstalled() {
  const installed = packagesIn(join(ROOT, 'node_modules', '.package-lock.json'));
  if (!installed) return false;
  const wanted = packagesIn(join(ROOT, 'package-lock.json')) ?? {};
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = installed[path];
    return there ? there.version === entry.version && there.integrity === entry.integrity : entry.optional === true;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | null} null if there is no such file
 */
function packagesIn(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : null;
}

/**
 * The Node that runs everything of ours: the pinned one of the npm package `node`, else the one that is running.
 * @returns {string} path of an executable
 */
export function findNode() {
  const pinned = join(ROOT, 'node_modules', 'node', 'bin', 'node');
  if (isNewEnough(pinned)) return pinned;
  if (isNewEnough(process.execPath)) return process.execPath;
  // npm may have been told not to run install scripts; the package's own one fetches the binary for this machine.
  npm(['rebuild', 'node', '--ignore-scripts=false'], 'inherit');
  if (isNewEnough(pinned)) return pinned;
  throw new SetupError(`Outpost runs on Node ${NODE_NEEDED} or newer; this is Node ${process.versions.node}, and the npm package "node" brought none that runs here. Install Node ${NODE_NEEDED} and run the command again.`);
}

/** @param {string} executable */
function isNewEnough(executable) {
  if (!existsSync(executable)) return false;
  const version = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  return version.status === 0 && Number(/^v(\d+)/.exec(version.stdout)?.[1]) >= NODE_NEEDED;
}

/**
 * Builds the app unless what lies in `build/app` was made from exactly these sources. A hash of their content says so:
 * times of files say nothing after a clone.
 * @param {string} node
 */
export async function ensureBuilt(node) {
  if (existsSync(BUILD_RESULT) && existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === hashOf(BUILD_SOURCES)) return;
  console.log('Building the app …');
  if (!(await build(node))) throw new SetupError('The app could not be built; the reason stands above.');
}

/**
 * @param {string} node
 * @returns {Promise<boolean>} whether the build went well
 */
export async function build(node) {
  const sources = hashOf(BUILD_SOURCES);
  const code = await run(node, [bin('vite'), 'build', '--logLevel', 'warn']);
  if (code === 0) writeFileSync(BUILD_STAMP, sources);
  return code === 0;
}

/** @param {readonly string[]} paths files and folders, relative to the root */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesUnder)) hash.update(`${file}\0`).update(readFileSync(join(ROOT, file))).update('\0');
  return hash.digest('hex');
}

/**
 * @param {string} path relative to the root
 * @returns {string[]} the files there, in a fixed order; none if the path does not exist
 */
export function filesUnder(path) {
  const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(join(ROOT, path)).toSorted().flatMap((name) => filesUnder(`${path}/${name}`));
}

/**
 * The script behind a command of an installed package, to be run with `findNode()`.
 * @param {string} name
 */
export function bin(name, packageName = name) {
  const folder = join(ROOT, 'node_modules', packageName);
  const commands = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).bin;
  return join(folder, typeof commands === 'string' ? commands : commands[name]);
}

/**
 * Runs a command to its end, passing on the signals that ask this process to stop.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} its exit code; 128 + n if signal n ended it
 */
export function run(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    // A process group of its own: a terminal's Ctrl-C reaches it once, through us, and not twice.
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => child.kill(signal);
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, passOn);
    const done = () => signals.forEach((signal) => process.off(signal, passOn));
    child.once('error', (error) => (done(), reject(error)));
    child.once('exit', (code, signal) => (done(), resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))));
  });
}
