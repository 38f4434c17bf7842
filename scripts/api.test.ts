/**
 * The public API is documented: every export has a docstring, and `docs/api.md` says what the docstrings say.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apiPage, readApi } from './api.ts';
import { ROOT } from './setup.mjs';

const api = readApi();

it.each(['outpost/sync', 'outpost/diagnostics', 'outpost/sw', 'outpost/server'])('%s: every export has a docstring, and every public member of a class', (name) => {
  const items = api.find((entry) => entry.name === name)?.items ?? [];
  expect(items).not.toEqual([]);
  expect(items.flatMap((item) => [...(item.docs === null ? [item.name] : []), ...item.undocumented])).toEqual([]);
});

it('docs/api.md is what the docstrings say; `npm run docs` writes it', () => {
  expect(readFileSync(join(ROOT, 'docs/api.md'), 'utf8')).toBe(apiPage(api));
});
