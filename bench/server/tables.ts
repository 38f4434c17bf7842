/**
 * A run as tables, and which goals it has reached.
 */
import type { Spread } from '../results.ts';
import { type Table, msText, number } from '../tables.ts';
import { growthOf } from './memory.ts';
import type { PullRow, PushRow, ServerResults, StoreKind } from './results.ts';

const NAMES: Readonly<Record<StoreKind, string>> = { sqlite: 'SQLite', postgres: 'PostgreSQL' };

/** Of the floor, at least. */
const BATCH_GOAL = 0.6;
const SINGLE_GOAL = 0.4;
/** Single pushes have a goal for so many clients alone. */
const SINGLE_GOAL_CLIENTS = 64;
/** Times the plain query, at most. */
const PULL_GOAL = 2;

export function pushTable({ pushes }: ServerResults): Table {
  return {
    head: ['store', 'clients', 'in a request', 'rows a second', 'p50 ms', 'p99 ms', 'rows in a transaction of the floor', 'its rows a second', 'of the floor', 'goal', 'processors: server, clients'],
    rows: pushes.map((row) => {
      const goal = goalOf(row);
      return [
        NAMES[row.store],
        number(row.clients),
        number(row.batch),
        rateText(row.perSecond),
        msText(row.p50Ms),
        msText(row.p99Ms),
        number(row.together),
        rateText(row.floorPerSecond),
        `${percent(row.ofFloor)}${goal === null ? '' : mark(row.ofFloor >= goal)}`,
        goal === null ? '' : `≥ ${percent(goal)}`,
        `${row.serverCpu.toFixed(2)}, ${row.clientsCpu.toFixed(2)}`,
      ];
    }),
  };
}

function goalOf({ clients, batch }: PushRow): number | null {
  if (batch > 1) return BATCH_GOAL;
  return clients === SINGLE_GOAL_CLIENTS ? SINGLE_GOAL : null;
}

export function countTable({ counts }: ServerResults): Table {
  return {
    head: ['store', 'acknowledged', 'stored', 'under different ids', ''],
    rows: counts.map(({ store, acknowledged, stored, different }) => [
      NAMES[store],
      number(acknowledged),
      number(stored),
      number(different),
      acknowledged === stored && stored === different ? 'none lost, none doubled' : `**${number(Math.abs(acknowledged - stored))} lost or too many, ${number(stored - different)} doubled**`,
    ]),
  };
}

export function pullTable({ pulls }: ServerResults): Table {
  return {
    head: ['store', 'rows', 'bytes a row on the disk', 'changes', 'query ms', 'HTTP alone ms', 'pull by HTTP ms', 'times query + HTTP', 'without HTTP, times the query', 'goal'],
    rows: pulls.map((row) => {
      const { store, rows, changes, bytesPerRow, queryMs, httpMs, pullMs } = row;
      const own = ownOf(row);
      return [NAMES[store], number(rows), number(bytesPerRow), number(changes), fine(queryMs), fine(httpMs), fine(pullMs), (pullMs / (queryMs + httpMs)).toFixed(1), `${own.toFixed(1)}${mark(own <= PULL_GOAL)}`, `≤ ${PULL_GOAL}`];
    }),
  };
}

/** The pull without what any request costs, in times of the query. */
function ownOf({ queryMs, httpMs, pullMs }: PullRow): number {
  return (pullMs - httpMs) / queryMs;
}

export function memoryTable({ memory }: ServerResults): Table {
  return {
    head: ['store', 'on', 'minutes', 'clients', 'rows stored', 'pulls', 'resident MB', 'MB an hour', '', 'heap MB', 'MB an hour'],
    rows: memory.map(({ store, at, clients, minutes, rows, pulls, samples }) => {
      const rss = growthOf(samples, ({ rssMb }) => rssMb);
      const heap = growthOf(samples, ({ heapMb }) => heapMb);
      const line = ({ fromMb, toMb }: typeof rss): string => `${Math.round(fromMb)} → ${Math.round(toMb)}`;
      return [NAMES[store], at.slice(0, 10), number(minutes), number(clients), number(rows), number(pulls), line(rss), rss.mbAnHour.toFixed(0), rss.isFlat ? 'flat ✓' : 'grows ✗', line(heap), heap.mbAnHour.toFixed(0)];
    }),
  };
}

/** One sentence for each goal. */
export function verdicts(results: ServerResults): readonly string[] {
  const { pushes, pulls, memory, counts } = results;
  const said = (what: string, isReached: boolean, figure: string): string => `${isReached ? 'reached' : 'MISSED '}  ${what}: ${figure}`;
  return [
    ...pushes.flatMap((row) => {
      const goal = goalOf(row);
      return goal === null ? [] : [said(`${NAMES[row.store]}, ${row.clients} clients, ${row.batch} in a request: at least ${percent(goal)} of the floor`, row.ofFloor >= goal, percent(row.ofFloor))];
    }),
    ...pulls.map((row) => said(`${NAMES[row.store]}, ${row.changes} changes among ${number(row.rows)} rows: at most ${PULL_GOAL} times the query, HTTP not counted`, ownOf(row) <= PULL_GOAL, `${ownOf(row).toFixed(1)} times`)),
    ...memory.map(({ store, minutes, samples }) => {
      const { isFlat, mbAnHour } = growthOf(samples, ({ rssMb }) => rssMb);
      return said(`${NAMES[store]}, memory flat over ${minutes} minutes`, isFlat, `${mbAnHour.toFixed(0)} MB an hour`);
    }),
    ...counts.map(({ store, acknowledged, stored, different }) => said(`${NAMES[store]}, each acknowledged response once`, acknowledged === stored && stored === different, `${acknowledged} acknowledged, ${stored} stored`)),
  ];
}

/** Rows a second, with the least and the most of the rounds. */
function rateText({ min, median, max }: Spread): string {
  return `${number(Math.round(median))} (${number(Math.round(min))}–${number(Math.round(max))})`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function fine(ms: number): string {
  return ms.toFixed(3);
}

function mark(isGood: boolean): string {
  return isGood ? ' ✓' : ' ✗';
}
