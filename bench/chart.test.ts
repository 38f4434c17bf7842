import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { chartOf } from './chart.ts';
import type { About } from './contract.ts';
import { NOTHING, Results, summed } from './results.ts';

const about = (title: string, savedLike: About['savedLike']): About => ({ title, setUp: '', waitsFor: '', savedLike, unfair: [] });
const abouts = new Map([
  ['outpost', about('Outpost', 'IndexedDB, one transaction')],
  ['article', about('the recipe', 'localStorage write')],
]);
const ms = { min: 5, median: 5, max: 5 };
const machine = { cpu: '', cores: 2, memoryGb: 4, system: '', node: '', browser: '', at: '', command: '', kills: 0, tookSeconds: 0 };

function labelsOf(chart: string): string[] {
  return [...chart.matchAll(/text-anchor="end"[^>]*>([^<]*)</g)].map(([, label = '']) => label);
}

it('the recorded run has the form that is read again', async () => {
  const recorded: unknown = JSON.parse(await readFile(join(import.meta.dirname, 'results', 'latest.json'), 'utf8'));
  expect(v.safeParse(Results, recorded).issues).toBeUndefined();
});

it('the fastest is on top, whoever it is; who does not wait for the disk is marked where that counts', () => {
  const rows = summed([
    { ...NOTHING, work: 'a', n: 1_000, contender: 'outpost', ms: 30 },
    { ...NOTHING, work: 'a', n: 1_000, contender: 'article', ms: 20 },
    { ...NOTHING, work: 'b', n: 1_000, contender: 'article', ms: 20 },
    { ...NOTHING, work: 'b', n: 1_000, contender: 'outpost', ms: 10 },
  ]);
  expect(labelsOf(chartOf({ machine, rows, floors: [] }, 1_000, abouts))).toEqual(['the recipe °', 'Outpost', 'Outpost', 'the recipe']);
});

it('what was lost stands at the bar; other sizes stay out, and so does what has no time', () => {
  const rows = summed([
    { ...NOTHING, work: 'b', n: 1_000, contender: 'article', ms: 20, lost: 3 },
    { ...NOTHING, work: 'b', n: 5_000, contender: 'outpost', ms: 7_777 },
    { ...NOTHING, work: 'c', n: 1_000, contender: 'outpost', lost: 1_000 },
  ]);
  const chart = chartOf({ machine, rows, floors: [{ name: 'fetch of all, stored in SQLite', n: 1_000, ms }] }, 1_000, abouts);
  expect(labelsOf(chart)).toEqual(['the recipe']);
  expect(chart).toContain('>20, 3 lost<');
  expect(chart).not.toContain('7,777');
});
