/**
 * What an earlier run has left.
 */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** @returns null if nothing was recorded yet. @throws for a file that holds something else */
export async function readRecorded<S extends v.GenericSchema>(file: string, schema: S): Promise<v.InferOutput<S> | null> {
  try {
    return v.parse(schema, JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
