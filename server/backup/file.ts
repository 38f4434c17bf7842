/**
 * A backup: one gzip file of lines of JSON. The first says what it is; then one for each row, `["records", …]`; the last has
 * the number of rows and the SHA-256 of all lines before it. Written and read as a stream, however large.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import * as v from 'valibot';
import { parseJson } from '../../protocol/index.ts';
import type { DumpRow } from '../store/dump.ts';
import type { Table } from '../store/tables.ts';

/** Counted up with every change of the tables' columns. */
const FORMAT = 1;

/** What is wrong with the file, in one sentence. */
export class BackupUnusable extends Error {
  override readonly name = 'BackupUnusable';
}

const Header = v.object({ outpost: v.literal('backup'), format: v.number(), madeAt: v.string(), tables: v.record(v.string(), v.array(v.string())) });
const Row = v.tupleWithRest([v.string()], v.union([v.string(), v.number(), v.boolean(), v.null()]));
const End = v.object({ rows: v.number(), sha256: v.string() });

/** Lines that go on together: a stream costs by the piece. */
const PIECE_LENGTH = 65_536;

/** Writes it beside its place, makes it durable, reads it back, and only then puts it there. @returns how many rows */
export async function writeBackup(file: string, tables: readonly Table[], rows: AsyncIterable<DumpRow>, madeAt: Date): Promise<number> {
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(pieces(linesOf(tables, rows, madeAt))), createGzip(), createWriteStream(part, { mode: 0o600 }));
    await sync(part);
    const count = await countRows(part, tables);
    await rename(part, file);
    return count;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
}

async function* linesOf(tables: readonly Table[], rows: AsyncIterable<DumpRow>, madeAt: Date): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  yield line({ outpost: 'backup', format: FORMAT, madeAt: madeAt.toISOString(), tables: columnsOf(tables) } satisfies v.InferOutput<typeof Header>);
  let count = 0;
  for await (const { table, values } of rows) {
    count += 1;
    yield line([table, ...values]);
  }
  yield `${JSON.stringify({ rows: count, sha256: hash.digest('hex') } satisfies v.InferOutput<typeof End>)}\n`;
}

function columnsOf(tables: readonly Table[]): Record<string, string[]> {
  return Object.fromEntries(tables.map(({ name, columns }) => [name, Object.keys(columns)]));
}

async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/**
 * The rows of a backup. Whether all of it is there, as it was written, is known only at the end: whoever takes rows must be able to take
 * them back when this throws.
 * @throws BackupUnusable if it is none, of another version, damaged or not whole
 */
export async function* readBackup(file: string, tables: readonly Table[]): AsyncGenerator<DumpRow> {
  const hash = createHash('sha256');
  let count = 0;
  let header: v.InferOutput<typeof Header> | null = null;
  let ended = false;
  for await (const text of textsOf(file)) {
    const value = parseJson(text);
    if (ended) throw damaged(file);
    if (header === null) {
      header = readHeader(file, value, tables);
    } else if (v.is(Row, value)) {
      const [table, ...values] = value;
      count += 1;
      yield { table, values };
    } else if (v.is(End, value)) {
      ended = true;
      if (value.rows !== count || value.sha256 !== hash.digest('hex')) throw damaged(file);
      continue;
    } else {
      throw damaged(file);
    }
    hash.update(`${text}\n`);
  }
  if (!ended) throw damaged(file);
}

function readHeader(file: string, value: unknown, tables: readonly Table[]): v.InferOutput<typeof Header> {
  if (!v.is(Header, value)) throw new BackupUnusable(`${file} is no backup of Outpost.`);
  if (value.format !== FORMAT || JSON.stringify(value.tables) !== JSON.stringify(columnsOf(tables))) {
    throw new BackupUnusable(`${file} was made by another version of Outpost. Restore it with that one, then start this one on what it restored.`);
  }
  return value;
}

function damaged(file: string): BackupUnusable {
  return new BackupUnusable(`${file} is damaged or not whole. Use another backup.`);
}

async function countRows(file: string, tables: readonly Table[]): Promise<number> {
  let count = 0;
  for await (const _ of readBackup(file, tables)) count += 1;
  return count;
}

/** Lines, without what ends them. */
async function* textsOf(file: string): AsyncGenerator<string> {
  const unzipped = createReadStream(file).on('error', (error) => unzipped.destroy(error)).pipe(createGunzip()).setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of unzipped) {
      const [first = '', ...more] = String(chunk).split('\n');
      rest += first;
      for (const next of more) {
        yield rest;
        rest = next;
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    throw error.code === 'ENOENT' ? new BackupUnusable(`There is no file ${file}.`) : error.code.startsWith('Z_') ? damaged(file) : error;
  }
  if (rest !== '') throw damaged(file);
}
