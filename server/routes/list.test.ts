import { expect, onTestFinished, test } from 'vitest';
import type { PullPage, SyncAnswer } from '../../protocol/index.ts';
import { createServer } from '../index.ts';
import { Client, putQuestionnaire, response, signInMember, signInOwner, temporaryFolder } from '../testing/server.ts';

const DAY_MS = 24 * 60 * 60_000;

async function setUp() {
  let time = Date.parse('2026-11-22T00:00:00Z');
  const dataDir = temporaryFolder();
  const now = () => time;
  const server = await createServer({ dataDir, now });
  let open = server;
  onTestFinished(() => open.close());
  const owner = await signInOwner(server);
  const form = await putQuestionnaire(owner);
  const put = async (client: Client, depth: number, id: string = crypto.randomUUID()): Promise<string> =>
    (await client.send('PUT', `/responses/${id}`, response(form, { depth }))).json<{ ServerId: string }>().ServerId;
  const pass = (ms: number) => {
    time += ms;
  };
  /** What is older than it need be is forgotten at every start. */
  const restart = async (): Promise<Client> => {
    await open.close();
    open = await createServer({ dataDir, now });
    return new Client(open, owner.headers);
  };
  return { server, owner, put, pass, restart };
}

async function page(client: Client, since: string, more = ''): Promise<PullPage> {
  return (await client.send('GET', `/responses?since=${since}${more}`)).json();
}

test('the whole collection has a tag: unchanged gives 304, changed gives the new one', async () => {
  const { owner, put } = await setUp();
  const id = await put(owner, 1);
  const first = await owner.send('GET', '/responses');
  const etag = String(first.headers.etag);
  expect(first.headers['cache-control']).toBe('private, no-cache');
  const unchanged = await owner.send('GET', '/responses', undefined, { 'if-none-match': etag });
  expect([unchanged.statusCode, unchanged.body, unchanged.headers['outpost-protocol']]).toEqual([304, '', '1']);
  expect((await owner.send('GET', '/responses', undefined, { 'if-none-match': `"x", W/${etag}` })).statusCode).toBe(304);
  await owner.send('DELETE', `/responses/${id}`);
  const changed = await owner.send('GET', '/responses', undefined, { 'if-none-match': etag });
  expect([changed.statusCode, changed.json()]).toEqual([200, []]);
});

test('pages come in the order of commits, each change once, the deleted ones as tombstones', async () => {
  const { owner, put } = await setUp();
  const ids = [await put(owner, 1), await put(owner, 2), await put(owner, 3)];
  const first = await page(owner, '', '&limit=2');
  expect(first).toMatchObject({ More: true, Reset: false, Changes: [{ Id: ids[0], Version: 1 }, { Id: ids[1] }] });
  await put(owner, 11, ids[0]);
  await owner.send('DELETE', `/responses/${ids[1]}`);
  const second = await page(owner, first.Cursor, '&limit=1000');
  expect(second).toMatchObject({ More: false, Changes: [{ Id: ids[2] }, { Id: ids[0], Version: 2 }, { Id: ids[1], Version: 2, Deleted: true }] });
  expect(await page(owner, second.Cursor)).toEqual({ Changes: [], Cursor: second.Cursor, More: false, Reset: false });
});

test('a brief page: of what the asking device has written last only the Version, all else in full', async () => {
  const { owner } = await setUp();
  const form = await putQuestionnaire(owner);
  const [mine, others] = [crypto.randomUUID(), crypto.randomUUID()];
  const push = async (device: string, id: string, Revision: number, depth: number): Promise<string> => {
    const Push = [{ Collection: 'responses', Id: id, Revision, Base: Revision - 1, Op: 'put', Attributes: response(form, { depth }) }];
    const { Results } = (await owner.send('POST', '/sync', { Device: device, Push })).json<SyncAnswer>();
    return Results.map((result) => ('ServerId' in result ? result.ServerId : '')).join();
  };
  const brief = async (device: string, more = ''): Promise<PullPage> => (await owner.send('GET', `/responses?since=&brief=1${more}`, undefined, { 'outpost-device': device })).json();
  const first = await push(mine, crypto.randomUUID(), 1, 1);
  const second = await push(mine, crypto.randomUUID(), 1, 2);
  const third = await push(others, crypto.randomUUID(), 1, 3);
  await push(others, first, 2, 4);
  expect(await brief(mine)).toMatchObject({ Own: [{ Id: second, Version: 1 }], Changes: [{ Id: third, Version: 1 }, { Id: first, Version: 2, Attributes: { answers: { depth: 4 } } }], More: false });
  expect(await brief(others)).toMatchObject({ Own: [{ Id: third, Version: 1 }, { Id: first, Version: 2 }], Changes: [{ Id: second, Version: 1 }] });
  expect(await brief(mine, '&limit=1')).toMatchObject({ Own: [{ Id: second }], Changes: [], More: true });
  expect((await page(owner, '')).Own).toBeUndefined();
  await owner.send('POST', '/sync', { Device: mine, Push: [{ Collection: 'responses', Id: second, Revision: 2, Base: 1, Op: 'delete' }] });
  expect(await brief(mine)).toMatchObject({ Own: [], Changes: [{ Id: third }, { Id: first }, { Id: second, Version: 2, Deleted: true }] });
});

test('a page has at most 2 MB, and a record that is larger is a page of its own', async () => {
  const { owner } = await setUp();
  const questionnaire = (bytes: number) => ({
    title: 'Long',
    languages: ['en'],
    questions: Array.from({ length: Math.ceil(bytes / 5_000) }, (_, i) => ({ name: `q${i}`, type: 'text', label: 'x'.repeat(4_900) })),
  });
  for (const bytes of [900_000, 900_000, 2_500_000, 1_000]) await owner.send('PUT', `/questionnaires/${crypto.randomUUID()}`, questionnaire(bytes));
  const sizes: number[] = [];
  for (let since = '', more = true; more;) {
    const { Changes, Cursor, More }: PullPage = (await owner.send('GET', `/questionnaires?since=${since}`)).json();
    sizes.push(Changes.length);
    since = Cursor;
    more = More;
  }
  // The two that every new server and this test begin with are small.
  expect(sizes).toEqual([4, 1, 1]);
});

test('away for longer than tombstones are kept: the cursor starts over, and pages to the end', async () => {
  const { owner, put, pass, restart } = await setUp();
  const kept = [await put(owner, 1), await put(owner, 2)];
  const { Cursor: before } = await page(owner, '');
  const deleted = await put(owner, 3);
  const { Cursor: knowing } = await page(owner, '');
  await owner.send('DELETE', `/responses/${deleted}`);
  const { Cursor: after } = await page(owner, knowing);

  pass(91 * DAY_MS);
  const later = await restart();
  expect(await page(later, after)).toMatchObject({ Reset: false, Changes: [] });
  expect(await page(later, before)).toMatchObject({ Reset: true });
  const first = await page(later, knowing, '&limit=1');
  expect(first).toMatchObject({ Reset: true, More: true, Changes: [{ Id: kept[0] }] });
  const second = await page(later, first.Cursor, '&limit=1');
  expect(second).toMatchObject({ Reset: false, More: false, Changes: [{ Id: kept[1] }] });
});

test('within 90 days a tombstone is still there', async () => {
  const { owner, put, pass, restart } = await setUp();
  const id = await put(owner, 1);
  const { Cursor } = await page(owner, '');
  await owner.send('DELETE', `/responses/${id}`);
  pass(89 * DAY_MS);
  const later = await restart();
  expect(await page(later, Cursor)).toMatchObject({ Reset: false, Changes: [{ Id: id, Deleted: true }] });
});

test('a cursor of nobody, of another database or of another view starts over', async () => {
  const { owner, put } = await setUp();
  const other = await setUp();
  await put(owner, 1);
  const { Cursor: elsewhere } = await page(other.owner, '');
  const { Cursor: ownOnly } = await page(owner, '', '&own=1');
  for (const since of ['nonsense', elsewhere, ownOnly]) {
    expect(await page(owner, since)).toMatchObject({ Reset: true, Changes: [{ Version: 1 }] });
  }
});

test('a member sees and touches only their own responses; an owner sees all, and with own=1 only theirs', async () => {
  const { server, owner, put } = await setUp();
  const member = await signInMember(server, owner);
  const ofOwner = await put(owner, 1);
  const ofMember = await put(member, 2);
  const seen = async (client: Client, query = '') => (await client.send('GET', `/responses${query}`)).json<{ id: string }[]>().map(({ id }) => id);
  expect(await seen(owner)).toEqual([ofOwner, ofMember]);
  expect(await seen(owner, '?own=1')).toEqual([ofOwner]);
  expect(await seen(member)).toEqual([ofMember]);
  expect((await page(member, '')).Changes.map(({ Id }) => Id)).toEqual([ofMember]);
  const foreign = await member.send('DELETE', `/responses/${ofOwner}`);
  const nobodys = await member.send('DELETE', `/responses/${ofOwner.replaceAll(/./g, '0')}`);
  expect([foreign.statusCode, { ...foreign.json<object>(), ClientId: '' }]).toEqual([nobodys.statusCode, { ...nobodys.json<object>(), ClientId: '' }]);
  expect(foreign.statusCode).toBe(404);
});

test('the same temporary id of two accounts makes two records, and neither hears of the other', async () => {
  const { server, owner, put } = await setUp();
  const member = await signInMember(server, owner);
  const id = crypto.randomUUID();
  const ofMember = await put(member, 1, id);
  const ofOwner = await put(owner, 2, id);
  // An owner sees the member's record under that id, so theirs is an edit of it.
  expect(ofOwner).toBe(ofMember);
  const second = crypto.randomUUID();
  const first = await put(owner, 3, second);
  expect(await put(member, 4, second)).not.toBe(first);
});

test('a query that is not as it should be is refused', async () => {
  const { owner } = await setUp();
  for (const query of ['since=x&limit=0', 'limit=1001&since=', 'limit=ten', 'own=yes']) {
    const answer = await owner.send('GET', `/responses?${query}`);
    expect([query, answer.statusCode]).toEqual([query, 400]);
  }
});
