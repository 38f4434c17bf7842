/**
 * `GET /api/openapi.json`, and the same to be read at `/api/docs`. Both are made once.
 */
import type { FastifyInstance } from 'fastify';
import { type Route, describeApi } from './openapi.ts';
import { STYLE, pageOf } from './page.ts';

/** @param routes what has been registered by the time the app is ready; HEAD is what GET is */
export function docsRoutes(app: FastifyInstance, routes: readonly Route[], version: string): void {
  const made = { json: '', page: '' };
  app.addHook('onReady', async () => {
    const document = describeApi(routes.filter(({ method }) => method !== 'HEAD'), version);
    made.json = JSON.stringify(document);
    made.page = pageOf(document, '/api/docs.css');
  });
  const caching = ['cache-control', 'no-cache'] as const;
  app.get('/api/openapi.json', async (_, reply) => reply.header(...caching).type('application/json; charset=utf-8').send(made.json));
  app.get('/api/docs', async (_, reply) => reply.header(...caching).type('text/html; charset=utf-8').send(made.page));
  app.get('/api/docs.css', async (_, reply) => reply.header(...caching).type('text/css; charset=utf-8').send(STYLE));
}
