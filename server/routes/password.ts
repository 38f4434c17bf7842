/**
 * A new password, by a link that an owner has made: `/api/v1/password`.
 */
import type { Session } from '../../protocol/index.ts';
import type { ResetShown } from '../../protocol/people.ts';
import { LookAtLink, NewPasswordByLink } from '../../protocol/people-requests.ts';
import { refuseOtherSites } from '../http/authenticate.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import { SMALL_BODY_BYTES, begin, knock } from './begin.ts';
import type { Context } from './context.ts';

export function passwordRoutes(app: App, context: Context): void {
  const { hints, people } = context;

  app.post('/password/look', { bodyLimit: SMALL_BODY_BYTES, schema: { body: LookAtLink } }, async (request, reply): Promise<ResetShown> => {
    knock(context, request);
    const shown = await people.resets.look(request.body.Token);
    if (shown === null) throw gone();
    reply.header('cache-control', 'no-store');
    return shown;
  });

  app.post('/password', { bodyLimit: SMALL_BODY_BYTES, schema: { body: NewPasswordByLink } }, async (request, reply): Promise<Session> => {
    refuseOtherSites(request);
    knock(context, request);
    const signedIn = await people.resets.redeem(request.body.Token, request.body.Password, request.headers['user-agent'] ?? '');
    if (signedIn === null) throw gone();
    await hints.recheck(signedIn.account.Id);
    return begin(context, request, reply, signedIn);
  });
}

const gone = (): HttpProblem => new HttpProblem(404, 'This link is no longer valid. Ask an owner of your workspace for a new one.');
