/**
 * Packages of Debian and its descendants, installed where the person at the machine may install them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const APT_GET = '/usr/bin/apt-get';

/**
 * Installs the packages if it can; what came of it is to be seen by what is there afterwards.
 * @param {readonly string[]} packages
 */
export function installWithApt(packages) {
  if (!existsSync(APT_GET)) return;
  const command = process.getuid?.() === 0 ? [APT_GET] : ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive', APT_GET];
  console.log(`Installing ${packages.join(', ')} with apt-get …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const [program = '', ...before] = command;
    spawnSync(program, [...before, '-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
