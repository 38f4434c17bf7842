/**
 * The secret that signs session cookies: made once, kept beside the databases, readable by the server's user alone.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnusable } from '../store/store.ts';

/** @throws StoreUnusable if it can neither be read nor made */
export function readOrMakeSecret(dataDir: string): string {
  const file = join(dataDir, 'secret');
  try {
    if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
    const secret = readFileSync(file, 'utf8').trim();
    if (secret.length < 32) throw new Error('it is too short');
    return secret;
  } catch (error) {
    throw new StoreUnusable(`The secret ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}
