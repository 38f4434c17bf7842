/**
 * What the environment says, checked before anything is opened. Pure.
 */
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../protocol/index.ts';
import { type NewAccount, isEmail } from './accounts/accounts.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** A PostgreSQL to keep everything in, instead of files in `dataDir`. */
  readonly databaseUrl: string | null;
  /** The owner to make if there is none yet. */
  readonly owner: NewAccount | null;
}

export type ConfigResult = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly message: string };

/** `message` is one line for the person who starts the server. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  // Set but empty is how a compose file leaves something out.
  const given = (name: string): string | undefined => env[name] || undefined;
  const port = given('PORT') ?? '8080';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return { ok: false, message: `PORT must be a number from 0 to 65535, not "${port}".` };
  const owner = readOwner(given('OUTPOST_OWNER_EMAIL'), given('OUTPOST_OWNER_PASSWORD'));
  if (typeof owner === 'string') return { ok: false, message: owner };
  // Not 127.0.0.1: "localhost" is listened to on IPv4 and IPv6, as browsers look for it on both.
  const host = given('HOST') ?? 'localhost';
  return { ok: true, config: { host, port: Number(port), dataDir: given('DATA_DIR') ?? './data', databaseUrl: given('DATABASE_URL') ?? null, owner } };
}

/** The owner, null if none is wanted, or what is wrong. */
function readOwner(email: string | undefined, password: string | undefined): NewAccount | null | string {
  if (email === undefined && password === undefined) return null;
  if (email === undefined || password === undefined) return 'Set both OUTPOST_OWNER_EMAIL and OUTPOST_OWNER_PASSWORD, or neither.';
  if (!isEmail(email)) return `OUTPOST_OWNER_EMAIL must be an e-mail address, not "${email}".`;
  if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH) {
    return `OUTPOST_OWNER_PASSWORD must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters.`;
  }
  return { name: email.slice(0, email.indexOf('@')), email, password };
}
