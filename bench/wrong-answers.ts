/**
 * (i): a network that is there and answers wrongly while rows are sent, and then is well again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Later } from '../tests/harness/later.ts';
import { startProxy, type Fault, type Proxy, type Seen } from '../tests/harness/proxy.ts';
import { until } from '../tests/harness/until.ts';
import { startPeer, type Peer } from './peer.ts';
import type { Measured } from './results.ts';
import { makeRows } from './rows.ts';
import { orLost, ownSite, settle } from './settle.ts';
import { Device, type Stage } from './stage.ts';
import type { Entrant } from './trials.ts';

/** So many rows wait when the network comes back. */
const WAITING = 30;
/** So long it answers wrongly at least: time for more than one attempt of most. */
const WRONG_MS = 3_000;

interface Wrong {
  readonly work: 'i-500' | 'i-401' | 'i-lost' | 'i-portal';
  readonly fault: Fault;
  readonly strikes: (request: Seen) => boolean;
}

/** The page and what belongs to it: a device in the field has it already. */
const isFile = ({ method, path }: Seen): boolean => method === 'GET' && (path === '/' || /\.(js|wasm|ico)$/.test(path));
const isData = (request: Seen): boolean => !isFile(request);
/** Whatever it is called: it carries rows. */
const isPush = ({ body }: Seen): boolean => body.includes('"remark":"');

const ALL_WRONG: readonly Wrong[] = [
  { work: 'i-500', strikes: isData, fault: { kind: 'answer', status: 500, contentType: 'text/plain', body: 'Internal Server Error' } },
  { work: 'i-401', strikes: isData, fault: { kind: 'answer', status: 401, contentType: 'application/json', body: '{"error":"unauthorized"}' } },
  { work: 'i-lost', strikes: isPush, fault: { kind: 'lose answer', at: Promise.resolve() } },
  { work: 'i-portal', strikes: isData, fault: { kind: 'answer', status: 200, contentType: 'text/html', body: '<!doctype html><title>Sign in to this Wi-Fi</title>' } },
];

/** All wrong answers at the same time, each on a device and with a server of its own: those who lose rows take half a minute for each. */
export function tryWrongAnswers(stage: Stage, entrant: Entrant): Promise<Measured[]> {
  return Promise.all(ALL_WRONG.map((wrong) => orLost(stage, { contender: entrant.name, work: wrong.work, n: WAITING }, () => tryOnNewDevice(stage, entrant, wrong))));
}

async function tryOnNewDevice(stage: Stage, entrant: Entrant, wrong: Wrong): Promise<Pick<Measured, 'lost' | 'doubled'>> {
  const undo: (() => Promise<void>)[] = [];
  const later: Later = (each) => void undo.push(each);
  try {
    const behind = await startPeer(entrant.module, entrant.bundle.folder);
    later(() => behind.stop());
    const proxy = await startProxy(later, { port: Number(new URL(behind.url).port) });
    const peer = ownSite(behind, new URL(proxy.url).port);
    const device = await Device.open(stage, peer, { syncTag: entrant.about.syncTag, isUsedToErrors: true });
    later(() => device.close());
    await device.timed(['open'], ['pull']);
    return await tryOne(device, peer, proxy, wrong);
  } finally {
    for (const each of undo.toReversed()) await each();
  }
}

async function tryOne(device: Device, peer: Peer, proxy: Proxy, { fault, strikes }: Wrong): Promise<Pick<Measured, 'lost' | 'doubled'>> {
  const rows = makeRows(WAITING, peer.questionnaireId);
  await device.offline();
  await device.timed(['createEach', rows]);
  const set = proxy.fault(strikes, fault);
  const trying = device.online().then(() => device.syncs(WRONG_MS));
  await Promise.all([trying, pause(WRONG_MS), until('something is answered wrongly', () => set.struck.length > 0)]);
  set.lift();
  return settle(device, peer, new Set(rows.map(({ id }) => id)));
}
