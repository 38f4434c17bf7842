import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { times } from '../testing.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { ExpressionError } from './expression-error.ts';
import { FUNCTIONS, type FunctionName } from './functions.ts';
import { parseExpression } from './parse.ts';
import { compilePattern } from './pattern.ts';
import { STRENGTH, type BinaryOperator, type Tree } from './tree.ts';
import type { Value } from './value.ts';

/** Anything but an ExpressionError is a bug and passes through. */
function outcome(source: string): 'read' | 'refused' {
  try {
    run(source);
    return 'read';
  } catch (error) {
    if (error instanceof ExpressionError) return 'refused';
    throw error;
  }
}

const ANSWERS: Record<string, Value> = {
  age: 12,
  zero: 0,
  name: 'Ana',
  digits: '42',
  born: '2014-03-01',
  source: 'well',
  many: ['boil', 'filter'],
  none: [],
  unknown: Number.NaN,
};

function run(source: string, scope: Partial<Scope> = {}): Value {
  return evaluate(parseExpression(source), { answers: new Map(Object.entries(ANSWERS)), today: '2026-11-22', self: '', columns: {}, ...scope });
}

describe('what expressions give', () => {
  test.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['8 div 4 div 2', 1],
    ['-7 mod 3', -1],
    ['- -2', 2],
    ['2 - -2', 4],
    ['.5 + 1.', 1.5],
    ['1 < 2 and 2 < 3', true],
    ['true() or false() and false()', true],
    ['1 = 1 = true()', true],
    ['${age} >= 12', true],
    ['${digits} = 42', true],
    ['${digits} + 1', 43],
    ["'2' < '10'", true],
    ["\"it's\" = 'its'", false],
    ["selected(${many}, 'boil')", true],
    ["selected(${many}, 'boi')", false],
    ["selected(${source}, 'well')", true],
    ["selected(${nobody}, '')", false],
    ['count-selected(${many})', 2],
    ['count-selected(${nobody})', 0],
    ['not(${age} = 12)', false],
    ["if(${age} < 18, 'child', 'adult')", 'child'],
    ['coalesce(${nobody}, ${unknown}, ${zero}, 5)', 0],
    ['string-length(${name})', 3],
    ["string-length('a💧')", 2],
    ["int('3.9')", 3],
    ['int(-3.9)', -3],
    ['round(2.5)', 3],
    ['round(1.005, 2)', 1.01],
    ['round(1234, -2)', 1200],
    ['round(0.0000001, 3)', 0],
    ["number('')", Number.NaN],
    ["number('1e3')", Number.NaN],
    ["number('0x10')", Number.NaN],
    ["number(' 7 ')", 7],
    ['string(1.50)', '1.5'],
    ['string(${unknown})', ''],
    ["concat(${name}, ' ', ${age}, ${nobody})", 'Ana 12'],
    ['min(3, 1, 2)', 1],
    ['max(3, ${digits})', 42],
    ['max(3, ${nobody})', Number.NaN],
    ["regex(${name}, '[A-Z][a-z]+')", true],
    ["regex(${name}, 'n')", false],
    ['today()', '2026-11-22'],
  ])('%s', (source, value) => expect(run(source)).toEqual(value));

  test('dates compare and subtract as days of the calendar', () => {
    expect(run("${born} < '2014-03-02'")).toBe(true);
    expect(run("${born} = '2014-03-01'")).toBe(true);
    expect(run("'2024-03-01' - '2024-02-28'")).toBe(2);
    expect(run('int((today() - ${born}) div 365.25)')).toBe(12);
    expect(run("'2026-02-30' < today()")).toBe(false);
  });

  test.each(['=', '!=', '<', '<=', '>', '>='])('an empty answer on either side of %s: false', (operator) => {
    for (const empty of ['${nobody}', '${none}', '${unknown}', '1 div ${nobody}']) {
      expect(run(`${empty} ${operator} 5`)).toBe(false);
      expect(run(`5 ${operator} ${empty}`)).toBe(false);
      expect(run(`${empty} ${operator} \${nobody}`)).toBe(false);
    }
  });

  test("= '' and != '' ask whether there is an answer", () => {
    for (const empty of ['nobody', 'none', 'unknown']) {
      expect(run(`\${${empty}} = ''`)).toBe(true);
      expect(run(`'' != \${${empty}}`)).toBe(false);
    }
    for (const answered of ['age', 'zero', 'name', 'many']) {
      expect(run(`\${${answered}} = ''`)).toBe(false);
      expect(run(`\${${answered}} != ''`)).toBe(true);
    }
    expect(run("${nobody} < ''")).toBe(false);
  });

  test('. and bare names come from their own places, never from a prototype', () => {
    expect(run('. * 2', { self: 21 })).toBe(42);
    expect(run("region = 'north'", { columns: { region: 'north' } })).toBe(true);
    expect(run("constructor = ''", { columns: {} })).toBe(true);
    expect(run("${constructor} = ''")).toBe(true);
  });

  test('calculations that double each other: a text beyond the limit is none, so memory stays small', () => {
    const answers = new Map<string, Value>([['x', 'a'.repeat(10_000)]]);
    expect(run("concat(${x}, '')", { answers })).toHaveLength(10_000);
    expect(run("concat(${x}, 'b')", { answers })).toBe('');
  });
});

describe('what is no expression', () => {
  test.each<[string, RegExp]>([
    ['', /ends where a value/],
    ['1 +', /ends where a value/],
    ['(1', /ends where “\)”/],
    ['1 2', /Character 3 is “2”, where an operator or the end/],
    ['* 2', /Character 1 is “\*”/],
    ["'open", /character 1 has no closing '/],
    ['‘x’', /straight quotes/],
    ['$age', /Write \$\{name\}/],
    ['#', /“#” at character 1 is not understood/],
    ['💧', /“💧” at character 1/],
    ['eval(1)', /no function “eval”/],
    ['constructor(1)', /no function “constructor”/],
    ["regex(., '(')", /pattern of regex/],
    ['regex(., .)', /pattern in quotes/],
    ["regex(., 'a', 'b')", /pattern in quotes/],
  ])('%s', (source, message) => {
    expect(() => parseExpression(source)).toThrow(ExpressionError);
    expect(() => parseExpression(source)).toThrow(message);
  });

  test('what is too long, too deep or too large says so', () => {
    expect(() => parseExpression(`${' '.repeat(1_000)}1`)).toThrow(/1000 characters; this one has 1001/);
    expect(() => parseExpression('9'.repeat(400))).toThrow(/too large/);
    for (const opening of ['(', '-', 'not(']) expect(() => parseExpression(opening.repeat(101))).toThrow(/nested 100 deep/);
  });

  test('nesting at the limit and the longest flat chain are read and worked out', () => {
    expect(run(`${'('.repeat(99)}1${')'.repeat(99)}`)).toBe(1);
    expect(run(Array.from({ length: 500 }, () => '1').join('+'))).toBe(500);
  });

  test('any text at all is an expression or an ExpressionError', () => {
    const scraps = fc.constantFrom('${a}', '(', ')', 'if(', ',', '.', '-', '1', "'x'", "'", '"', 'and', 'div', '=', ' ', '$', 'regex(', 'not(');
    const source = fc.oneof(fc.string({ unit: 'binary' }), fc.array(scraps, { maxLength: 300 }).map((parts) => parts.join('')));
    fc.assert(
      fc.property(source, (text) => {
        expect(['read', 'refused']).toContain(outcome(text));
      }),
      times(2_000),
    );
  });
});

test('a tree that is written down with as few parentheses as possible and read again is the same tree', () => {
  fc.assert(
    fc.property(TREES.tree, (tree) => {
      expect(parseExpression(write(tree, 0))).toEqual(tree);
    }),
    times(1_000),
  );
});

const NAME = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);

const TREES = fc.letrec<{ tree: Tree; leaf: Tree; binary: Tree; negate: Tree; call: Tree; regex: Tree }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('binary'), tie('negate'), tie('call'), tie('regex')),
  leaf: fc.oneof(
    fc.integer({ min: 0, max: 1_000_000 }).map((hundredths): Tree => ({ kind: 'number', value: hundredths / 100 })),
    fc.string({ maxLength: 8 }).filter((text) => !text.includes("'")).map((value): Tree => ({ kind: 'text', value })),
    NAME.map((name): Tree => ({ kind: 'answer', name })),
    NAME.filter((name) => !Object.hasOwn(STRENGTH, name)).map((name): Tree => ({ kind: 'column', name })),
    fc.constant<Tree>({ kind: 'self' }),
  ),
  binary: fc.record({ kind: fc.constant('binary'), operator: fc.constantFrom(...keysOf(STRENGTH)), left: tie('tree'), right: tie('tree') }),
  negate: fc.record({ kind: fc.constant('negate'), operand: tie('tree') }),
  call: fc.record({ kind: fc.constant('call'), name: fc.constantFrom(...keysOf(FUNCTIONS)), arguments: fc.array(tie('tree'), { maxLength: 3 }) }),
  regex: fc.record({ kind: fc.constant('regex'), text: tie('tree'), pattern: fc.constantFrom('[0-9]+', 'a|b*').map(compilePattern) }),
}));

function keysOf<K extends BinaryOperator | FunctionName>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table).filter((key): key is K => key in table);
}

/** The expression of a tree, in parentheses where it binds less than `least`. */
function write(tree: Tree, least: number): string {
  switch (tree.kind) {
    case 'number':
      return String(tree.value);
    case 'text':
      return `'${tree.value}'`;
    case 'answer':
      return `\${${tree.name}}`;
    case 'self':
      return '.';
    case 'column':
      return tree.name;
    case 'negate':
      return `-${write(tree.operand, 7)}`;
    case 'call':
      return `${tree.name}(${tree.arguments.map((argument) => write(argument, 0)).join(', ')})`;
    case 'regex':
      return `regex(${write(tree.text, 0)}, '${tree.pattern.source}')`;
    case 'binary': {
      const strength = STRENGTH[tree.operator];
      const text = `${write(tree.left, strength)} ${tree.operator} ${write(tree.right, strength + 1)}`;
      return strength < least ? `(${text})` : text;
    }
    default: {
      const never: never = tree;
      return never;
    }
  }
}
