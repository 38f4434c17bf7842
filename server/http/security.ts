/**
 * The headers that keep a page to what it came with, and data from being taken for a page.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance } from 'fastify';
import { BASE_PATH } from '../../protocol/index.ts';

/**
 * For an answer that is data and no page: nothing in it is to be run, loaded or guessed, and no other site may read it. The
 * rest of what a page is kept to says nothing of data, and was a sixth of what a push costs whoever pays for each byte.
 */
export const DATA_POLICY = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  const headers = await helmetHeaders();
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.url.startsWith(`${BASE_PATH}/`) ? DATA_POLICY : headers);
    // Only where the request came by https: http://localhost has to keep working.
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    done();
  });
}

/** The same with every page, so they are asked for once: helmet puts them together anew each time. */
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
