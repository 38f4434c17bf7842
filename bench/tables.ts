/**
 * A run as tables, for the console and for the page of the documentation.
 */
import type { Results, ResultRow, Spread } from './results.ts';
import { CHANGED, makeRows } from './rows.ts';
import { CHANGE_GOAL, WORKS, WORK_NAMES, type Work } from './works.ts';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Works measured by size rather than by time. */
const SIZES: readonly Work[] = ['f', 'k'];

/** Of one size: a line for each work, a column for each contender. */
export function timesTable({ rows }: Results, n: number, titleOf: (contender: string) => string): Table {
  return tableOf(rows.filter((row) => row.n === n && !SIZES.includes(row.work)), titleOf, ({ ms, ...row }) => `${ms === null ? '–' : spreadText(ms)}${marks(row)}`);
}

/** Requests and bytes both ways, of the works that use the network. */
export function trafficTable({ rows }: Results, n: number, titleOf: (contender: string) => string): Table {
  const online = rows.filter((row) => row.n === n && row.bytes !== null && !SIZES.includes(row.work));
  return tableOf(online, titleOf, ({ bytes, requests }) => `${number(requests ?? 0)} / ${bytesText(bytes ?? 0)}`);
}

/** JavaScript and memory. */
export function sizesTable({ rows }: Results, titleOf: (contender: string) => string): Table {
  const sizes = SIZES.flatMap((work) => [...new Set(rows.filter((row) => row.work === work).map(({ n }) => n))].map((n) => rows.filter((row) => row.work === work && row.n === n)));
  const contenders = contendersIn(rows);
  return {
    head: ['', ...contenders.map(titleOf)],
    rows: sizes.map((all) => {
      const [first] = all;
      const title = first === undefined ? '' : `(${first.work}) ${WORKS[first.work]}${first.n === 0 ? '' : `; N = ${number(first.n)}`}`;
      return [title, ...contenders.map((contender) => bytesText(all.find((row) => row.contender === contender)?.bytes ?? 0))];
    }),
  };
}

export function floorsTable({ floors }: Results): Table {
  const sizes = [...new Set(floors.map(({ n }) => n))];
  const names = [...new Set(floors.map(({ name }) => name))];
  const cell = (name: string, size: number): string => {
    const floor = floors.find((each) => each.name === name && each.n === size);
    return floor === undefined ? '–' : spreadText(floor.ms);
  };
  return { head: ['floor', ...sizes.map((n) => `N = ${number(n)}`)], rows: names.map((name) => [name, ...sizes.map((n) => cell(name, n))]) };
}

export function ratiosTable({ ratios }: Results): Table {
  return {
    head: ['work', 'N', 'floor', 'times the floor', 'goal'],
    rows: ratios.map(({ work, n, floor, ratio, atMost }) => [`(${work})`, number(n), floor, `${ratio.toFixed(2)}${ratio > atMost ? ' ✗' : ' ✓'}`, `≤ ${atMost}`]),
  };
}

/** What (d) took of Outpost, which is held against no floor. */
export function changesTable({ rows }: Results): Table {
  const changedBytes = JSON.stringify(makeRows(CHANGED, '0123456789abcdefghijklmn')).length;
  const changes = rows.filter(({ work, contender }) => work === 'd' && contender === 'outpost');
  const mark = (isGood: boolean): string => (isGood ? ' ✓' : ' ✗');
  return {
    head: ['work', 'N', 'ms', 'goal', 'bytes for each of a changed row', 'goal'],
    rows: changes.map(({ n, ms, bytes }) => {
      const times = (bytes ?? 0) / changedBytes;
      const time = ms === null ? '–' : `${msText(ms.median)}${mark(ms.median <= CHANGE_GOAL.ms)}`;
      return ['(d)', number(n), time, `≤ ${CHANGE_GOAL.ms}`, `${times.toFixed(2)}${mark(times <= CHANGE_GOAL.bytes)}`, `≤ ${CHANGE_GOAL.bytes}`];
    }),
  };
}

export function asMarkdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export function asText({ head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')).join('\n');
}

function tableOf(rows: readonly ResultRow[], titleOf: (contender: string) => string, cellOf: (row: ResultRow) => string): Table {
  const contenders = contendersIn(rows);
  const works = WORK_NAMES.filter((work) => rows.some((row) => row.work === work));
  const cell = (work: Work, contender: string): string => {
    const row = rows.find((each) => each.work === work && each.contender === contender);
    return row === undefined ? '–' : cellOf(row);
  };
  return {
    head: ['work', ...contenders.map(titleOf)],
    rows: works.map((work) => [`(${work}) ${WORKS[work]}`, ...contenders.map((contender) => cell(work, contender))]),
  };
}

/** Outpost first. */
export function contendersIn(rows: readonly ResultRow[]): string[] {
  const names = [...new Set(rows.map(({ contender }) => contender))].toSorted();
  return [...names.filter((name) => name === 'outpost'), ...names.filter((name) => name !== 'outpost')];
}

/** What a reader must not miss. */
function marks({ lost, doubled, failed }: Pick<ResultRow, 'lost' | 'doubled' | 'failed'>): string {
  const all = [lost > 0 ? `${lost} lost` : '', doubled > 0 ? `${doubled} doubled` : '', failed > 0 ? `${failed} failed` : ''].filter((mark) => mark !== '');
  return all.length === 0 ? '' : ` (**${all.join(', ')}**)`;
}

function spreadText({ min, median, max }: Spread): string {
  return `${msText(median)} (${msText(min)}–${msText(max)})`;
}

/** In milliseconds. */
export function msText(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : number(Math.round(ms));
}

function bytesText(bytes: number): string {
  return bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(2)} MB` : bytes >= 1_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${bytes} B`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
