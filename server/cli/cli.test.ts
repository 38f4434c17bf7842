/**
 * The command line as somebody types it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createServer } from '../index.ts';
import { OWNER, QUESTIONNAIRE, having, openServer, putQuestionnaire, response, signIn, signInOwner, temporaryFolder, textLike, textWith } from '../testing/server.ts';
import { COMMANDS } from './commands.ts';
import { runCli } from './run.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function outpost(...words: string[]): Promise<Said> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([textOf(out), textOf(err)]);
  const code = await runCli(words, { env: {}, out, err, now: () => 0 });
  out.end();
  err.end();
  const [onOut, onErr] = await said;
  return { code, out: onOut, err: onErr };
}

/** All of it, its mark of UTF-8 included. */
async function textOf(stream: Readable): Promise<string> {
  return (await buffer(stream)).toString();
}

/** A folder with an owner, a questionnaire and answers to it; no server runs on it. */
async function furnished() {
  const dataDir = temporaryFolder();
  const server = await createServer({ dataDir });
  const owner = await signInOwner(server);
  const form = await putQuestionnaire(owner);
  for (const [depth, colour] of [[1, '=1+1'], [2, 'blue, "deep"\nand cold']] as const) await owner.send('PUT', `/responses/${crypto.randomUUID()}`, response(form, { depth, colour }));
  const gone = crypto.randomUUID();
  await owner.send('PUT', `/responses/${gone}`, response(form, { depth: 9 }));
  await owner.send('DELETE', `/responses/${gone}`);
  await server.close();
  return { dataDir, form };
}

describe('help', () => {
  test('names every command; each has its own, with its options', async () => {
    const { code, out, err } = await outpost('--help');
    expect([code, err]).toEqual([0, '']);
    for (const { name, summary, options } of COMMANDS) {
      expect(out).toContain(name);
      expect(out).toContain(summary);
      const own = await outpost(...name.split(' '), '--help');
      expect([own.code, own.err]).toEqual([0, '']);
      for (const option of Object.keys(options)) expect(own.out).toContain(`--${option}`);
      expect(own.out.split('\n').every((line) => line.length <= 110)).toBe(true);
    }
    expect((await outpost('check', '-h')).out).toBe((await outpost('check', '--help')).out);
    expect((await outpost('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [[], /^Usage: outpost/],
    [['start-up'], /^outpost: There is no command “start-up”\. See: outpost --help\n$/],
    [['backup'], /^outpost backup: It takes FILE\. See: outpost backup --help\n$/],
    [['check', 'all'], /^outpost check: It takes no arguments\./],
    [['check', '--fast'], /^outpost check: Unknown option '--fast'\. See/],
    [['check', '--data'], /^outpost check: .*--data.* argument/],
    [['export', 'x', '--format', 'pdf'], /^outpost export: The format is csv or jsonl\./],
  ])('%j is mistyped: exit code 2, and where to look', async (words, message) => {
    const { code, out, err } = await outpost(...words);
    expect([code, out, err]).toEqual([2, '', textLike(message)]);
  });
});

test.each([
  ['check', []],
  ['backup', ['/tmp/nowhere.backup']],
])('%s, where nothing is stored: one line, exit code 1, and nothing is made', async (name, rest) => {
  const dataDir = join(temporaryFolder(), 'none');
  expect(await outpost(name, '--data', dataDir, ...rest)).toEqual({ code: 1, out: '', err: `There is no database ${join(dataDir, 'outpost.sqlite')}. Make one: outpost migrate\n` });
  expect(existsSync(dataDir)).toBe(false);
});

test('migrate makes what is not there, again and again', async () => {
  const dataDir = join(temporaryFolder(), 'new');
  for (let n = 0; n < 2; n += 1) expect(await outpost('migrate', '-d', dataDir)).toEqual({ code: 0, out: 'The database is up to date.\n', err: '' });
  expect((await outpost('check', '-d', dataDir)).out).toBe('All is well.\n');
});

test('check says what is wrong, and that something is', async () => {
  const { dataDir } = await furnished();
  const database = new Database(join(dataDir, 'outpost.sqlite'));
  database.exec('UPDATE sequences SET seq = 1');
  database.close();
  expect(await outpost('check', '-d', dataDir)).toEqual({ code: 1, out: textWith('beyond the sequence'), err: textWith('1 things are wrong') });
});

describe('backup and restore', () => {
  test('there and back by hand; neither replaces anything unless told to', async () => {
    const { dataDir, form } = await furnished();
    const file = join(temporaryFolder(), 'all.backup');
    expect(await outpost('backup', '-d', dataDir, file)).toEqual({ code: 0, out: textLike(/^\d+ rows are in .*all\.backup\.\n$/), err: '' });
    expect(await outpost('backup', '-d', dataDir, file)).toMatchObject({ code: 1, err: textWith('there already') });
    expect(await outpost('backup', '-d', dataDir, '--force', file)).toMatchObject({ code: 0 });

    const there = join(temporaryFolder(), 'there');
    expect(await outpost('restore', '-d', there, file)).toMatchObject({ code: 0, err: '' });
    expect(await outpost('restore', '-d', there, file)).toMatchObject({ code: 1, err: textWith('stored here already') });
    expect(await outpost('restore', '-d', there, file, '-f')).toMatchObject({ code: 0 });
    expect(await outpost('check', '-d', there)).toMatchObject({ code: 0 });
    const owner = await signIn(await openServer({ dataDir: there }), OWNER);
    expect((await owner.send('GET', '/questionnaires')).json()).toContainEqual(having({ id: form, title: QUESTIONNAIRE.title }));
  });

  test('a damaged one is refused in one line', async () => {
    const { dataDir } = await furnished();
    const file = join(temporaryFolder(), 'bad.backup');
    writeFileSync(file, 'no backup');
    expect(await outpost('restore', '-d', dataDir, '--force', file)).toEqual({ code: 1, out: '', err: `${file} is damaged or not whole. Use another backup.\n` });
  });
});

describe('export', () => {
  test('CSV: a line for each response that is not deleted, its answers under the questions, and no formula that runs', async () => {
    const { dataDir, form } = await furnished();
    const { code, out } = await outpost('export', '-d', dataDir, form);
    expect(code).toBe(0);
    const [header, first, second, end] = out.split('\r\n');
    expect(header).toBe('\uFEFFid,version,startedAt,endedAt,depth,colour,smell');
    expect(first).toMatch(/^[\w-]+,1,2026-11-22T09:00:00\+13:00,2026-11-22T09:10:00\+13:00,1,'=1\+1,$/);
    expect(second).toMatch(/,2,"blue, ""deep""\nand cold",$/);
    expect(end).toBe('');
  });

  test('lines of JSON, into a file', async () => {
    const { dataDir, form } = await furnished();
    const file = join(temporaryFolder(), 'responses.jsonl');
    expect(await outpost('export', '-d', dataDir, '--format', 'jsonl', '--output', file, form)).toEqual({ code: 0, out: '', err: '' });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([having({ questionnaireId: form, answers: { depth: 1, colour: '=1+1' } }), having({ answers: having({ depth: 2 }) })]);
  });

  test('an unknown questionnaire, and nobody who could have one', async () => {
    const { dataDir } = await furnished();
    expect(await outpost('export', '-d', dataDir, 'nope')).toEqual({ code: 1, out: '', err: 'There is no questionnaire nope.\n' });
    expect(await outpost('export', '-d', temporaryFolder(), 'nope')).toEqual({ code: 1, out: '', err: 'Nobody has signed up here yet.\n' });
  });
});

test('as processes: started, backed up while it runs, killed, put back to before, started again', async () => {
  const { dataDir, form } = await furnished();
  const file = join(temporaryFolder(), 'live.backup');
  const server = await startProcess(dataDir);
  const exported = async () => {
    const { code, out } = await outpostProcess('export', '--format', 'jsonl', form, '-d', dataDir);
    return [code, out.split('\n').length - 1];
  };
  expect(await outpostProcess('backup', '-d', dataDir, file)).toMatchObject({ code: 0, err: '' });
  expect(await outpostProcess('restore', '-d', dataDir, '--force', file)).toMatchObject({ code: 1, err: textWith('Stop the server first') });
  server.kill('SIGKILL');
  await once(server, 'exit');
  await (async () => {
    const between = await createServer({ dataDir });
    await (await signIn(between, OWNER)).send('PUT', `/responses/${crypto.randomUUID()}`, response(form));
    await between.close();
  })();
  expect(await exported()).toEqual([0, 3]);
  expect(await outpostProcess('restore', '-d', dataDir, '--force', file)).toMatchObject({ code: 0 });
  expect(await exported()).toEqual([0, 2]);
  const again = await startProcess(dataDir);
  const exited = once(again, 'exit');
  again.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
}, 120_000);

function spawnOutpost(words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], { env: { PATH: process.env['PATH'], PORT: '0' } });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function startProcess(dataDir: string): Promise<ChildProcess> {
  const child = spawnOutpost(['start', '--data', dataDir, '--host', '127.0.0.1']);
  if (child.stdout === null) throw new Error('It has no output.');
  for await (const said of child.stdout.iterator({ destroyOnReturn: false })) if (String(said).startsWith('Outpost is running')) return child;
  throw new Error('It did not start.');
}

async function outpostProcess(...words: string[]): Promise<Said> {
  const child = spawnOutpost(words);
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('It has no output.');
  const exited = once(child, 'exit');
  const [out, err] = await Promise.all([textOf(stdout), textOf(stderr)]);
  await exited;
  return { code: child.exitCode ?? -1, out, err };
}
