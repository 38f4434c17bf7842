/**
 * Compressed request bodies. The limit holds for what comes out: a few kilobytes can say gigabytes of nothing.
 */
import { Transform, type TransformCallback } from 'node:stream';
import { type Gunzip, createGunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { MAX_REQUEST_BYTES } from '../../protocol/index.ts';
import { HttpProblem } from './problem.ts';

export function acceptGzip(app: FastifyInstance): void {
  app.addHook('preParsing', (request, reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
    if (encoding === 'identity') return done(null, payload);
    if (encoding !== 'gzip') {
      reply.header('accept-encoding', 'gzip');
      return done(new HttpProblem(415, 'The body may be compressed by gzip, and in no other way.'));
    }
    const gunzip = createGunzip();
    const unpacked = new Unpacked(gunzip);
    gunzip.once('error', () => unpacked.destroy(new HttpProblem(400, 'The body is not whole, or no gzip. Send it again.')));
    payload.once('error', (error) => unpacked.destroy(error));
    // Whoever reads the body hears of it too; but nobody may, and then it must not bring the server down.
    unpacked.once('error', (error) => request.log.info(error));
    // What is not wanted any more is not unpacked either.
    unpacked.once('close', () => gunzip.destroy());
    return done(null, payload.pipe(gunzip).pipe(unpacked));
  });
}

/** Passes on what was unpacked, up to the limit. */
class Unpacked extends Transform {
  readonly #gunzip: Gunzip;
  #bytes = 0;

  constructor(gunzip: Gunzip) {
    super();
    this.#gunzip = gunzip;
  }

  /** Fastify compares it with the header Content-Length. */
  get receivedEncodedLength(): number {
    return this.#gunzip.bytesWritten;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= MAX_REQUEST_BYTES) done(null, chunk);
    else done(new HttpProblem(413, `A request may have at most ${MAX_REQUEST_BYTES / 1_000_000} MB, unpacked. Split it.`));
  }
}
