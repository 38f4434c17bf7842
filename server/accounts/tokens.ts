/**
 * Secrets that are handed out once: 256 random bits, of which the database keeps no more than a hash.
 */
import { hash, randomBytes } from 'node:crypto';

/** 43 characters of `A–Z a–z 0–9 _ -`. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 as hexadecimal digits. No salt: there is nothing to guess in 256 random bits. */
export function hashOf(token: string): string {
  return hash('sha256', token, 'hex');
}

/** An id that nobody can guess, though it is no secret. */
export function newId(): string {
  return randomBytes(12).toString('base64url');
}
