import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { times } from '../testing.ts';
import { ExpressionError } from './expression-error.ts';
import { compilePattern, matches } from './pattern.ts';

test.each<[string, string, boolean]>([
  ['[0-9]{3}', '123', true],
  ['[0-9]{3}', '1234', false],
  ['^[0-9]{3}$', '123', true],
  ['\\d{2,3}', '1', false],
  ['\\d{2,}', '123456', true],
  ['a?b*c+', 'bbc', true],
  ['cat|dog', 'dog', true],
  ['cat|dog', 'catdog', false],
  ['(?:ab|c)+?', 'abcab', true],
  ['(?<year>\\d{4})-x', '2026-x', true],
  ['\\p{L}+', 'Élodie', true],
  ['.', '💧', true],
  ['\\u{1F4A7}', '💧', true],
  ['\\ud83d\\udca7', '💧', true],
  ['[^\\]()|]+', 'a]', false],
  ['[()|]+', '(|)', true],
  ['\\(\\/\\)', '(/)', true],
  ['.*', 'two\nlines', false],
  ['', '', true],
  ['()*', '', true],
  ['(a*)*', 'aaa', true],
  ['a^b', 'ab', false],
  ['(^|x)a($|y)', 'a', true],
  ['(){999999999}a((){99999}){0,99999}', 'a', true],
])('%s on %j', (pattern, text, expected) => expect(matches(compilePattern(pattern), text)).toBe(expected));

test('any pattern matches what the engine matches from first character to last', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '^', '$', '', '\\.', 'é');
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: 'small' },
      atom,
      fc.tuple(tie('pattern'), tie('pattern')).map(([first, second]) => `${first}${second}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([first, second]) => `(${first}|${second})`),
      fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}', '{1,}', '*?')).map(([inner, times]) => `(?:${inner})${times}`),
    ),
  }));
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '.', 'é'), maxLength: 6 }), (source, text) => {
      expect(matches(compilePattern(source), text)).toBe(new RegExp(`^(?:${source})$`, 'u').test(text));
    }),
    times(3_000),
  );
});

test.each(['(a+)+b', '(a|a)*b', '(a|aa)+b', 'a*a*a*a*a*a*b', '(.*){9}b'])(
  'the owner writes %s, which keeps a backtracking engine busy for years: it is answered all the same',
  (source) => expect(matches(compilePattern(source), 'a'.repeat(10_000))).toBe(false),
);

test.each(['(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '(a)\\1', '(?<x>a)\\k<x>', '\\bword\\b', '\\B'])('%s cannot be matched in linear time: refused', (source) =>
  expect(() => compilePattern(source)).toThrow(/may not look around/),
);

test.each(['(', '[', 'a{2,1}', '*', '\\', '\\@', '(?<x>a)(?<x>b)'])('%s is no pattern: refused', (source) => {
  expect(() => compilePattern(source)).toThrow(ExpressionError);
});

test.each(['a{501}', '(a{30}){30}', '(((a{9}){9}){9}){9}', 'a{0,251}', '(|){999999999}', '(a*){999999999}'])(
  '%s would fill the memory once its repetitions are written out: refused',
  (source) => expect(() => compilePattern(source)).toThrow(/too large/),
);

/** Anything but an ExpressionError is a bug and passes through. */
function outcome(source: string): 'read' | 'refused' {
  try {
    matches(compilePattern(source), 'ab');
    return 'read';
  } catch (error) {
    if (error instanceof ExpressionError) return 'refused';
    throw error;
  }
}

test('any text at all is a pattern or an ExpressionError', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab(){}[]|*+?^$\\.,19-:=!<>pLku')) }), (source) => {
      expect(['read', 'refused']).toContain(outcome(source));
    }),
    times(5_000),
  );
});
