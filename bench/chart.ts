/**
 * The times of one size as a picture: a panel for each work, the fastest on top, on a scale of tenfolds.
 *
 * It is readable on light and dark pages: it brings its own ground, and the colours go with what the reader prefers.
 */
import type { Results, ResultRow, Spread } from './results.ts';
import { msText, number, type Abouts } from './tables.ts';
import { GOALS, TIMED, WORK_NAMES, type Work } from './works.ts';

const COLUMNS = 2;
const PANEL = { width: 440, left: 150, right: 70, head: 60, bar: 15, step: 22, foot: 22 } as const;
const HEAD = 92;
const FOOT = 58;
/** As many letters of a title as a panel is wide. */
const LETTERS = 61;
/** What is held against the disk: who does not wait for it is marked. */
const DURABLE: readonly Work[] = ['a', 'a-single'];
const STYLE = `
.ground{fill:#fff}text{fill:#33413f;font:12px system-ui,-apple-system,"Segoe UI",sans-serif}.value{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}.title{font-size:18px;font-weight:650;fill:#10201e}.work{font-weight:650;fill:#10201e}
.axis{font-size:10px;fill:#6a7876}.own{fill:#0b6e69}.other{fill:#b9c4c2}.ownText{font-weight:700;fill:#0b5f5b}.grid{stroke:#e3e8e7}.span{stroke:#33413f}.floor{stroke:#c2410c;stroke-dasharray:4 3}.floorText{fill:#b03a0a}.bad{fill:#b03a0a}
@media (prefers-color-scheme:dark){.ground{fill:#0d1514}.value{stroke:#0d1514}text{fill:#c3cfcd}.title,.work{fill:#f0f5f4}.axis{fill:#8b9a98}.own{fill:#2bb3a9}.other{fill:#45524f}.ownText{fill:#58d3c9}.grid{stroke:#22302e}.span{stroke:#dfe8e6}.floor{stroke:#fb923c}.floorText,.bad{fill:#fba55c}}`;

type TimedWork = keyof typeof TIMED;

/** One bar; `note` is what must not be missed. */
interface Bar {
  readonly contender: string;
  readonly ms: Spread;
  readonly note: string;
}

export function chartOf(results: Results, n: number, abouts: Abouts): string {
  const rows = results.rows.filter((row) => row.n === n);
  const works = WORK_NAMES.filter((work): work is TimedWork => work in TIMED && barsOf(rows, work).length > 0);
  const times = works.flatMap((work) => barsOf(rows, work).map(({ ms }) => ms.max));
  const decades = Math.log10(Math.max(10, ...times));
  const height = PANEL.head + PANEL.step * Math.max(...works.map((work) => barsOf(rows, work).length), 1) + PANEL.foot;
  const width = PANEL.width * COLUMNS;
  const whole = HEAD + height * Math.ceil(works.length / COLUMNS) + FOOT;
  const panels = works.map((work, index) => {
    const at = `translate(${(index % COLUMNS) * PANEL.width} ${HEAD + Math.floor(index / COLUMNS) * height})`;
    return `<g transform="${at}">${panel(work, barsOf(rows, work), floorOf(results, work, n), decades, abouts)}</g>`;
  });
  const title = `Milliseconds with ${number(n)} rows`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${whole}" width="${width}" role="img" aria-label="${title}"><title>${title}</title><style>${STYLE}</style>`,
    `<rect class="ground" width="100%" height="100%" rx="8"/>`,
    text(20, 36, title, 'class="title"'),
    text(20, 58, 'Median of all rounds, the fastest on top; the thin line is from the least to the most. Shorter is better.'),
    text(20, 75, 'The scale is logarithmic: each step is ten times the one before.'),
    ...panels,
    `<line class="floor" x1="20" x2="44" y1="${whole - 42}" y2="${whole - 42}" stroke-width="2"/>`,
    text(52, whole - 38, 'what the browser takes for the same without any library, the disk waited for', 'class="floorText"'),
    text(20, whole - 18, '° calls it saved before it is on the disk'),
    '</svg>\n',
  ].join('');
}

/** The fastest first. */
function barsOf(rows: readonly ResultRow[], work: Work): Bar[] {
  return rows
    .filter((row) => row.work === work)
    .flatMap(({ contender, ms, lost, doubled }) => (ms === null ? [] : [{ contender, ms, note: [lost > 0 ? `${number(lost)} lost` : '', doubled > 0 ? `${number(doubled)} doubled` : ''].filter((each) => each !== '').join(', ') }]))
    .toSorted((one, other) => one.ms.median - other.ms.median);
}

function floorOf({ floors }: Results, work: Work, n: number): number | null {
  const goal = GOALS.find((each) => each.work === work);
  return floors.find(({ name, n: size }) => name === goal?.floor && size === n)?.ms.median ?? null;
}

function panel(work: TimedWork, bars: readonly Bar[], floor: number | null, decades: number, abouts: Abouts): string {
  const scale = (PANEL.width - PANEL.left - PANEL.right) / decades;
  const x = (ms: number): number => round(PANEL.left + scale * Math.log10(Math.max(1, ms)));
  const bottom = PANEL.head + PANEL.step * bars.length - 4;
  const grid = Array.from({ length: Math.floor(decades) + 1 }, (_, decade) => {
    const at = x(10 ** decade);
    return `<line class="grid" x1="${at}" x2="${at}" y1="${PANEL.head - 6}" y2="${bottom}"/>${text(at, PANEL.head - 11, durationText(10 ** decade), 'class="axis" text-anchor="middle"')}`;
  });
  const line = floor === null ? '' : `<line class="floor" x1="${x(floor)}" x2="${x(floor)}" y1="${PANEL.head - 6}" y2="${bottom}" stroke-width="2"/>`;
  const lines = wrapped(`(${work}) ${TIMED[work]}`);
  const title = lines.map((each, index) => text(20, 28 - 15 * (lines.length - 1 - index), each, 'class="work"'));
  const titleOf = (contender: string): string => {
    const about = abouts.get(contender);
    const isOnDisk = about === undefined || about.savedLike === 'IndexedDB, one transaction';
    return `${about?.title ?? contender}${DURABLE.includes(work) && !isOnDisk ? ' °' : ''}`;
  };
  const drawn = bars.map((bar, index) => barOf(bar, PANEL.head + index * PANEL.step, x, titleOf(bar.contender)));
  return [...title, ...grid, ...drawn.map(({ shape }) => shape), line, ...drawn.map(({ value }) => value)].join('');
}

/** What a value may cross is drawn before all values. */
function barOf({ contender, ms, note }: Bar, y: number, x: (ms: number) => number, title: string): { readonly shape: string; readonly value: string } {
  const isOwn = contender === 'outpost';
  const middle = y + PANEL.bar / 2;
  const shape = [
    text(PANEL.left - 8, middle + 4, title, `text-anchor="end"${isOwn ? ' class="ownText"' : ''}`),
    `<rect class="${isOwn ? 'own' : 'other'}" x="${PANEL.left}" y="${y}" width="${Math.max(1, round(x(ms.median) - PANEL.left))}" height="${PANEL.bar}" rx="2"/>`,
    `<line class="span" x1="${x(ms.min)}" x2="${x(ms.max)}" y1="${middle}" y2="${middle}"/>`,
  ].join('');
  const kind = note !== '' ? ' bad' : isOwn ? ' ownText' : '';
  return { shape, value: text(x(ms.max) + 6, middle + 4, note === '' ? msText(ms.median) : `${msText(ms.median)}, ${note}`, `class="value${kind}"`) };
}

function wrapped(title: string): string[] {
  if (title.length <= LETTERS) return [title];
  const at = title.lastIndexOf(' ', LETTERS);
  return [title.slice(0, at), ...wrapped(title.slice(at + 1))];
}

function durationText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" ${attributes}>${escaped}</text>`;
}
