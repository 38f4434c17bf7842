/**
 * What a command of `outpost` is, and what it may rely on.
 */

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What was given on the command line. */
export interface Given {
  /** Of an option that takes a value; null if it was not given. */
  text(name: string): string | null;
  /** Of one that takes none. */
  flag(name: string): boolean;
  readonly arguments: readonly string[];
}

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly in: NodeJS.ReadableStream;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Command {
  /** As it is typed: `user add`. */
  readonly name: string;
  /** One line of the list. */
  readonly summary: string;
  /** What is said below it by its own help. */
  readonly details: string;
  /** Names of what follows the options, in order; all are needed. */
  readonly arguments: readonly string[];
  readonly options: Options;
  /** @throws Refused, StoreUnusable or BackupUnusable for what a person can do something about */
  run(given: Given, io: Io): Promise<void>;
}

/** Something that a person can do something about, in a sentence. Exit code 1. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** The command was not typed as it has to be. Exit code 2. */
export class Mistyped extends Error {
  override readonly name = 'Mistyped';
}

export const DATA: Options = { data: { type: 'string', short: 'd', value: 'FOLDER', help: 'where the data is; DATABASE_URL, else DATA_DIR, else ./data' } };

export function dataDirOf(given: Given, { env }: Io): string {
  return given.text('data') ?? (env['DATA_DIR'] || './data');
}

/** Null for files. Whoever names a folder means it. */
export function databaseUrlOf(given: Given, { env }: Io): string | null {
  return given.text('data') === null ? env['DATABASE_URL'] || null : null;
}
