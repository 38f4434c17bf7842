/**
 * `npm test`: installs what is missing, finds a browser, then runs every check and every test. A failure stops nothing;
 * the last line says how many passed and failed.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { ROOT, bin, build, ensureInstalled, findNode, run, runMain } from './setup.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */
/** @typedef {{ name: string, run: () => Promise<Count> }} Step */

await runMain(async () => {
  ensureInstalled();
  const node = findNode();
  const env = { ...process.env, CHROMIUM_PATH: await findBrowser() };
  /** @type {(name: string, args: string[]) => Step} */
  const check = (name, args) => ({ name, run: async () => passedIf((await run(node, args, env)) === 0) });
  /** @type {(project: string) => Step} */
  const tests = (project) => ({ name: `${project} tests`, run: () => runVitest(node, env, project) });

  let built = false;
  /**
   * Without the app, a browser test would only wait for its time to run out, and an older app would be measured.
   * @type {(step: Step) => Step}
   */
  const ofTheBuild = (step) => ({ ...step, run: async () => (built ? step.run() : passedIf(false)) });
  return report([
    { name: 'build', run: async () => passedIf((built = await build(node))) },
    ofTheBuild(check('size', [join(ROOT, 'scripts', 'size.ts')])),
    check('types', [bin('tsc', 'typescript'), '-b']),
    check('lint', [bin('oxlint'), '--type-aware', '--deny-warnings']),
    check('unused code', [bin('knip'), '--no-progress']),
    tests('unit'),
    check('world', [join(ROOT, 'tests', 'world', 'soak.ts')]),
    ofTheBuild(tests('browser')),
  ]);
});

/**
 * @param {readonly Step[]} steps
 * @returns {Promise<number>} the exit code
 */
async function report(steps) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const lines = [];
  for (const step of steps) {
    console.log(`\n── ${step.name}`);
    const startedAtMs = Date.now();
    const count = await step.run();
    lines.push(`${step.name.padEnd(16)}${`${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`.padStart(8)}   ${inWords(count)}`);
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
  }
  console.log(`\n${lines.join('\n')}\n\n${inWords(total)}`);
  return total.failed === 0 ? 0 : 1;
}

/** @param {Count} count */
function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * @param {boolean} good
 * @returns {Count}
 */
function passedIf(good) {
  return { passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 };
}

/**
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @param {string} project
 * @returns {Promise<Count>}
 */
async function runVitest(node, env, project) {
  const resultFile = join(ROOT, 'build', 'test', `${project}.json`);
  rmSync(resultFile, { force: true });
  const code = await run(node, [bin('vitest'), 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`], env);
  const count = existsSync(resultFile) ? countOf(JSON.parse(readFileSync(resultFile, 'utf8'))) : passedIf(false);
  // vitest also fails for what belongs to no test, an unhandled rejection for one.
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} result vitest's JSON report
 * @returns {Count}
 */
function countOf(result) {
  // A file that could not be loaded has failed without a single failed test.
  const brokenFiles = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'));
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + brokenFiles.length,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
