/**
 * Stores for tests, on either database, and edits in few words.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { AccountId, type Attributes, DeviceId } from '../../protocol/index.ts';
import type { Caller } from '../access.ts';
import type { PutEdit } from '../decide.ts';
import { type PostgresClient, postgresClient } from '../store/postgres/client.ts';
import { type PostgresOptions, openPostgresStore } from '../store/postgres/postgres.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Rules, Store, StoreOptions } from '../store/store.ts';
import { type TestPostgres, startPostgres } from './postgres.ts';

/** Responses name a questionnaire by `questionnaire` and `questionnaireVersion`, or none; `depth` is at least 0. */
export const RULES: Rules = {
  reference: (collection, { questionnaire: id, questionnaireVersion: version }) =>
    collection === 'responses' && typeof id === 'string' && typeof version === 'number' ? { id, version } : null,
  check: (_, { depth, questionnaire }, referenced) => [
    ...(typeof depth === 'number' && depth < 0 ? [{ Path: 'depth', Message: 'At least 0.' }] : []),
    ...(questionnaire !== undefined && referenced === null ? [{ Path: 'questionnaire', Message: 'There is none.' }] : []),
  ],
};

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const device = (n: number): DeviceId => v.parse(DeviceId, uuid(900_000 + n));

export function caller(workspace: string, role: Caller['role'] = 'owner', account = 'account'): Caller {
  return { workspace, account: v.parse(AccountId, account), role };
}

export function put(id: string, attributes: Attributes, about: Partial<PutEdit> = {}): PutEdit {
  return { op: 'put', id, attributes, changed: null, merge: true, origin: null, base: null, ...about };
}

/** A database that several stores may be opened on, as by several servers. */
export interface TestDatabase {
  open(options?: Partial<StoreOptions & Pick<PostgresOptions, 'onNews' | 'onGap' | 'onError'>>): Promise<Store>;
}

const common: StoreOptions = { rules: RULES, now: () => 0, randomBytes, onCommitted: () => {} };

/** For all tests of a file. */
export function sqliteDatabases(): () => Promise<TestDatabase> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outpost-store-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return {
      open: async (options = {}) => {
        const store = openSqliteStore({ ...common, ...options, file: join(folder, 'x.sqlite') });
        onTestFinished(() => store.close());
        return store;
      },
    };
  };
}

/** A PostgreSQL for all tests of a file, and a database in it for each that asks. */
export function postgresServer(): { createUrl(): Promise<string> } {
  let server: TestPostgres | null = null;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);
  afterAll(() => server?.stop(), 120_000);
  return {
    async createUrl() {
      if (server === null) throw new Error('PostgreSQL was not started.');
      return server.createDatabase(`test${databases++}`);
    },
  };
}

export function postgresDatabases(): () => Promise<TestDatabase> {
  const server = postgresServer();
  return async () => {
    const url = await server.createUrl();
    return { open: (options) => openOnPostgres(url, options) };
  };
}

/** Closed after the test, with its client. */
export async function openOnPostgres(url: string, options: Partial<PostgresOptions> = {}): Promise<Store> {
  const client = options.client ?? testClient(url);
  const store = await openPostgresStore({ ...common, onNews: () => {}, onRecheck: () => {}, onGap: () => {}, onError: () => {}, ...options, client });
  onTestFinished(() => store.close());
  return store;
}

export function testClient(url: string, maxWaitMs?: number): PostgresClient {
  const client = postgresClient(url, maxWaitMs === undefined ? {} : { maxWaitMs });
  onTestFinished(() => client.close());
  return client;
}
