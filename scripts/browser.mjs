/**
 * Finds the Chromium that the tests drive, and gets one where there is none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installWithApt } from './apt.mjs';
import { SetupError, bin } from './setup.mjs';

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC_PATHS = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];
const WHAT_TO_DO = 'Install Chromium or Google Chrome, or set CHROMIUM_PATH to its executable, and run the command again.';

/**
 * @returns {Promise<string>} path of a Chromium that starts: the one of CHROMIUM_PATH, Playwright's own, the system's, or one installed now
 */
export async function findBrowser() {
  const chosen = process.env['CHROMIUM_PATH'];
  if (chosen) {
    if (starts(chosen)) return chosen;
    throw new SetupError(`CHROMIUM_PATH is ${chosen}, which does not start. Correct it or unset it, and run the command again.`);
  }
  return (await findInstalled()) ?? (await installWithPlaywright()) ?? installChromiumWithApt() ?? giveUp();
}

/** What vitest calls before the browser tests: they read the path from the environment. */
export async function setup() {
  process.env['CHROMIUM_PATH'] = await findBrowser();
}

async function findInstalled() {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const system = SYSTEM_NAMES.flatMap((name) => onPath.map((folder) => join(folder, name)));
  return [await playwrightPath(), ...system, ...MAC_PATHS].find(starts);
}

async function playwrightPath() {
  const { chromium } = await import('playwright');
  return chromium.executablePath();
}

async function installWithPlaywright() {
  console.log('No Chromium found; installing one with Playwright …');
  spawnSync(process.execPath, [bin('playwright'), 'install', '--no-shell', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const path = await playwrightPath();
  return starts(path) ? path : undefined;
}

/** Debian's own package brings the libraries that a downloaded Chromium may be missing. */
function installChromiumWithApt() {
  installWithApt(['chromium']);
  return ['/usr/bin/chromium'].find(starts);
}

/** @returns {never} */
function giveUp() {
  throw new SetupError(`There is no Chromium for the browser tests, and none could be installed. ${WHAT_TO_DO}`);
}

/** @param {string} executable */
function starts(executable) {
  if (!existsSync(executable)) return false;
  const version = spawnSync(executable, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return version.status === 0 && /Chrom/.test(version.stdout);
}
