/**
 * `GET /api/v1/ready`: for whoever spreads requests over servers. No sign-in.
 */
import { HttpProblem } from '../http/problem.ts';
import type { App } from '../http/validate.ts';
import type { Store } from '../store/store.ts';

/** Whether this server was told to end. It still answers whatever comes. */
export class Draining {
  #began = false;

  begin(): void {
    this.#began = true;
  }

  get began(): boolean {
    return this.#began;
  }
}

const COME_AGAIN_MS = 5_000;

export function readyRoutes(app: App, store: Pick<Store, 'ping'>, draining: Draining): void {
  app.get('/ready', async (request, reply): Promise<{ readonly Status: 'ready' }> => {
    if (draining.began) throw new HttpProblem(503, 'This server is about to end.', COME_AGAIN_MS);
    try {
      await store.ping();
    } catch (error) {
      request.log.error(error);
      throw new HttpProblem(503, 'The database does not answer.', COME_AGAIN_MS);
    }
    reply.header('cache-control', 'no-store');
    return { Status: 'ready' };
  });
}
