/**
 * What the registry knows of holes in the packages that a running Outpost consists of.
 */
import { spawnSync } from 'node:child_process';
import { ROOT } from './setup.mjs';

/** @typedef {{ kind: 'none' } | { kind: 'some', lines: string[] } | { kind: 'not asked', why: string }} Advisories */

/**
 * Says it on the console as well.
 * @returns {boolean} false if there are some; a registry that cannot be asked is no reason to fail, but is said
 */
export function auditDependencies() {
  const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: ROOT, encoding: 'utf8' });
  const advisories = readAdvisories(error ? '' : stdout);
  console.log(inWords(advisories));
  return advisories.kind !== 'some';
}

/**
 * @param {string} output what `npm audit --json` printed
 * @returns {Advisories}
 */
export function readAdvisories(output) {
  const report = parse(output);
  if (report?.metadata?.vulnerabilities === undefined) return { kind: 'not asked', why: String(report?.message ?? 'npm gave no answer') };
  /** @type {[string, { severity: string, range: string, fixAvailable: unknown }][]} */
  const found = Object.entries(report.vulnerabilities ?? {});
  if (found.length === 0) return { kind: 'none' };
  return { kind: 'some', lines: found.map(([name, { severity, range, fixAvailable }]) => `${name} ${range}: ${severity}${fixAvailable ? ', there is a fix' : ''}`) };
}

/** @param {Advisories} advisories */
function inWords(advisories) {
  switch (advisories.kind) {
    case 'none':
      return 'Dependencies: no known hole.';
    case 'some':
      return `Dependencies with known holes:\n${advisories.lines.join('\n')}`;
    case 'not asked':
      return `Dependencies: NOT CHECKED. The registry that npm is set to could not be asked (${advisories.why}). Run this where it can.`;
  }
}

/**
 * @param {string} text
 * @returns {any} null for what is no JSON
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
