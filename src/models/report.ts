/**
 * What a report to support says, in plain words and as the file that is sent.
 */
import type { Diagnostics, Happening, WorkerDiagnostics } from '../sync/diagnostics.ts';
import { words } from '../words.ts';
import { reportWords } from '../words-report.ts';
import { fullTime } from './times.ts';

/** Whatever support may need to know of the app and the engine under it. */
export interface Report extends Diagnostics {
  /** The version of the app. */
  readonly app: string;
}

/** A line that a person reads. */
export interface ReportLine {
  readonly name: string;
  readonly text: string;
}

export function reportLines(report: Report): readonly ReportLine[] {
  const { responses } = report.collections;
  const since = responses?.waitingSince ?? null;
  const lastTry = report.happenings.findLast(({ kind }) => kind === 'push' || kind === 'pull');
  const said = reportWords;
  return [
    { name: said.responses, text: countWords(responses?.states ?? {}) },
    ...(since === null ? [] : [{ name: said.waitingSince, text: fullTime(since) }]),
    { name: said.connection, text: said.connections[report.summary.connection] },
    ...(lastTry === undefined ? [] : [{ name: said.lastTry, text: `${fullTime(lastTry.at)}: ${outcomeWords(lastTry)}` }]),
    { name: said.whenClosed, text: sendsWhenClosed(report.worker) ? said.sends : said.waits },
    { name: said.storage, text: storageWords(report.storage) },
    { name: said.version, text: report.app },
  ];
}

/** In the words of the states; states that share their words are counted together. */
function countWords(states: Readonly<Record<string, number>>): string {
  const counts = new Map<string, number>();
  for (const [state, name] of Object.entries(words.states)) counts.set(name, (counts.get(name) ?? 0) + (states[state] ?? 0));
  const found = [...counts].filter(([, count]) => count > 0).map(([name, count]) => `${name}: ${count}`);
  return found.length === 0 ? reportWords.none : found.join(' · ');
}

const WORKED: ReadonlySet<string> = new Set(['page', 'applied', 'duplicate', 'merged']);

function outcomeWords({ outcomes, status }: Happening): string {
  if (outcomes.every((each) => WORKED.has(each))) return reportWords.worked;
  if (outcomes.every((each) => each === 'offline' || each === 'queued')) return reportWords.noAnswer;
  return reportWords.ended(outcomes.join(', '), status);
}

const sendsWhenClosed = ({ state, backgroundSync }: WorkerDiagnostics): boolean => state === 'active' && backgroundSync !== 'unsupported' && backgroundSync !== 'denied';

function storageWords({ local, persisted }: Report['storage']): string {
  const percent = Math.ceil((100 * local.usedUnits) / local.quotaUnits);
  return `${reportWords.full(percent)}, ${persisted === true ? reportWords.persisted : reportWords.notPersisted}`;
}

/** As it is sent: JSON that a person can read too. */
export const reportFile = (report: Report): string => JSON.stringify(report, null, 2);

/** `outpost-report-2026-05-01`, by the day that it was taken on. */
export const reportName = (report: Report): string => `outpost-report-${report.at.slice(0, 10)}`;
