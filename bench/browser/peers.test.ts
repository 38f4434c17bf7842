/**
 * That the peers do their work at all: what is measured must be what was asked for.
 */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startProxy, type Seen } from '../../tests/harness/proxy.ts';
import { until } from '../../tests/harness/until.ts';
import { bundle } from '../bundle.ts';
import { startPeer, type Peer } from '../peer.ts';
import { makeRows } from '../rows.ts';
import { Device, openStage } from '../stage.ts';

const N = 100;
const CHANGED = 10;

/** Where each peer's server gives out all that it has. */
const PEERS = {
  pouchdb: 'db/responses/_all_docs?include_docs=true',
  rxdb: 'api/pull?sequence=0&limit=1000',
  tanstack: 'api/responses?since=0',
};

/** A browser that has never seen the server, as far as `open` takes it. */
async function newDevice(peer: Peer): Promise<Device> {
  const stage = await openStage();
  onTestFinished(() => stage.close());
  const device = await Device.open(stage, peer);
  await device.timed(['open'], ['pull']);
  return device;
}

async function startServer(name: string): Promise<Peer> {
  const source = join(import.meta.dirname, '..', 'contenders', name);
  const { folder } = await bundle(name, source, false);
  const peer = await startPeer(join(source, 'server.ts'), folder);
  onTestFinished(() => peer.stop());
  return peer;
}

/** @returns how many rows the server has whose remark was edited so often */
async function edited(peer: Peer, path: string, times: number): Promise<number> {
  const answer = await fetch(peer.url + path);
  return (await answer.text()).split(`"remark":"${String(times).padStart(3, '0')} `).length - 1;
}

test.for(Object.entries(PEERS))('%s: rows created offline arrive once each; so do edits from both sides, here, on a new device and after a restart', async ([name, path]) => {
  const peer = await startServer(name);
  const rows = makeRows(N, peer.questionnaireId);
  const [here, there] = [rows.slice(0, CHANGED), rows.slice(-CHANGED)].map((some) => some.map(({ id }) => id));
  if (here === undefined || there === undefined) throw new Error('There are no rows.');

  const device = await newDevice(peer);
  await device.offline();
  await device.timed(['createAll', rows.slice(0, N / 2)], ['createEach', rows.slice(N / 2)]);
  expect([await device.list(), await peer.count()]).toEqual([N, { rows: 0, distinct: 0 }]);

  await device.timedOnline(['sync']);
  expect(await peer.count()).toEqual({ rows: N, distinct: N });

  await device.timed(['change', here], ['sync']);
  expect([await peer.count(), await edited(peer, path, 1)]).toEqual([{ rows: N, distinct: N }, CHANGED]);

  const fresh = await newDevice(peer);
  expect(await fresh.list()).toBe(N);
  await fresh.timed(['change', here], ['sync']);
  expect(await edited(peer, path, 2), 'an edit of what was fetched').toBe(CHANGED);

  await peer.change(there);
  await device.timed(['pull'], ['change', [...here, ...there]], ['sync']);
  expect([await edited(peer, path, 3), await edited(peer, path, 2)], 'edits of what others had edited').toEqual([CHANGED, CHANGED]);

  const asked: string[] = [];
  device.page.on('request', (request) => asked.push(request.url()));
  await device.reload();
  await device.timed(['open']);
  expect(await device.list(), 'after a restart').toBe(N);
  expect(asked.filter((url) => /\/(api|db)\//.test(url)), 'asked for at a restart').toEqual([]);
});

test.for(Object.keys(PEERS))('%s: what a closed page had not sent is sent by the next', async (name) => {
  const peer = await startServer(name);
  const rows = makeRows(N, peer.questionnaireId);
  const device = await newDevice(peer);
  await device.offline();
  await device.timed(['createAll', rows]);
  await device.page.goto('about:blank');
  await device.online();
  await device.reload();
  await device.offline();
  await device.timed(['open']);
  await device.timedOnline(['sync']);
  expect([await device.list(), await peer.count()]).toEqual([N, { rows: N, distinct: N }]);
});

test.for(Object.keys(PEERS))('%s: as long as the server takes nothing, sync does not resolve; when it does, the server has every row', async (name) => {
  const behind = await startServer(name);
  const proxy = await startProxy(onTestFinished, { port: Number(new URL(behind.url).port) });
  const peer = { ...behind, url: `${proxy.url}/` };
  const device = await newDevice(peer);
  await device.offline();
  await device.timed(['createEach', makeRows(N, peer.questionnaireId)]);

  const carriesRows = ({ body }: Seen): boolean => body.includes('"remark":"');
  const refusal = proxy.fault(carriesRows, { kind: 'cut request' });
  let isDone = false;
  const synced = device.timedOnline(['sync']).then(() => {
    isDone = true;
  });
  await until('it has tried twice', () => refusal.struck.length >= 2, 60_000);
  // What the page has said until now is heard before its next answer.
  await device.list();
  expect([isDone, await peer.count()]).toEqual([false, { rows: 0, distinct: 0 }]);

  refusal.lift();
  const loss = proxy.fault(carriesRows, { kind: 'lose answer', at: Promise.resolve() });
  await until('the server has stored rows and the page does not know it', () => loss.answered.length > 0, 60_000);
  await device.list();
  expect(isDone).toBe(false);

  loss.lift();
  await synced;
  expect(await peer.count()).toEqual({ rows: N, distinct: N });
});
