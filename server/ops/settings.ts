/**
 * What the environment says of the running of a server, besides where it listens and stores. Pure.
 */
import { isIP } from 'node:net';
import * as v from 'valibot';
import { LOG_LEVELS, type LogLevel } from './log.ts';

export interface Settings {
  readonly logLevel: LogLevel;
  /** What `/metrics` asks for; null to show it to programs of this machine alone. */
  readonly metricsToken: string | null;
  /** How long to go on answering, and say not to be ready, before it ends. */
  readonly drainMs: number;
  /** Whose word is taken for who is behind them and whether they came by https: names or networks, with commas between. */
  readonly trustedProxies: string;
  /** Whether accounts and addresses are held to their rates. */
  readonly limitsRates: boolean;
}

export type SettingsResult = { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly message: string };

const MIN_TOKEN_LENGTH = 16;
const MAX_DRAIN_SECONDS = 3_600;

/** `message` is one line for the person who starts the server. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SettingsResult {
  const given = (name: string): string | undefined => env[name] || undefined;
  const logLevel = v.safeParse(v.picklist(LOG_LEVELS), given('OUTPOST_LOG') ?? 'warn');
  if (!logLevel.success) return { ok: false, message: `OUTPOST_LOG must be one of ${LOG_LEVELS.join(', ')}.` };
  const metricsToken = given('OUTPOST_METRICS_TOKEN') ?? null;
  if (metricsToken !== null && metricsToken.length < MIN_TOKEN_LENGTH) return { ok: false, message: `OUTPOST_METRICS_TOKEN must have at least ${MIN_TOKEN_LENGTH} characters.` };
  const drain = given('OUTPOST_DRAIN_SECONDS') ?? '0';
  if (!/^\d{1,4}$/.test(drain) || Number(drain) > MAX_DRAIN_SECONDS) return { ok: false, message: `OUTPOST_DRAIN_SECONDS must be a whole number from 0 to ${MAX_DRAIN_SECONDS}.` };
  const trustedProxies = given('OUTPOST_TRUSTED_PROXIES') ?? 'loopback';
  if (!trustedProxies.split(',').every((each) => isNetwork(each.trim()))) return { ok: false, message: 'OUTPOST_TRUSTED_PROXIES must be loopback, linklocal, uniquelocal, addresses or networks such as 10.0.0.0/8, with commas between.' };
  const rates = given('OUTPOST_RATE_LIMITS') ?? 'on';
  if (rates !== 'on' && rates !== 'off') return { ok: false, message: 'OUTPOST_RATE_LIMITS must be on or off.' };
  return { ok: true, settings: { logLevel: logLevel.output, metricsToken, drainMs: Number(drain) * 1_000, trustedProxies, limitsRates: rates === 'on' } };
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...more] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}
