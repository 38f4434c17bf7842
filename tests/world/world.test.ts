import { describe, expect, onTestFinished, test } from 'vitest';
import { buildPrograms } from './bundles.ts';
import { Chance } from './chance.ts';
import { Clock } from './clock.ts';
import type { History } from './history.ts';
import { Life } from './life.ts';
import { LocalStorageDisk } from './local-storage.ts';
import { runHistory } from './run.ts';
import { openWorldServer, type WorldServer } from './server.ts';
import { shrink } from './shrink.ts';

const HISTORY: History = {
  chance: 7,
  kinds: ['background-sync', 'page-only'],
  quotasUnits: [Infinity, Infinity],
  atEnd: 'mine',
  moments: [
    { step: { kind: 'open', device: 0, account: 0 }, pauseMs: 1_000 },
    { step: { kind: 'open', device: 1, account: 0 }, pauseMs: 1_000 },
    { step: { kind: 'weather', device: 0, weather: 'bad' }, pauseMs: 0 },
    { step: { kind: 'create', tab: 0, finished: true }, pauseMs: 60_000 },
    { step: { kind: 'edit', tab: 1, model: 0, field: 'a' }, pauseMs: 500 },
    { step: { kind: 'edit', tab: 0, model: 0, field: 'a' }, pauseMs: 60_000 },
  ],
};

test('a history goes the same way each time, to the byte', async () => {
  const server = await openWorldServer();
  onTestFinished(() => server.close());
  const programs = await buildPrograms();
  const lived = async (): Promise<readonly string[]> => {
    const seen: string[] = [];
    const watched: WorldServer = {
      ...server,
      serve: async (request, account) => {
        const answer = await server.serve(request, account);
        seen.push(`${request.method} ${request.path} ${request.body?.toString() ?? ''} ${answer.status} ${answer.body}`);
        return answer;
      },
    };
    expect(await runHistory(HISTORY, { programs, server: watched, keptInCrashes: () => false })).toEqual([]);
    return seen;
  };
  const first = await lived();
  expect(first.length).toBeGreaterThan(5);
  expect(await lived()).toEqual(first);
});

describe('a crash of the browser', () => {
  function crashed(pauseMs: number, seed: number): unknown {
    const clock = new Clock(0);
    const disk = new LocalStorageDisk(clock, new Chance(seed), { quotaUnits: Infinity, keptInCrashes: () => false });
    const view = disk.view(new Life(() => {}));
    for (const count of ['1', '2', '3']) view.setItem('count', count);
    clock.now += pauseMs;
    disk.crash();
    return disk.view(new Life(() => {})).getItem('count');
  }

  test('takes any number of the last writes of a minute, the newest first', () => {
    const left = new Set(Array.from({ length: 50 }, (_each, seed) => crashed(59_000, seed)));
    expect(left).toEqual(new Set([null, '1', '2', '3']));
  });

  test('takes nothing that is older', () => {
    expect(Array.from({ length: 20 }, (_each, seed) => crashed(61_000, seed))).toEqual(Array.from({ length: 20 }, () => '3'));
  });
});

test('a broken history is shortened to what breaks it', async () => {
  const isBroken = async ({ moments }: History): Promise<boolean> => {
    const kinds = moments.map(({ step }) => step.kind);
    return kinds.includes('create') && kinds.lastIndexOf('edit') > kinds.indexOf('create');
  };
  const { moments } = await shrink(HISTORY, isBroken);
  expect(moments.map(({ step, pauseMs }) => [step.kind, pauseMs])).toEqual([['create', 0], ['edit', 0]]);
});
