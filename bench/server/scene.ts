/**
 * Both stores, each with a server of its own on it, and beside it an empty database of the same kind for the floor.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import * as v from 'valibot';
import { startPostgres } from '../../server/testing/postgres.ts';
import { type Ledger, postgresLedger, sqliteLedger } from './ledger.ts';
import { type MakeRows, rowsOf } from './rows.ts';
import type { StoreKind } from './results.ts';
import { type Target, startTarget } from './target.ts';

export interface Bench {
  readonly store: StoreKind;
  readonly target: Target;
  /** Where the floor's rows go. */
  readonly floor: Ledger;
  readonly makeRows: MakeRows;
}

export interface Scene {
  readonly benches: readonly Bench[];
  /** The version of PostgreSQL. */
  readonly postgres: string;
  end(): Promise<void>;
}

const Version = v.tuple([v.object({ server_version: v.string() })]);

/** @param env of the servers */
export async function openScene(env: Readonly<Record<string, string>>): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-floor-'));
  // What it has by itself, but for the disk, which it really waits for.
  const cluster = await startPostgres({ fsync: 'on', shared_buffers: '128MB' });
  const url = await cluster.createDatabase('outpost');
  const targets = [
    await startTarget(null, env, (dataDir) => sqliteLedger(join(dataDir, 'outpost.sqlite'))),
    await startTarget(url, env, () => postgresLedger(url)),
  ] as const;
  const floors = [sqliteLedger(join(folder, 'floor.sqlite')), await postgresLedger(await cluster.createDatabase('floor'))] as const;
  return {
    benches: [
      { store: 'sqlite', target: targets[0], floor: floors[0], makeRows: rowsOf(targets[0].place) },
      { store: 'postgres', target: targets[1], floor: floors[1], makeRows: rowsOf(targets[1].place) },
    ],
    postgres: await versionOf(url),
    async end() {
      for (const each of [...floors.map((floor) => floor.close()), ...targets.map((target) => target.end())]) await each;
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function versionOf(url: string): Promise<string> {
  const sql = postgres(url, { max: 1 });
  const [{ server_version }] = v.parse(Version, [...(await sql`SHOW server_version`)]);
  await sql.end();
  return server_version;
}
