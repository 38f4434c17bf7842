/**
 * Who is calling: `/api/v1/session`, and `/api/v1/welcome`, which makes the first owner.
 */
import { NewOwner, type Session, SignIn } from '../../protocol/index.ts';
import { refuseOtherSites, sendCookies } from '../http/authenticate.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import { begin, toSession } from './begin.ts';
import type { Context } from './context.ts';

export function sessionRoutes(app: App, context: Context): void {
  const { attempts, authenticator, hints, people: { accounts }, welcome } = context;

  app.post('/session', { schema: { body: SignIn } }, async (request, reply): Promise<Session> => {
    refuseOtherSites(request);
    const { Email, Password } = request.body;
    const waitMs = attempts.begin(Email, request.ip);
    if (waitMs > 0) throw new HttpProblem(429, 'Too many attempts to sign in. Wait a while, then try again.', waitMs);
    const signedIn = await accounts.signIn(Email, Password, request.headers['user-agent']);
    if (signedIn === null) throw new HttpProblem(401, 'The e-mail address or the password is wrong.');
    attempts.succeeded(Email, request.ip);
    return begin(context, request, reply, signedIn);
  });

  app.get('/session', async (request, reply): Promise<Session> => toSession(await authenticator.identify(request, reply)));

  /** Idempotent: whoever is not signed in is signed out. */
  app.delete('/session', async (request, reply) => {
    refuseOtherSites(request);
    const { account, cookies } = await accounts.signOut(request.headers.cookie ?? '');
    if (account !== null) await hints.recheck(account);
    sendCookies(request, reply, cookies);
    return reply.code(204).send();
  });

  app.post('/welcome', { schema: { body: NewOwner } }, async (request, reply): Promise<Session> => {
    refuseOtherSites(request);
    const { Token, Name, Email, Password } = request.body;
    const owner = await welcome.redeem(Token, { name: Name, email: Email, password: Password });
    if (owner === null) throw new HttpProblem(403, 'This link was used already or is not the latest one. Restart the server for a new one, or sign in.');
    return begin(context, request, reply, owner);
  });
}
