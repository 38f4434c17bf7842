/**
 * Responses as a CSV file that a spreadsheet opens without harm: RFC 4180, UTF-8 with its mark, and no answer that runs
 * as a formula.
 */

export type Cell = string | number | readonly string[] | null | undefined;

/** What Excel and LibreOffice take for UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';
const FORMULA_START = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** The whole file. Every line ends with CRLF. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return BYTE_ORDER_MARK + [header, ...rows].map(csvLine).join('');
}

/** One line, with its end. */
export function csvLine(row: readonly Cell[]): string {
  return `${row.map(csvCell).join(',')}\r\n`;
}

/** One cell: several choices joined by a space, quoted where it must be. */
export function csvCell(cell: Cell): string {
  const text = disarm(plain(cell));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function plain(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  return Array.isArray(cell) ? cell.join(' ') : String(cell);
}

/** A text that a spreadsheet would run gets an apostrophe in front; a real number such as -3.5 stays one. */
const disarm = (text: string): string => (FORMULA_START.test(text) && !NUMBER.test(text) ? `'${text}` : text);
