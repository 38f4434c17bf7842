/**
 * The command line as somebody types it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createServer } from '../index.ts';
import { Client, OWNER, QUESTIONNAIRE, having, openServer, putQuestionnaire, response, signIn, signInOwner, temporaryFolder, textLike, textWith } from '../testing/server.ts';
import { COMMANDS } from './commands.ts';
import { runCli } from './run.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function outpost(...words: string[]): Promise<Said> {
  return outpostAt(0, '', ...words);
}

/** @param now milliseconds since 1970 */
async function outpostAt(now: number, input: string, ...words: string[]): Promise<Said> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([textOf(out), textOf(err)]);
  const code = await runCli(words, { env: {}, in: Readable.from([input]), out, err, now: () => now });
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

describe('people', () => {
  test('the first account owns the first workspace, and finds the sample; others join it in their role, or own a new one', async () => {
    const dataDir = temporaryFolder();
    const first = await outpost('user', 'add', '-d', dataDir, 'olive@example.org');
    expect(first).toMatchObject({ code: 0, err: '', out: textLike(/^olive@example\.org is the owner of the first workspace\.\nThe password, shown this once: [\w-]{16}\n$/) });
    expect(await outpostAt(0, 'a password of Max\n', 'user', 'add', '-d', dataDir, '--name', 'Max', '--role', 'viewer', '--password-stdin', 'max@example.org')).toEqual({ code: 0, err: '', out: 'max@example.org is viewer in olive’s workspace.\n' });
    expect(await outpost('user', 'add', '-d', dataDir, '--new-workspace', 'nell@example.org')).toMatchObject({ code: 0, out: textWith('owner of a new workspace') });

    const server = await openServer({ dataDir });
    const session = async (email: string, password: string) => (await (await signIn(server, { email, password })).send('GET', '/session')).json<{ Account: { Name: string }; Workspaces: { Role: string; Id: string }[] }>();
    const olive = await session('olive@example.org', first.out.trim().split(' ').at(-1) ?? '');
    const max = await session('max@example.org', 'a password of Max');
    expect([olive.Workspaces[0]?.Role, max.Account.Name, max.Workspaces]).toEqual(['owner', 'Max', [having({ Id: olive.Workspaces[0]?.Id, Role: 'viewer' })]]);
    expect((await (await signIn(server, { email: 'max@example.org', password: 'a password of Max' })).send('GET', '/questionnaires')).json()).toHaveLength(1);
  });

  test.each([
    [['olive@example.org'], 1, /has an account already/],
    [['nobody'], 2, /“nobody” is no e-mail address/],
    [['new@example.org', '--role', 'king'], 2, /A role is one of owner, editor, collector, viewer/],
    [['new@example.org', '--workspace', 'nowhere'], 1, /There is no workspace nowhere\. There are: [\w-]+ \(Olive’s workspace\)/],
    [['new@example.org', '--password-stdin'], 1, /8 to 128 characters/],
  ])('user add %j is refused', async (words, code, message) => {
    const { dataDir } = await furnished();
    expect(await outpost('user', 'add', '-d', dataDir, ...words)).toEqual({ code, out: '', err: textLike(message) });
  });

  test('a key speaks for its account, in its role or a lesser one, and stands alone on standard output', async () => {
    const { dataDir } = await furnished();
    await outpost('user', 'add', '-d', dataDir, 'max@example.org');
    const { out, code } = await outpost('key', 'create', '-d', dataDir, OWNER.email, '--role', 'viewer');
    expect([code, out]).toEqual([0, textLike(/^outpost_[\w-]{43}\n$/)]);
    expect(await outpost('key', 'create', '-d', dataDir, 'max@example.org', '--role', 'owner')).toMatchObject({ code: 1, out: '', err: textWith('is collector there and cannot have a key that is owner') });
    expect(await outpost('key', 'create', '-d', dataDir, 'nobody@example.org')).toMatchObject({ code: 1, err: 'Nobody has the address nobody@example.org.\n' });
    const server = await openServer({ dataDir });
    const program = new Client(server, { authorization: `Bearer ${out.trim()}` });
    expect((await program.send('GET', '/session')).json()).toMatchObject({ Account: { Email: OWNER.email }, Workspaces: [{ Role: 'viewer' }] });
  });
});

describe('deletion', () => {
  async function withMember() {
    const { dataDir, form } = await furnished();
    await outpostAt(0, 'a password of Max', 'user', 'add', '-d', dataDir, '--password-stdin', 'max@example.org');
    const server = await createServer({ dataDir });
    const max = await signIn(server, { email: 'max@example.org', password: 'a password of Max' });
    for (const depth of [3, 4]) await max.send('PUT', `/responses/${crypto.randomUUID()}`, response(form, { depth, colour: 'of Max' }));
    await max.send('POST', '/keys', { Name: 'script' });
    await server.close();
    return { dataDir, form, max };
  }
  const said = (dataDir: string) => {
    const databases = ['outpost.sqlite', 'accounts.sqlite'].map((name) => new Database(join(dataDir, name), { readonly: true }));
    onTestFinished(() => databases.forEach((each) => each.close()));
    const tables = databases.map((each) => each.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all());
    return JSON.stringify(databases.map((each, at) => tables[at]?.map((name) => each.prepare(`SELECT * FROM "${String(name)}"`).all())));
  };

  test('of an account: first it is only said; then what it wrote, its name, sessions and keys are nowhere, and everybody else’s are there', async () => {
    const { dataDir, form, max } = await withMember();
    const before = said(dataDir);
    expect(await outpost('user', 'delete', '-d', dataDir, 'max@example.org')).toEqual({ code: 0, err: '', out: 'This would delete max (max@example.org), 2 responses and 0 workspaces. Give --yes to do it.\n' });
    expect(said(dataDir)).toBe(before);
    expect(before).toContain('of Max');
    expect(await outpost('user', 'delete', '-d', dataDir, '--yes', 'max@example.org')).toEqual({ code: 0, err: '', out: 'Deleted: max (max@example.org), 2 responses and 0 workspaces, 1 sessions, 1 keys.\n' });
    expect(said(dataDir)).not.toMatch(/of Max|max@example/);
    expect(await outpost('user', 'delete', '-d', dataDir, '--yes', 'max@example.org')).toMatchObject({ code: 1, err: textWith('Nobody has the address') });

    const server = await openServer({ dataDir });
    expect((await new Client(server, max.headers).send('GET', '/session')).statusCode).toBe(401);
    const owner = await signIn(server, OWNER);
    expect((await owner.send('GET', '/responses')).json()).toHaveLength(2);
    // An owner’s device hears of it.
    const { Changes } = (await owner.send('GET', '/responses?since=')).json<{ Changes: { Deleted?: boolean }[] }>();
    expect(Changes.filter(({ Deleted }) => Deleted)).toHaveLength(3);
    expect((await owner.send('GET', `/questionnaires/${form}`)).statusCode).toBe(200);
    await server.close();
    expect(await outpost('check', '-d', dataDir)).toMatchObject({ code: 0 });
  });

  test('of the only owner of a place where others are: refused; of the last person there: the place goes as well', async () => {
    const { dataDir } = await withMember();
    expect(await outpost('user', 'delete', '-d', dataDir, '--yes', OWNER.email)).toMatchObject({ code: 1, out: '', err: textWith('is the only owner of Olive’s workspace') });
    await outpost('user', 'delete', '-d', dataDir, '--yes', 'max@example.org');
    expect(await outpost('user', 'delete', '-d', dataDir, '--yes', OWNER.email)).toMatchObject({ code: 0, out: textWith('2 responses and 1 workspaces') });
    expect(said(dataDir)).not.toMatch(/olive|Olive|blue|=1\+1/);
    expect(await outpost('user', 'add', '-d', dataDir, 'new@example.org')).toMatchObject({ out: textWith('owner of the first workspace') });
  });

  test('of what is older than its days: first it is only counted', async () => {
    const { dataDir } = await withMember();
    const inDays = (days: number) => Date.now() + days * 24 * 60 * 60_000;
    const retention = (days: number, ...words: string[]) => outpostAt(inDays(days), '', 'retention', '-d', dataDir, '--days', '30', ...words);
    expect(await retention(29, '--yes')).toMatchObject({ code: 0, out: textLike(/^Olive’s workspace \([\w-]+\): 0 responses deleted\.\n$/) });
    expect(await retention(31)).toMatchObject({ code: 0, out: textLike(/: 4 responses would be deleted\.\nGive --yes to do it\.\n$/) });
    expect(await retention(31, '--workspace', 'nowhere')).toMatchObject({ code: 1 });
    expect(await retention(31, '--yes')).toMatchObject({ code: 0, out: textLike(/: 4 responses deleted\.\n$/) });
    expect(await retention(31, '--yes')).toMatchObject({ out: textLike(/: 0 responses deleted\.\n$/) });
    expect(await outpost('retention', '-d', dataDir)).toMatchObject({ code: 2, err: textWith('--days 365') });
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
