/**
 * The server that is measured, a process of its own on a database of its own, and what it takes to speak to it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { type AccountId, BASE_PATH, ServerId } from '../../protocol/index.ts';
import { createServer } from '../../server/index.ts';
import { endProcess, startProcess } from '../../server/testing/processes.ts';
import { QUESTIONNAIRE } from '../rows.ts';
import type { Ledger } from './ledger.ts';
import { contentsOf } from './rows.ts';

/** Clients that push at a time, at most. */
const MOST_CLIENTS = 64;

export interface Target {
  readonly url: string;
  readonly ledger: Ledger;
  /** Bearer keys, one for each client. */
  readonly keys: readonly string[];
  readonly place: Place;
  /** The next response to store, as JSON. */
  readonly content: () => string;
  /** What the server says of itself. */
  usage(): Promise<Usage>;
  end(): Promise<void>;
}

/** Whose responses they are, and to which questionnaire. */
export interface Place {
  readonly workspace: string;
  readonly account: AccountId;
  readonly form: ServerId;
}

export interface Usage {
  /** Seconds that its process has used of a processor. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

const OWNER = { name: 'Bench', email: 'bench@example.org', password: 'a long enough one' };
const Put = v.object({ ServerId });

/** @param openLedger opens what the server stores in, once it has made it */
export async function startTarget(databaseUrl: string | null, env: Readonly<Record<string, string>>, openLedger: (dataDir: string) => Ledger | Promise<Ledger>): Promise<Target> {
  const dataDir = mkdtempSync(join(tmpdir(), 'outpost-bench-'));
  const { keys, place } = await furnish(dataDir, databaseUrl);
  const running = await startProcess({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl ?? '', OUTPOST_LOG: 'error', ...env });
  const ledger = await openLedger(dataDir);
  return {
    url: running.url,
    ledger,
    keys,
    place,
    content: contentsOf(place.form),
    usage: async () => readUsage(await (await fetch(`${running.url}/metrics`)).text()),
    async end() {
      await ledger.close();
      await endProcess(running, 'SIGTERM');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function furnish(dataDir: string, databaseUrl: string | null): Promise<Pick<Target, 'keys' | 'place'>> {
  const server = await createServer({ dataDir, databaseUrl });
  const made = await server.accounts.createOwner(OWNER);
  const [workspace] = made?.workspaces ?? [];
  if (made === null || workspace === undefined) throw new Error('The account was not made.');
  const caller = { workspace: workspace.Id, account: made.account.Id, role: 'owner' } as const;
  const keys: string[] = [];
  for (let n = 0; n < MOST_CLIENTS; n += 1) keys.push((await server.people.keys.create(caller, `bench ${n}`, 'owner')).Key);
  const headers = { authorization: `Bearer ${keys[0] ?? ''}` };
  const put = await server.app.inject({ method: 'PUT', url: `${BASE_PATH}/questionnaires/${crypto.randomUUID()}`, headers, payload: QUESTIONNAIRE });
  await server.close();
  return { keys, place: { workspace: workspace.Id, account: made.account.Id, form: v.parse(Put, put.json()).ServerId } };
}

function readUsage(metrics: string): Usage {
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
  return { cpuSeconds: value('process_cpu_seconds_total'), rssBytes: value('process_resident_memory_bytes'), heapBytes: value('nodejs_heap_size_used_bytes') };
}
