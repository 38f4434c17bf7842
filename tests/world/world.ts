/**
 * Many histories from one seed, and the first that breaks something, made short.
 */
import fc from 'fast-check';
import { buildPrograms, type SourceChange } from './bundles.ts';
import { described, histories, type History } from './history.ts';
import { DeadProgram } from './life.ts';
import { runHistory } from './run.ts';
import { openWorldServer } from './server.ts';
import { shrink } from './shrink.ts';

export interface Verdict {
  /** How many histories were run until one broke, or all. */
  readonly ran: number;
  readonly broken: { readonly history: History; readonly what: readonly string[] } | null;
}

export interface Wanted {
  readonly histories: number;
  readonly seed: number;
  /** Faults to put into the sources. */
  readonly changes?: readonly SourceChange[];
  /** Keys of localStorage that no crash undoes. */
  readonly keptInCrashes?: (key: string) => boolean;
}

/** Histories are made so many at a time. */
const BATCH = 500;

export async function runWorld({ histories: wanted, seed, changes = [], keptInCrashes = () => false }: Wanted): Promise<Verdict> {
  const [programs, server] = await Promise.all([buildPrograms(changes), openWorldServer()]);
  const unhandled: unknown[] = [];
  const hear = (reason: unknown): void => void (isOfTheDead(reason) || unhandled.push(reason));
  process.on('unhandledRejection', hear);
  const run = async (history: History): Promise<readonly string[]> => {
    const found = await runHistory(history, { programs, server, keptInCrashes });
    return [...found, ...unhandled.splice(0).map((reason) => `Nobody caught: ${String(reason)}`)];
  };
  try {
    for (let ran = 0; ran < wanted; ) {
      for (const history of fc.sample(histories, { seed: seed + ran, numRuns: Math.min(BATCH, wanted - ran) })) {
        ran += 1;
        if ((await run(history)).length === 0) continue;
        const shortest = await shrink(history, async (shorter) => (await run(shorter)).length > 0);
        return { ran, broken: { history: shortest, what: await run(shortest) } };
      }
    }
    return { ran: wanted, broken: null };
  } finally {
    process.off('unhandledRejection', hear);
    await server.close();
  }
}

/** What a killed program has begun is aborted, and it hears of that where nobody listens any more. */
function isOfTheDead(reason: unknown): boolean {
  // A transaction that is aborted from outside has no error of its own.
  return reason === null || reason instanceof DeadProgram || (reason instanceof DOMException && ['AbortError', 'InvalidStateError', 'TransactionInactiveError'].includes(reason.name));
}

/** For people; the last line says how many histories there were and how many broke. */
export function report({ ran, broken }: Verdict, seed: number): string {
  if (broken === null) return `${ran} histories, 0 broken`;
  return [...broken.what, `seed ${seed}, history ${ran}, shortened to ${broken.history.moments.length} steps:`, described(broken.history), `${ran} histories, 1 broken`].join('\n');
}
