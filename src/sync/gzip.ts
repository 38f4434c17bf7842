import type { Gzip } from '../../protocol/index.ts';

/** By the browser's own compression; null in browsers that have none. */
export const gzip: Gzip = typeof CompressionStream === 'undefined' ? null : compress;

function compress(text: string): Promise<ArrayBuffer> {
  return new Response(new Response(text).body?.pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
}
