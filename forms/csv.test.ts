import { array, assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { csvCell, toCsv } from './csv.ts';

test('a formula in an answer does not run in a spreadsheet', () => {
  expect(csvCell('=1+1')).toBe("'=1+1");
  expect(csvCell('+cmd')).toBe("'+cmd");
  expect(csvCell('-2+3')).toBe("'-2+3");
  expect(csvCell('@SUM(A1)')).toBe("'@SUM(A1)");
  expect(csvCell('\t=1')).toBe("'\t=1");
  expect(csvCell('\r=1')).toBe(`"'\r=1"`);
});

test('a real number stays a number', () => {
  expect(csvCell(-3.5)).toBe('-3.5');
  expect(csvCell('-3.5')).toBe('-3.5');
  expect(csvCell('+64')).toBe('+64');
  expect(csvCell(0)).toBe('0');
});

test('commas, quotes and line ends stay inside their cell', () => {
  expect(csvCell('a,b')).toBe('"a,b"');
  expect(csvCell('say "hi"')).toBe('"say ""hi"""');
  expect(csvCell('two\nlines')).toBe('"two\nlines"');
});

test('several choices are joined by a space, no answer is an empty cell', () => {
  expect(csvCell(['piped', 'well'])).toBe('piped well');
  expect(csvCell(['=x', 'y'])).toBe("'=x y");
  expect(csvCell(null)).toBe('');
  expect(csvCell(undefined)).toBe('');
});

test('the file begins with the UTF-8 mark and each line ends with CRLF', () => {
  expect(toCsv(['id', 'name'], [['1', 'Ana']])).toBe('\uFEFFid,name\r\n1,Ana\r\n');
});

test('whatever the answers are, reading the file gives them back, at most with an apostrophe in front', () => {
  assert(
    property(array(array(string(), { minLength: 2, maxLength: 2 })), (rows) => {
      const read = readCsv(toCsv(['a', 'b'], rows).slice(1)).slice(1);
      expect(read.map((row) => row.map(withoutApostrophe))).toEqual(rows.map((row) => row.map(withoutApostrophe)));
      for (const cell of read.flat()) expect(cell === '' || /^[^=@\t\r]/.test(cell)).toBe(true);
    }),
  );
});

const withoutApostrophe = (text: string): string => text.replace(/^'(?=[=+\-@\t\r])/, '');

/** A reader of RFC 4180, written apart from the writer. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
