/**
 * Results as a table: which columns, and what stands in each cell.
 */
import * as v from 'valibot';
import type { Questionnaire as Definition } from '../../forms/index.ts';
import { decode, type Change } from '../../protocol/index.ts';
import type { Cell } from '../../forms/csv.ts';

const Arrived = v.object({
  questionnaireId: v.string(),
  questionnaireVersion: v.number(),
  answers: v.record(v.string(), v.union([v.string(), v.number(), v.array(v.string()), v.null()])),
  startedAt: v.string(),
  endedAt: v.string(),
});

/** A response that the server has. */
export interface Result extends v.InferOutput<typeof Arrived> {
  readonly id: string;
}

/** What the pages of changes come to: the latest of each response to this questionnaire, the newest first. */
export function resultsOf(changes: readonly Change[], questionnaireId: string): Result[] {
  const results = new Map<string, Result>();
  for (const change of changes) {
    results.delete(change.Id);
    if ('Deleted' in change) continue;
    const read = decode(Arrived, change.Attributes);
    if (read?.questionnaireId === questionnaireId) results.set(change.Id, { id: change.Id, ...read });
  }
  return [...results.values()].toSorted((a, b) => Date.parse(b.endedAt) - Date.parse(a.endedAt));
}

/** The names of the questions in their order; answers to questions of older versions come after them. */
export function columnsOf(definition: Definition | null, results: readonly Result[]): string[] {
  const columns = new Set((definition?.questions ?? []).filter(({ type }) => type !== 'note').map(({ name }) => name));
  for (const { answers } of results) for (const name of Object.keys(answers)) columns.add(name);
  return [...columns];
}

/** One line of the CSV file. */
export const csvRow = (result: Result, columns: readonly string[]): Cell[] => [
  result.id,
  result.questionnaireVersion,
  result.startedAt,
  result.endedAt,
  ...columns.map((name) => result.answers[name]),
];
