import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';

describe('a seeded bug still has its place in the sources', () => {
  const changes = MUTANTS.flatMap(({ name, changes = [] }) => changes.map((change) => ({ name, ...change })));
  test.each(changes)('$name', ({ file, from, to }) => {
    const source = readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
    expect(source.split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });
});
