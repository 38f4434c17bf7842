/**
 * A run as tables, for the console and for the page of the documentation.
 */
import type { About } from './contract.ts';
import { growthOf, ratiosOf } from './ratios.ts';
import type { Results, ResultRow, Spread } from './results.ts';
import { CHANGED, makeRows } from './rows.ts';
import { CHANGE_GOAL, GROWTH, HARD, SIZED, TIMED, WORK_NAMES, type Work } from './works.ts';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** By the name of the contender, Outpost first. */
export type Abouts = ReadonlyMap<string, About>;

/** Of one size: a line for each work, a column for each contender. */
export function timesTable({ rows }: Results, n: number, abouts: Abouts): Table {
  return tableOf(rows.filter((row) => row.n === n), TIMED, abouts, ({ ms, lost, doubled }) => {
    if (ms === null) return 'not done';
    return lost + doubled === 0 ? spreadText(ms) : `${spreadText(ms)} (${countText({ lost, doubled })})`;
  });
}

/** Requests and bytes both ways, of the works that use the network. */
export function trafficTable({ rows }: Results, n: number, abouts: Abouts): Table {
  const online = rows.filter((row) => row.n === n && row.requests !== null);
  return tableOf(online, TIMED, abouts, ({ bytes, requests }) => `${number(requests ?? 0)} / ${bytesText(bytes ?? 0)}`);
}

/** JavaScript and memory. */
export function sizesTable({ rows }: Results, abouts: Abouts): Table {
  const sized = rows.filter(({ work }) => work in SIZED);
  const sizes = [...new Set(sized.map(({ n }) => n))].toSorted((one, other) => one - other);
  return {
    head: ['', ...titles(abouts)],
    rows: sizes.flatMap((n) =>
      tableOf(sized.filter((row) => row.n === n), SIZED, abouts, ({ bytes }) => bytesText(bytes ?? 0)).rows.map(([title = '', ...cells]) => [n === 0 ? title : `${title}; N = ${number(n)}`, ...cells]),
    ),
  };
}

/** What was lost and doubled when something went wrong. */
export function hardTable({ rows }: Results, abouts: Abouts): Table {
  return tableOf(rows, HARD, abouts, ({ work, n, ms, ...counts }) => {
    const what = `${countText(counts)} of ${number(n)}`;
    if (work !== 'j') return what;
    return `${what}; ${ms === null ? 'not before the page is opened' : `there after ${msText(ms.median)} ms`}`;
  });
}

/** What a contender's word is worth: what it waits for, what that costs beside a floor that waits for the same, and what a killed browser takes of it. */
export function promisesTable({ rows, floors }: Results, n: number, abouts: Abouts): Table {
  const times = (contender: string, floor: string): string => {
    const own = rows.find((row) => row.work === 'a' && row.n === n && row.contender === contender)?.ms;
    const there = floors.find((row) => row.name === floor && row.n === n)?.ms;
    return own && there ? `${(own.median / there.median).toFixed(1)} × ‘${floor}’` : '–';
  };
  const killed = (contender: string): string => {
    const row = rows.find(({ work, contender: whose }) => work === 'h' && whose === contender);
    return row === undefined ? '–' : `${countText(row)} of ${number(row.n)}`;
  };
  return {
    head: ['', 'waits for, before it calls a row saved', `(a), N = ${number(n)}, beside the floor that waits for the same`, 'killed while saving'],
    rows: [...abouts].map(([name, { title, waitsFor, savedLike }]) => [title, waitsFor, times(name, savedLike), killed(name)]),
  };
}

export function floorsTable({ floors }: Results): Table {
  const sizes = [...new Set(floors.map(({ n }) => n))].toSorted((one, other) => one - other);
  const names = [...new Set(floors.map(({ name }) => name))];
  const cell = (name: string, size: number): string => {
    const floor = floors.find((each) => each.name === name && each.n === size);
    return floor === undefined ? '–' : spreadText(floor.ms);
  };
  return { head: ['floor', ...sizes.map((n) => `N = ${number(n)}`)], rows: names.map((name) => [name, ...sizes.map((n) => cell(name, n))]) };
}

export function ratiosTable(results: Results): Table {
  return {
    head: ['work', 'N', 'floor', 'times the floor', 'goal'],
    rows: ratiosOf(results).map(({ work, n, floor, ratio, atMost }) => [`(${work})`, number(n), floor, `${ratio.toFixed(2)}${mark(ratio <= atMost)}`, `≤ ${atMost}`]),
  };
}

/** What (d) took of Outpost; its goal is a time and no ratio. */
export function changesTable({ rows }: Results): Table {
  const changedBytes = JSON.stringify(makeRows(CHANGED, '0123456789abcdefghijklmn')).length;
  const changes = rows.filter(({ work, contender }) => work === 'd' && contender === 'outpost').toSorted((one, other) => one.n - other.n);
  return {
    head: ['work', 'N', 'ms', 'goal', 'bytes for each of a changed row', 'goal'],
    rows: changes.map(({ n, ms, bytes }) => {
      const times = (bytes ?? 0) / changedBytes;
      const time = ms === null ? 'not done' : `${msText(ms.median)}${mark(ms.median <= CHANGE_GOAL.ms)}`;
      return ['(d)', number(n), time, `≤ ${CHANGE_GOAL.ms}`, `${times.toFixed(2)}${mark(times <= CHANGE_GOAL.bytes)}`, `≤ ${CHANGE_GOAL.bytes}`];
    }),
  };
}

/** How Outpost's times and the floors' grow. Empty if only one size was measured. */
export function growthTable(results: Results): Table {
  return {
    head: ['', `N = ${number(GROWTH.from)}, ms`, ...GROWTH.to.map((n) => `N = ${number(n)}, times that`)],
    rows: growthOf(results).map(({ name, fromMs, ratios }) => [
      name,
      msText(fromMs),
      ...ratios.map((ratio, index) => {
        if (ratio === null) return '–';
        const isWork = name.startsWith('(');
        return `${ratio.toFixed(1)}${isWork ? mark(ratio <= (GROWTH.to[index] ?? 0) / GROWTH.from) : ''}`;
      }),
    ]),
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

function tableOf(rows: readonly ResultRow[], works: Readonly<Partial<Record<Work, string>>>, abouts: Abouts, cellOf: (row: ResultRow) => string): Table {
  const cell = (work: Work, contender: string): string => {
    const row = rows.find((each) => each.work === work && each.contender === contender);
    return row === undefined ? '–' : cellOf(row);
  };
  return {
    head: ['work', ...titles(abouts)],
    rows: WORK_NAMES.filter((work) => works[work] !== undefined && rows.some((row) => row.work === work)).map((work) => [
      `(${work}) ${works[work] ?? ''}`,
      ...[...abouts.keys()].map((contender) => cell(work, contender)),
    ]),
  };
}

function titles(abouts: Abouts): string[] {
  return [...abouts.values()].map(({ title }) => title);
}

function mark(isGood: boolean): string {
  return isGood ? ' ✓' : ' ✗';
}

/** What a reader must not miss is bold. */
function countText({ lost, doubled }: Pick<ResultRow, 'lost' | 'doubled'>): string {
  const all = [lost > 0 ? `**${number(lost)} lost**` : '', doubled > 0 ? `**${number(doubled)} doubled**` : ''].filter((text) => text !== '');
  return all.length === 0 ? 'none' : all.join(', ');
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

export function number(value: number): string {
  return value.toLocaleString('en');
}
