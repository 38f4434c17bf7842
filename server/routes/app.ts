/**
 * The built app, as files. What the build has compressed is sent compressed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendProblem } from '../http/problem.ts';

/** Serves the folder, and the app itself for every address that only the page knows. */
export async function serveApp(app: FastifyInstance, folder: string): Promise<void> {
  const built = existsSync(join(folder, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: folder,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', cachingOf(path.slice(folder.length)));
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (!isNavigation(request)) return sendProblem(reply, 404, 'There is nothing at this address.');
    if (built) return reply.sendFile('index.html');
    return sendProblem(reply, 503, 'The app has not been built yet. Start it with: npm start');
  });
}

/** The build puts a hash of the content into every name under assets; anything else may be replaced by the next version. */
function cachingOf(path: string): string {
  return /^[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && !isApi(url) && (headers.accept ?? '').includes('text/html');
}

export function isApi(url: string): boolean {
  return /^\/api(\/|\?|$)/.test(url);
}

