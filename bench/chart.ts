/**
 * The times of one size as a picture: a panel for each work, a bar for each contender, on a scale of tenfolds.
 */
import type { Results, ResultRow } from './results.ts';
import { contendersIn, msText } from './tables.ts';
import { GOALS, WORKS, WORK_NAMES, type Work } from './works.ts';

const WIDTH = 860;
const LEFT = 250;
const RIGHT = 90;
const BAR = 18;
const COLOURS = { own: '#0b4f4c', other: '#8a9a99', floor: '#b3541e' } as const;

export function chartOf(results: Results, n: number, titleOf: (contender: string) => string): string {
  const timed = results.rows.filter((row) => row.n === n && row.ms !== null);
  const floorOf = (work: Work): number | null => {
    const goal = GOALS.find((each) => each.work === work);
    return results.floors.find(({ name, n: size }) => name === goal?.floor && size === n)?.ms.median ?? null;
  };
  const most = Math.max(10, ...timed.map(({ ms }) => ms?.max ?? 0));
  const decades = Math.ceil(Math.log10(most));
  const x = (ms: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * Math.max(0, Math.log10(Math.max(ms, 1)))) / decades;
  const parts: string[] = [];
  let y = 24;
  for (const work of WORK_NAMES) {
    const rows = timed.filter((row) => row.work === work);
    if (rows.length === 0) continue;
    parts.push(text(12, y, `(${work}) ${WORKS[work]}`, 'font-weight="600"'));
    y += 10;
    const top = y;
    for (const row of inOrder(rows)) {
      parts.push(bar(row, y, x, titleOf(row.contender)));
      y += BAR + 4;
    }
    const floor = floorOf(work);
    if (floor !== null) parts.push(`<line x1="${x(floor)}" x2="${x(floor)}" y1="${top}" y2="${y - 4}" stroke="${COLOURS.floor}" stroke-width="2"/>`);
    y += 26;
  }
  parts.push(text(12, y, 'Milliseconds, median and span of all rounds, each step ten times the one before; the line is the floor. Shorter is better.', ''));
  const title = `Milliseconds with ${n.toLocaleString('en')} rows`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 16}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${title}"><title>${title}</title><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`;
}

function inOrder(rows: readonly ResultRow[]): ResultRow[] {
  const order = contendersIn(rows);
  return rows.toSorted((one, other) => order.indexOf(one.contender) - order.indexOf(other.contender));
}

function bar({ contender, ms }: ResultRow, y: number, x: (ms: number) => number, title: string): string {
  if (ms === null) return '';
  const colour = contender === 'outpost' ? COLOURS.own : COLOURS.other;
  const middle = y + BAR / 2;
  return [
    text(LEFT - 8, middle + 4, title, 'text-anchor="end"'),
    `<rect x="${LEFT}" y="${y}" width="${Math.max(1, x(ms.median) - LEFT)}" height="${BAR}" fill="${colour}"/>`,
    `<line x1="${x(ms.min)}" x2="${x(ms.max)}" y1="${middle}" y2="${middle}" stroke="#000"/>`,
    text(x(ms.max) + 6, middle + 4, msText(ms.median), ''),
  ].join('');
}

function text(x: number, y: number, content: string, attributes: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" ${attributes}>${escaped}</text>`;
}
