import { expect, test } from 'vitest';
import { textWith } from '../testing/server.ts';
import { readSettings } from './settings.ts';

const DEFAULTS = { logLevel: 'warn', metricsToken: null, drainMs: 0, trustedProxies: 'loopback', limitsRates: true };

test('with nothing set, or set to nothing, only what is wrong is logged and everything is limited', () => {
  expect(readSettings({})).toEqual({ ok: true, settings: DEFAULTS });
  expect(readSettings({ OUTPOST_LOG: '', OUTPOST_METRICS_TOKEN: '', OUTPOST_DRAIN_SECONDS: '', OUTPOST_RATE_LIMITS: '' })).toEqual({ ok: true, settings: DEFAULTS });
});

test('what is set is taken as it is', () => {
  const env = { OUTPOST_LOG: 'info', OUTPOST_METRICS_TOKEN: 'sixteen-letters-', OUTPOST_DRAIN_SECONDS: '5', OUTPOST_RATE_LIMITS: 'off', OUTPOST_TRUSTED_PROXIES: 'uniquelocal, 203.0.113.0/24,2001:db8::/32,::1' };
  expect(readSettings(env)).toEqual({ ok: true, settings: { logLevel: 'info', metricsToken: 'sixteen-letters-', drainMs: 5_000, trustedProxies: 'uniquelocal, 203.0.113.0/24,2001:db8::/32,::1', limitsRates: false } });
});

test.each([
  ['a level that there is not', { OUTPOST_LOG: 'loud' }, 'one of silent, error'],
  ['a token that can be guessed', { OUTPOST_METRICS_TOKEN: 'secret' }, 'at least 16'],
  ['a time that is none', { OUTPOST_DRAIN_SECONDS: 'soon' }, 'from 0 to 3600'],
  ['a time without end', { OUTPOST_DRAIN_SECONDS: '3601' }, 'from 0 to 3600'],
  ['a proxy that is everybody', { OUTPOST_TRUSTED_PROXIES: 'true' }, 'networks such as'],
  ['a network that there is not', { OUTPOST_TRUSTED_PROXIES: 'loopback,10.0.0.0/64' }, 'networks such as'],
  ['neither on nor off', { OUTPOST_RATE_LIMITS: 'maybe' }, 'on or off'],
])('%s is refused, and not repeated', (_, env, message) => {
  expect(readSettings(env)).toEqual({ ok: false, message: textWith(message) });
});
