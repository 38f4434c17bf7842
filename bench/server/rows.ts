/**
 * What is stored: as a client sends it, and as a row of the server's tables.
 */
import { randomBytes } from 'node:crypto';
import { serverIds } from '../../server/store/ids.ts';
import { makeRows } from '../rows.ts';
import type { Place } from './target.ts';

/** A new response as the server would store it. */
export interface LedgerRow {
  readonly workspace: string;
  readonly account: string;
  readonly serverId: string;
  readonly clientId: string;
  readonly seq: number;
  readonly attributes: string;
  readonly writers: string;
  readonly device: string;
  readonly changedAt: number;
}

/** Different contents: that the ids repeat among them nobody looks at. */
const CONTENTS = 1_000;

/** The attributes of responses as JSON, one after the other, again and again. */
export function contentsOf(form: string): () => string {
  const texts = makeRows(CONTENTS, form).map(({ questionnaireId, questionnaireVersion, answers, startedAt, endedAt }) => JSON.stringify({ questionnaireId, questionnaireVersion, answers, startedAt, endedAt }));
  let next = 0;
  return () => texts[next++ % texts.length] ?? '';
}

/** Makes so many new rows. */
export type MakeRows = (count: number) => readonly LedgerRow[];

/** @param after the number of the last row that is there */
export function rowsOf(place: Place, after = 0): MakeRows {
  const { workspace, account, form } = place;
  const content = contentsOf(form);
  const device = crypto.randomUUID();
  const writers = JSON.stringify([[1, device]]);
  let seq = after;
  return (count) => {
    const newId = serverIds({ now: Date.now, randomBytes });
    const changedAt = Date.now();
    return Array.from({ length: count }, () => ({ workspace, account, serverId: newId(), clientId: crypto.randomUUID(), seq: (seq += 1), attributes: content(), writers, device, changedAt }));
  };
}
