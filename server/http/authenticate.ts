/**
 * Who is calling: by session cookie or by API key, in which workspace, and whether the edit is really theirs.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HEADER, PROTOCOL_VERSION, REMOVED } from '../../protocol/index.ts';
import { type Caller, type Task, MAY_NOT, mayDo } from '../access.ts';
import type { Accounts, SignedIn } from '../accounts/accounts.ts';
import { HttpProblem } from './problem.ts';

export interface Identified extends SignedIn {
  readonly by: 'cookie' | 'key';
}

export interface Authenticator {
  /** Anybody who is signed in. Throws a 401 for nobody, and for the wrong account. */
  readonly identify: (request: FastifyRequest, reply: FastifyReply) => Promise<Identified>;
  /** The same, but a 403 for a key. */
  readonly identifyPerson: (request: FastifyRequest, reply: FastifyReply) => Promise<Identified>;
  /**
   * For `onRequest`, so that nobody's body is read before it is known who sends it: the same, in the workspace that the
   * request means. Throws a 403 for one that the account does not belong to.
   */
  readonly admit: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** The same, but a 403 for a role that may not do this, and for any key: one in the wrong hands must not make itself successors. */
  readonly admitTo: (task: Task) => (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Who was admitted. */
  readonly callerOf: (request: FastifyRequest) => Caller;
  /** For an answer that goes on for long: whether its caller would still be admitted, in the same role. Renews nothing. */
  readonly isStillAdmitted: (request: FastifyRequest) => Promise<boolean>;
}

export function createAuthenticator(accounts: Accounts): Authenticator {
  const callers = new WeakMap<FastifyRequest, Caller>();

  async function find(request: FastifyRequest, renews: boolean): Promise<Identified | null> {
    const { authorization, cookie } = request.headers;
    if (authorization !== undefined) {
      const key = /^Bearer ([\w-]+)$/i.exec(authorization)?.[1];
      const signedIn = key === undefined ? null : await accounts.byKey(key, renews);
      return signedIn === null ? null : { ...signedIn, by: 'key' };
    }
    if (cookie === undefined) return null;
    const signedIn = await accounts.bySession(cookie, renews);
    if (signedIn === null) return null;
    refuseOtherSites(request);
    return { ...signedIn, by: 'cookie' };
  }

  async function identify(request: FastifyRequest, reply: FastifyReply): Promise<Identified> {
    const found = await find(request, true);
    if (found === null) throw await whyNobody(request);
    const { account } = authorOf(request);
    if (account !== undefined && account !== found.account.Id) {
      throw new HttpProblem(401, 'This was made under another account. Sign in with that one to send it.');
    }
    sendCookies(request, reply, found.cookies);
    return found;
  }

  async function whyNobody({ headers: { cookie } }: FastifyRequest): Promise<HttpProblem> {
    const workspace = cookie === undefined ? null : await accounts.removedFrom(cookie);
    if (workspace === null) return new HttpProblem(401, 'Please sign in. What is waiting to be sent stays on the device.');
    return new HttpProblem(401, `You were removed from ${workspace}. What is on this device stays there. Ask an owner to invite you again.`, null, REMOVED);
  }

  function callerOf(request: FastifyRequest): Caller {
    const caller = callers.get(request);
    if (caller === undefined) throw new Error('This route admits nobody.');
    return caller;
  }

  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<Identified> {
    const identified = await identify(request, reply);
    const { account, workspaces } = identified;
    const { workspace: written } = authorOf(request);
    const meant = written ?? request.headers[HEADER.workspace];
    const workspace = meant === undefined ? workspaces[0] : workspaces.find(({ Id }) => Id === meant);
    // A 401, as after any end of a session: what waits on a device goes on waiting, until somebody invites them again.
    if (workspaces.length === 0 || (workspace === undefined && written !== undefined)) {
      const where = workspaces.length === 0 ? 'any workspace' : 'this workspace';
      throw new HttpProblem(401, `You do not belong to ${where} any more. What is on this device stays there. Ask an owner to invite you again.`, null, REMOVED);
    }
    if (workspace === undefined) throw new HttpProblem(403, 'You do not belong to this workspace. Ask its owner to invite you.');
    callers.set(request, { workspace: workspace.Id, account: account.Id, role: workspace.Role });
    return identified;
  }

  return {
    identify,
    callerOf,
    async admit(request, reply) {
      await admit(request, reply);
    },
    admitTo: (task) => async (request, reply) => {
      refuseKeys(await admit(request, reply));
      if (!mayDo(callerOf(request).role, task)) throw new HttpProblem(403, MAY_NOT);
    },
    async identifyPerson(request, reply) {
      return refuseKeys(await identify(request, reply));
    },
    async isStillAdmitted(request) {
      const { workspace, account, role } = callerOf(request);
      const found = await find(request, false);
      return found?.account.Id === account && found.workspaces.some(({ Id, Role }) => Id === workspace && Role === role);
    },
  };
}

/** What the header `Outpost-Account` names. */
function authorOf({ headers }: FastifyRequest): { readonly account?: string | undefined; readonly workspace?: string | undefined } {
  const author = headers[HEADER.account];
  if (author === undefined) return {};
  const [account, workspace] = String(author).split('/', 2);
  return { account, workspace };
}

function refuseKeys(identified: Identified): Identified {
  if (identified.by === 'key') throw new HttpProblem(403, 'A key may not do this. Sign in with a password.');
  return identified;
}

/** Cookies are marked `Secure` wherever the browser came by https. */
export function sendCookies(request: FastifyRequest, reply: FastifyReply, cookies: readonly string[]): void {
  for (const cookie of cookies) reply.header('set-cookie', request.protocol === 'https' ? `${cookie}; Secure` : cookie);
}

/**
 * A browser sends its cookie along with what other sites make it send, and says so in these headers; a request without
 * them comes from no browser. SameSite=Lax already stops most of it; this stops the rest.
 */
export function refuseOtherSites(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers['sec-fetch-site'];
  const sameOrigin = site === undefined ? isOwnOrigin(request) : site === 'same-origin' || site === 'none';
  if (!sameOrigin) throw new HttpProblem(403, 'This request came from another site and was refused.');
}

function isOwnOrigin({ headers: { origin }, host }: FastifyRequest): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** For `onRequest`: a client of another protocol version is told so before anything else. */
export function refuseOtherProtocols(request: FastifyRequest, _: FastifyReply, done: (error?: Error) => void): void {
  const spoken = request.headers[HEADER.protocol];
  const isOurs = spoken === undefined || spoken === PROTOCOL_VERSION;
  done(isOurs ? undefined : new HttpProblem(426, 'This server speaks another version of the protocol. Update the app; nothing on the device is lost.'));
}
