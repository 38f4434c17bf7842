/**
 * What the environment says of the running of a server, besides where it listens and stores. Pure.
 */
import * as v from 'valibot';
import { LOG_LEVELS, type LogLevel } from './log.ts';

export interface Settings {
  readonly logLevel: LogLevel;
  /** What `/metrics` asks for; null to show it to programs of this machine alone. */
  readonly metricsToken: string | null;
  /** How long to go on answering, and say not to be ready, before it ends. */
  readonly drainMs: number;
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
  const rates = given('OUTPOST_RATE_LIMITS') ?? 'on';
  if (rates !== 'on' && rates !== 'off') return { ok: false, message: 'OUTPOST_RATE_LIMITS must be on or off.' };
  return { ok: true, settings: { logLevel: logLevel.output, metricsToken, drainMs: Number(drain) * 1_000, limitsRates: rates === 'on' } };
}
