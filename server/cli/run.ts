/**
 * `outpost COMMAND`: finds the command, reads its options, runs it. Exit code 0 if all went well, 1 if something did not that
 * a person can do something about, 2 if the command was not typed as it has to be.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { BackupUnusable } from '../backup/file.ts';
import { CannotStart } from '../start.ts';
import { StoreUnavailable, StoreUnusable } from '../store/store.ts';
import { type Command, type Given, type Io, Mistyped, Refused } from './command.ts';
import { COMMANDS } from './commands.ts';
import { helpOf, helpOfOne } from './help.ts';

/** @returns the exit code */
export async function runCli(words: readonly string[], io: Io): Promise<number> {
  const [first] = words;
  if (first === undefined || first === '--help' || first === '-h') {
    (first === undefined ? io.err : io.out).write(helpOf(COMMANDS));
    return first === undefined ? 2 : 0;
  }
  if (first === '--version') {
    io.out.write(`${readVersion()}\n`);
    return 0;
  }
  const command = COMMANDS.find(({ name }) => name === words.slice(0, name.split(' ').length).join(' '));
  if (command === undefined) {
    io.err.write(`outpost: There is no command “${first}”. See: outpost --help\n`);
    return 2;
  }
  return runOne(command, words.slice(command.name.split(' ').length), io);
}

async function runOne(command: Command, words: readonly string[], io: Io): Promise<number> {
  try {
    const given = read(command, words);
    if (given.flag('help')) io.out.write(helpOfOne(command));
    else await command.run(given, io);
    return 0;
  } catch (error) {
    if (error instanceof Mistyped) {
      io.err.write(`outpost ${command.name}: ${error.message} See: outpost ${command.name} --help\n`);
      return 2;
    }
    if (!isExpected(error)) throw error;
    io.err.write(`${error.message}\n`);
    return 1;
  }
}

function read({ options, arguments: names }: Command, words: readonly string[]): Given {
  const { values, positionals } = parse(words, options);
  if (values['help'] !== true && positionals.length !== names.length) {
    throw new Mistyped(names.length === 0 ? 'It takes no arguments.' : `It takes ${names.join(' and ')}.`);
  }
  return {
    arguments: positionals,
    flag: (name) => values[name] === true,
    text(name) {
      const value = values[name];
      return typeof value === 'string' ? value : null;
    },
  };
}

function parse(words: readonly string[], options: Command['options']) {
  const known = Object.entries({ ...options, help: { type: 'boolean', short: 'h' } as const });
  const config = Object.fromEntries(known.map(([name, { type, short }]) => [name, { type, ...(short === undefined ? {} : { short }) }]));
  try {
    return parseArgs({ args: [...words], options: config, allowPositionals: true });
  } catch (error) {
    // Node says in one sentence what it did not understand, and then how it could be meant.
    if (error instanceof TypeError && 'code' in error) throw new Mistyped(`${error.message.split('. ')[0]?.replace(/\.$/, '') ?? ''}.`);
    throw error;
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof Refused || error instanceof CannotStart || error instanceof StoreUnusable || error instanceof StoreUnavailable || error instanceof BackupUnusable;
}

function readVersion(): string {
  return v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))).version;
}
