/**
 * The help of `outpost` and of each command. Pure.
 */
import type { Command, Options } from './command.ts';

const WIDTH = 26;
/** The longest line of running text. */
const LINE = 80;

export function helpOf(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => row(name, summary));
  return `Usage: outpost COMMAND [OPTIONS]\n\nRuns the Outpost server and looks after what it stores.\n\nCommands:\n${lines.join('')}\nOptions:\n${rows(GENERAL)}\nOf one command: outpost COMMAND --help\n`;
}

export function helpOfOne({ name, summary, details, arguments: names, options }: Command): string {
  const usage = ['Usage: outpost', name, '[OPTIONS]', ...names].join(' ');
  return `${usage}\n\n${summary}\n${details === '' ? '' : `\n${wrapped(details)}\n`}\nOptions:\n${rows({ ...options, help: HELP })}`;
}

function wrapped(text: string): string {
  return text.replaceAll(new RegExp(`(.{1,${LINE}})(?: |$)`, 'g'), '$1\n').trimEnd();
}

const HELP = { type: 'boolean', short: 'h', help: 'this text' } as const;
const GENERAL: Options = { help: HELP, version: { type: 'boolean', help: 'which Outpost this is' } };

function rows(options: Options): string {
  return Object.entries(options)
    .map(([name, { short, value, help }]) => row(`${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`, help))
    .join('');
}

function row(left: string, right: string): string {
  return `  ${left.padEnd(WIDTH)}${left.length < WIDTH ? '' : `\n  ${''.padEnd(WIDTH)}`}${right}\n`;
}
