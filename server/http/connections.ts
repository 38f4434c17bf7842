/**
 * Connections that would keep the server from ending: kept alive after their last answer, or opened ahead by a browser
 * and never used.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** @param graceMs how long requests that have begun may take; then whoever is slow is cut off, and sends again later */
export function endConnectionsOnClose(app: FastifyInstance, graceMs: number): void {
  const unused = new Set<Socket>();
  let closing = false;
  app.server.on('connection', (socket) => {
    if (closing) return socket.destroy();
    unused.add(socket);
    return socket.once('close', () => unused.delete(socket));
  });
  app.addHook('onRequest', (request, _, done) => {
    unused.delete(request.raw.socket);
    done();
  });
  app.addHook('preClose', async () => {
    closing = true;
    for (const socket of unused) socket.destroy();
    const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
    app.server.once('close', () => clearTimeout(cut));
  });
  app.addHook('onResponse', (request, _, done) => {
    if (closing) request.raw.socket.destroySoon();
    done();
  });
}
