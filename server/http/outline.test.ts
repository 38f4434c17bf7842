import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_DEPTH, MAX_VALUES, outlineOf } from './outline.ts';

const outline = (json: string) => outlineOf(Buffer.from(json));
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('depth', () => {
  test(`${MAX_DEPTH} levels are fine, one more is not`, () => {
    expect(outline(nested(MAX_DEPTH))).toBe('fine');
    expect(outline(nested(MAX_DEPTH + 1))).toBe('too deep');
    expect(outline('{"a":'.repeat(MAX_DEPTH + 1))).toBe('too deep');
  });

  test('what was closed does not count', () => {
    expect(outline(`[${Array.from({ length: 100 }, () => nested(2)).join()}]`)).toBe('fine');
  });

  test('brackets and commas in a text, behind whatever quotes and backslashes, are text', () => {
    for (const text of ['['.repeat(100), `"${'['.repeat(100)}`, `\\"${'{'.repeat(100)}`, `\\${'['.repeat(100)}\\`, '\\']) {
      expect(outline(JSON.stringify([text, [text]]))).toBe('fine');
    }
    expect(outline(JSON.stringify(','.repeat(MAX_VALUES)))).toBe('fine');
  });

  test('a text without an end is left to the parser', () => {
    for (const broken of ['', '"', '"\\', '["a', ']', '}}}}']) expect(outline(broken)).toBe('fine');
  });
});

test(`${MAX_VALUES} values are fine, twice as many are not`, () => {
  expect(outline(`[${'1,'.repeat(MAX_VALUES - 3)}1]`)).toBe('fine');
  expect(outline(`[${'1,'.repeat(MAX_VALUES * 2)}1]`)).toBe('too many values');
  expect(outline(`[${'[],'.repeat(MAX_VALUES)}1]`)).toBe('too many values');
});

test('it finds the depth that a walk over the parsed value finds', () => {
  const deepest = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(deepest)) : 0);
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: 'xlarge', maxDepth: 60 }, fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', 'a') }), fc.array(tie('tree'), { maxLength: 2 }), fc.dictionary(fc.string(), tie('tree'), { maxKeys: 2 })),
  }));
  const around = fc.nat({ max: 40 });
  fc.assert(
    fc.property(tree, around, (value, depth) => {
      const json = '['.repeat(depth) + JSON.stringify(value) + ']'.repeat(depth);
      expect(outline(json)).toBe(deepest(value) + depth > MAX_DEPTH ? 'too deep' : 'fine');
    }),
  );
});
