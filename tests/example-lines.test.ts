import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MOST_LINES = 15;
const EXAMPLES = join(import.meta.dirname, '../examples');

it(`an ordinary Backbone app is made to work offline by at most ${MOST_LINES} lines, added and removed`, () => {
  const names = new Set([...readdirSync(join(EXAMPLES, 'before')), ...readdirSync(join(EXAMPLES, 'after'))].filter((name) => name.includes('.')));
  const changed = [...names].map((name) => changedLines(linesOf('before', name), linesOf('after', name)));
  const total = changed.reduce((sum, lines) => sum + lines, 0);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(MOST_LINES);
});

/** None for a file that is not there; empty lines do not count. */
function linesOf(folder: string, name: string): string[] {
  if (!readdirSync(join(EXAMPLES, folder)).includes(name)) return [];
  return readFileSync(join(EXAMPLES, folder, name), 'utf8').split('\n').filter((line) => line.trim() !== '');
}

/** What `diff` counts: all lines that are not in the longest sequence common to both. */
function changedLines(before: readonly string[], after: readonly string[]): number {
  let above = Array.from({ length: after.length + 1 }, () => 0);
  for (const line of before) {
    const row = [0];
    after.forEach((other, index) => row.push(line === other ? (above[index] ?? 0) + 1 : Math.max(row[index] ?? 0, above[index + 1] ?? 0)));
    above = row;
  }
  return before.length + after.length - 2 * (above.at(-1) ?? 0);
}
