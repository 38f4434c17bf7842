/**
 * `GET /api/v1/health`: for whoever watches the server. No sign-in.
 */
import type { Health } from '../../protocol/index.ts';
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import type { Context } from './context.ts';

export function healthRoutes(app: App, { store, version }: Context): void {
  app.get('/health', async (request, reply): Promise<Health> => {
    try {
      await store.ping();
    } catch (error) {
      request.log.error(error);
      throw new HttpProblem(503, 'The database does not answer.');
    }
    reply.header('cache-control', 'no-store');
    return { Status: 'ok', Version: version, Store: store.kind };
  });
}
