/**
 * The worlds of this repository stay apart: the page, the worker and the server know the protocol and the forms, and not each other.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, filesUnder } from './setup.mjs';

/** By folder: what it may import of ours besides its own files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  forms: [],
  src: ['protocol', 'forms'],
  'src/sync': ['protocol'],
  sw: ['protocol', 'forms'],
  server: ['protocol', 'forms'],
};

describe('imports go one way', () => {
  for (const [folder, others] of Object.entries(MAY_IMPORT)) {
    it(`${folder} imports ${others.join(', ') || 'nothing'} of ours besides its own files`, () => {
      const files = filesUnder(folder).filter((file) => /\.(ts|mts|js|mjs)$/.test(file));
      expect(files).not.toEqual([]);
      const astray = files.flatMap((file) => importedFiles(file).filter((target) => !allowed(target, folder, others)).map((target) => `${file} imports ${target}`));
      expect(astray).toEqual([]);
    });
  }

  for (const folder of ['protocol', 'forms']) {
    it(`${folder} imports nothing of Node`, () => {
      const files = filesUnder(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
      expect(files.filter((file) => specifiers(file).some((specifier) => specifier.startsWith('node:')))).toEqual([]);
    });
  }
});

function allowed(target: string, folder: string, others: readonly string[]): boolean {
  return [folder, ...others].some((name) => target.startsWith(`${name}/`));
}

/** The files of ours that a file imports, relative to the root. */
function importedFiles(file: string): string[] {
  return specifiers(file).filter((specifier) => specifier.startsWith('.')).map((specifier) => normalize(join(dirname(file), specifier)));
}

/** What stands behind `from`, `import` and `import(…)`, types included. */
function specifiers(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  return [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].flatMap((match) => match[1] ?? []);
}
