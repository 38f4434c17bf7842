/**
 * What every way into an account ends with, and what slows down whoever tries many doors.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../../protocol/index.ts';
import type { SignedIn } from '../accounts/accounts.ts';
import { deviceName } from '../accounts/devices.ts';
import { sendCookies } from '../http/authenticate.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Context } from './context.ts';

/** For requests that anybody may send: a token, a name, a password. */
export const SMALL_BODY_BYTES = 4_000;

/** A session has begun: the browser gets its cookie, the log its note. */
export async function begin({ people }: Context, request: FastifyRequest, reply: FastifyReply, signedIn: SignedIn): Promise<Session> {
  await people.audit.noteEverywhere(signedIn.account.Id, { action: 'session.begun', subject: deviceName(request.headers['user-agent'] ?? '') });
  sendCookies(request, reply, signedIn.cookies);
  reply.header('cache-control', 'no-store');
  return toSession(signedIn);
}

export function toSession({ account, workspaces }: SignedIn): Session {
  return { Account: account, Workspaces: workspaces.map((workspace) => ({ ...workspace })) };
}

/** Counts a request that no account stands behind. Throws a 429 when there are too many from one network address. */
export function knock({ doors }: Context, request: FastifyRequest): void {
  const waitMs = doors.begin(request.routeOptions.url ?? '', request.ip);
  if (waitMs > 0) throw new HttpProblem(429, 'Too many requests from your network. Wait a while, then try again.', waitMs);
}
