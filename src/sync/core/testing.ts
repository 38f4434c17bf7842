/** Rows and times for tests. */
import * as v from 'valibot';
import { ClientId, ServerId } from '../../../protocol/index.ts';
import type { PushResult } from '../../../protocol/index.ts';
import type { ConflictPolicy } from './conflict.ts';
import { receive, type Sent } from './receive.ts';
import { edit, newRow, type Row } from './row.ts';

export const CLIENT_ID = v.parse(ClientId, 'a3b0c1d2-0000-4000-8000-000000000001');
export const SERVER_ID = v.parse(ServerId, 'srv_1');
export const NOW = '2026-05-01T10:00:00.000Z';
export const LATER = '2026-05-01T10:05:00.000Z';

/** A finished row that was saved once. */
export function waitingRow(attributes: Record<string, unknown> = { name: 'well' }): Row {
  return edit(newRow(CLIENT_ID, NOW), attributes, true, NOW);
}

/** `receive`, by the default policy. */
export function received(row: Row, result: PushResult, sent: Sent | null, now: string, policy: ConflictPolicy = 'merge'): Row {
  return receive(row, result, sent, policy, now);
}
