/**
 * Request bodies: JSON in UTF-8, read strictly. What could not be stored exactly as it was sent is refused here.
 */
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from './problem.ts';

/** Deeper than any questionnaire; a body nested without end would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 32;

export function acceptJsonOnly(app: FastifyInstance): void {
  // 'error': a key like __proto__ is refused, not passed over.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const text = decodeUtf8(Buffer.from(body));
    if (text === null) return done(new HttpProblem(400, 'The body is not UTF-8.'));
    void parse(request, text, (error, value) => {
      if (error !== null) return done(text === '' ? error : new HttpProblem(400, 'The body is not JSON that can be stored as it is.'));
      const flaw = findFlaw(value, MAX_DEPTH);
      return flaw === null ? done(null, value) : done(new HttpProblem(400, flaw));
    });
  });
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Null if the value can be stored as it is. `1e999` is read as infinity, which JSON cannot write back. */
function findFlaw(value: unknown, depthLeft: number): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'The body has a number that is too large.';
  if (typeof value !== 'object' || value === null) return null;
  if (depthLeft === 0) return `The body is nested deeper than ${MAX_DEPTH} levels.`;
  for (const child of Object.values(value)) {
    const flaw = findFlaw(child, depthLeft - 1);
    if (flaw !== null) return flaw;
  }
  return null;
}
