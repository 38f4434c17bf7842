/**
 * How much, how often and how slowly anybody may ask. Whoever is turned away hears when to come again, and a device keeps
 * what it holds until then.
 */
import { isIPv6 } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MAX_REQUEST_BYTES } from '../../protocol/index.ts';
import type { Authenticator } from './authenticate.ts';
import { HttpProblem } from './problem.ts';
import { Buckets, type Rate } from './rate.ts';

/** Rates of one process; with several, somebody may ask each of them so often. */
export interface RequestRates {
  /** Of one account: more than any team with one sign-in needs, less than a script in a loop takes. */
  readonly account: Rate;
  /** Of one network address, behind which a whole office may sit. */
  readonly address: Rate;
  /** Of one network address, for what is asked with a body by nobody in particular: signing in hashes a password each time. */
  readonly stranger: Rate;
}

/** A queue of weeks is sent a thousand records a request, so that even one request for each record fits the burst. */
export const REQUEST_RATES: RequestRates = {
  account: { perSecond: 100, burst: 5_000 },
  address: { perSecond: 500, burst: 20_000 },
  stranger: { perSecond: 1, burst: 60 },
};

/** A sign-in has a few hundred bytes. What anybody may send is read, and held, before it is known who sends it. */
export const MAX_STRANGER_BYTES = 20_000;

/** The longest that a request may take to arrive. The app itself gives up after 45 s. */
export const REQUEST_TIMEOUT_MS = 120_000;
/** The longest that its headers may take. */
export const HEADERS_TIMEOUT_MS = 20_000;
/** How often Node looks for those that took longer. */
export const CONNECTIONS_CHECK_MS = 5_000;

/** For an app whose body limit is `MAX_STRANGER_BYTES`. @param rates null for none */
export function limitRequests(app: FastifyInstance, rates: RequestRates | null, now: () => number): void {
  // A route that admits somebody before it reads says so by a hook of its own.
  app.addHook('onRoute', (route) => {
    if (route.onRequest !== undefined) route.bodyLimit ??= MAX_REQUEST_BYTES;
  });
  if (rates === null) return;
  const byAddress = new Buckets(rates.address, now);
  const byStranger = new Buckets(rates.stranger, now);
  app.addHook('onRequest', (request, _, done) => {
    const address = addressOf(request);
    if (address === null) return done();
    const waitMs = byAddress.take(address) || (isStrangersBody(request) ? byStranger.take(address) : 0);
    return done(waitMs > 0 ? tooOften(waitMs) : undefined);
  });
}

/** The same authenticator, which admits an account only so often. */
export function limitAccounts(authenticator: Authenticator, rates: RequestRates | null, now: () => number): Authenticator {
  if (rates === null) return authenticator;
  const byAccount = new Buckets(rates.account, now);
  return {
    ...authenticator,
    async admit(request, reply) {
      await authenticator.admit(request, reply);
      const waitMs = byAccount.take(authenticator.callerOf(request).account);
      if (waitMs > 0) throw tooOften(waitMs);
    },
  };
}

function tooOften(waitMs: number): HttpProblem {
  return new HttpProblem(429, 'Too many requests. Wait a moment; what is waiting to be sent stays on the device.', waitMs);
}

function isStrangersBody({ method, routeOptions }: FastifyRequest): boolean {
  return routeOptions.bodyLimit === MAX_STRANGER_BYTES && method !== 'GET' && method !== 'HEAD' && method !== 'DELETE';
}

/**
 * Null for a program of this machine, which is also what a proxy seems to be that does not say who is behind it: all of
 * its people would share one rate. Whoever has one address of IPv6 has all of its network.
 */
function addressOf({ ip }: FastifyRequest): string | null {
  const address = ip.replace(/^::ffff:(?=\d+\.)/, '');
  if (address === '::1' || address.startsWith('127.')) return null;
  return isIPv6(address) ? network64(address) : address;
}

/** The first four of the eight groups; `::` stands for as many empty ones as are missing. */
function network64(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
  const empty = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...(tail === undefined ? [] : empty), ...after].slice(0, 4).join(':');
}
