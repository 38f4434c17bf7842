/**
 * Finds the browsers other than Chromium that the journeys run in, and gets them where they are missing.
 */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installWithApt } from './apt.mjs';
import { SetupError } from './setup.mjs';

/**
 * By the variable that the tests read and a person may set: what it is, Debian's package with it, and where it may be.
 * @type {readonly { variable: string, what: string, package: string, names: readonly string[], paths: readonly string[] }[]}
 */
const PROGRAMS = [
  {
    variable: 'FIREFOX_PATH',
    what: 'Firefox',
    package: 'firefox-esr',
    names: ['firefox-esr', 'firefox'],
    paths: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  },
  { variable: 'WEBKIT_DRIVER_PATH', what: 'the driver of WebKitGTK', package: 'webkit2gtk-driver', names: ['WebKitWebDriver'], paths: [] },
  {
    variable: 'MINI_BROWSER_PATH',
    what: 'the small browser of WebKitGTK',
    package: 'libwebkit2gtk-4.1-0',
    names: [],
    paths: ['/usr/libexec', '/usr/lib', ...foldersIn('/usr/lib')].map((folder) => join(folder, 'webkit2gtk-4.1', 'MiniBrowser')),
  },
  { variable: 'XVFB_PATH', what: 'Xvfb, a screen that nobody sees', package: 'xvfb', names: ['Xvfb'], paths: [] },
];

/** @returns {Record<string, string>} the variables that the tests read: paths of executables */
export function findEngines() {
  const missing = PROGRAMS.filter((program) => find(program) === undefined);
  if (missing.length > 0) installWithApt(missing.map((program) => program.package));
  const found = PROGRAMS.map((program) => ({ ...program, path: find(program) }));
  const lacking = found.filter(({ path }) => path === undefined);
  if (lacking.length > 0) {
    const wishes = lacking.map(({ what, variable, package: name }) => `${what} (Debian's package ${name}, or its path in ${variable})`);
    throw new SetupError(`These browser tests need ${wishes.join(', ')}. Install what is missing and run the command again.`);
  }
  return Object.fromEntries(found.map(({ variable, path }) => [variable, path ?? '']));
}

/** @param {typeof PROGRAMS[number]} program */
function find({ variable, what, names, paths }) {
  const chosen = process.env[variable];
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new SetupError(`${variable} is ${chosen}, where there is no ${what}. Correct it or unset it, and run the command again.`);
  }
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...paths].find(existsSync);
}

/**
 * @param {string} path
 * @returns {string[]} none if there is no such folder
 */
function foldersIn(path) {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}
