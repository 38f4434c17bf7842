/**
 * Request bodies: JSON in UTF-8, read strictly. What could not be stored exactly as it was sent is refused here.
 */
import type { FastifyInstance } from 'fastify';
import { MAX_DEPTH, MAX_VALUES, type Outline, outlineOf } from './outline.ts';
import { HttpProblem } from './problem.ts';

export function acceptJsonOnly(app: FastifyInstance): void {
  // 'error': a key like __proto__ is refused, not passed over.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const excess = EXCESSES[outlineOf(bytes)];
    if (excess !== null) return done(excess());
    const text = decodeUtf8(bytes);
    if (text === null) return done(new HttpProblem(400, 'The body is not UTF-8.'));
    void parse(request, text, (error, value) => {
      if (error !== null) return done(text === '' ? error : new HttpProblem(400, 'The body is not JSON that can be stored as it is.'));
      return isStorable(value) ? done(null, value) : done(new HttpProblem(400, 'The body has a number that is too large.'));
    });
  });
}

const EXCESSES: Readonly<Record<Outline, (() => HttpProblem) | null>> = {
  fine: null,
  'too deep': () => new HttpProblem(400, `The body is nested deeper than ${MAX_DEPTH} levels.`),
  'too many values': () => new HttpProblem(413, `A request may have at most ${MAX_VALUES} values. Split it.`),
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** `1e999` is read as infinity, which JSON cannot write back. The depth is bounded by the outline. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isStorable);
}
