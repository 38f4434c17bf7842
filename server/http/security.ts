/**
 * The headers that keep a page to what it came with.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance } from 'fastify';

/** For what is answered before any route was found: nothing in it is to be run, loaded or guessed. */
export const PROBLEM_POLICY = { 'content-security-policy': "default-src 'none'; frame-ancestors 'none'", 'x-content-type-options': 'nosniff' } as const;

export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  const headers = await helmetHeaders();
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers);
    // Only where the request came by https: http://localhost has to keep working.
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    done();
  });
}

/** The same with every answer, so they are asked for once: helmet puts them together anew each time. */
async function helmetHeaders(): Promise<OutgoingHttpHeaders> {
  const probe = Fastify();
  await probe.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ['outpost', 'lit-html'],
      },
    },
    strictTransportSecurity: false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
  let headers: OutgoingHttpHeaders = {};
  probe.get('/', async (_, reply) => {
    headers = { ...reply.raw.getHeaders() };
    return '';
  });
  await probe.inject('/');
  await probe.close();
  return headers;
}
