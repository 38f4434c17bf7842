import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  aString,
  having,
  openServer,
  temporaryFolder,
  textWith,
} from '../testing/server.ts';

const HTML = '<!doctype html><title>Outpost</title>';

async function setUp() {
  const appDir = temporaryFolder();
  mkdirSync(join(appDir, 'assets'));
  const files = { 'index.html': HTML, 'sw.js': 'self.x = 1;', 'manifest.webmanifest': '{}', 'assets/main-abc.js': 'export {};' };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(appDir, name), text);
    writeFileSync(join(appDir, `${name}.br`), brotliCompressSync(text));
    writeFileSync(join(appDir, `${name}.gz`), gzipSync(text));
  }
  const { app } = await openServer({ appDir });
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });
  return { get };
}

test('assets are kept for a year, everything else is asked for again', async () => {
  const { get } = await setUp();
  expect((await get('/assets/main-abc.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  for (const url of ['/', '/index.html', '/sw.js', '/manifest.webmanifest']) {
    const answer = await get(url);
    expect([url, answer.statusCode, answer.headers['cache-control']]).toEqual([url, 200, 'no-cache']);
    expect(answer.headers.etag).toBeDefined();
  }
});

test('what the build has compressed is sent so, with its own type and caching', async () => {
  const { get } = await setUp();
  for (const [accepted, encoding] of [['br, gzip', 'br'], ['gzip', 'gzip'], ['identity', undefined]] as const) {
    const answer = await get('/assets/main-abc.js', { 'accept-encoding': accepted });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers['content-type']).toMatch(/javascript/);
    expect(answer.headers['cache-control']).toContain('immutable');
    expect(answer.headers.vary ?? '').toMatch(/accept-encoding/i);
  }
});

test('an address that only the page knows gives the page; a missing file and the API do not', async () => {
  const { get } = await setUp();
  const page = await get('/responses/some-id?x=1', { accept: 'text/html,*/*', 'accept-encoding': 'identity' });
  expect([page.statusCode, page.body, page.headers['cache-control']]).toEqual([200, HTML, 'no-cache']);
  expect((await get('/assets/gone.js', { accept: '*/*' })).statusCode).toBe(404);
  const api = await get('/api/v2/whatever', { accept: 'text/html' });
  expect([api.statusCode, api.headers['outpost-protocol'], api.json()]).toEqual([404, '1', having({ status: 404, detail: aString })]);
});

test('the page may run nothing but its own', async () => {
  const { get } = await setUp();
  for (const url of ['/', '/sw.js', '/nowhere']) {
    const { headers } = await get(url);
    const policy = String(headers['content-security-policy']).split(';').toSorted();
    expect(policy).toEqual([
      "base-uri 'none'",
      "default-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data: blob:",
      "object-src 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types outpost lit-html',
    ]);
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});

test('before the first build a person is told what to do', async () => {
  const { app } = await openServer({ appDir: temporaryFolder() });
  const answer = await app.inject({ url: '/', headers: { accept: 'text/html' } });
  expect([answer.statusCode, answer.json()]).toEqual([503, having({ detail: textWith('npm start') })]);
});
