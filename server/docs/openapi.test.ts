import { describe, expect, test } from 'vitest';
import { aString, openServer, openSharedServer, signInOwner } from '../testing/server.ts';
import { OPERATIONS } from './operations.ts';
import { type ApiDocument, nameOf } from './openapi.ts';
import { pageOf } from './page.ts';

const { server } = await openSharedServer();
const document = (await server.app.inject('/api/openapi.json')).json<ApiDocument>();

/** Every route as Fastify itself prints it. */
function registered(): string[] {
  const printed = server.app.printRoutes({ commonPrefix: false, includeHooks: false });
  const names: string[] = [];
  const path: string[] = [];
  for (const line of printed.split('\n')) {
    const match = /^([│ ]*)(?:├──|└──) (\S*) \(([A-Z, ]+)\)/.exec(line);
    if (match === null) continue;
    const [, indent = '', part = '', methods = ''] = match;
    path.splice(indent.length / 4, Infinity, part);
    const url = path.join('');
    if (url.startsWith('/api/')) names.push(...methods.split(', ').filter((method) => method !== 'HEAD').map((method) => `${method} ${url}`));
  }
  return names.toSorted();
}

describe('the document', () => {
  test('has every route of the API that the server has, and each says what it is for', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => nameOf({ method: method.toUpperCase(), url: path.replaceAll(/\{(\w+)\}/g, ':$1') })));
    expect(registered()).toContain('PUT /api/v1/:collection/:id');
    expect(described.toSorted()).toEqual(registered());
    expect(Object.keys(OPERATIONS).toSorted()).toEqual(registered());
  });

  test('asks for a sign-in exactly where the server does', async () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        const url = path.replace('{collection}', 'responses').replace('{id}', 'x');
        const verb = method === 'get' ? 'GET' : method === 'put' ? 'PUT' : method === 'post' ? 'POST' : 'DELETE';
        const { statusCode } = await server.app.inject({ method: verb, url, ...(verb === 'POST' || verb === 'PUT' ? { payload: { Name: 'x' } } : {}) });
        expect([method, path, statusCode === 401]).toEqual([method, path, security.length > 0]);
      }
    }
  });

  test('says the form of what is sent: the limits, the patterns, the query', () => {
    const sync = JSON.stringify(document.paths['/api/v1/sync']?.['post']?.requestBody);
    expect(sync).toContain('"maxItems":1000');
    expect(sync).toContain('"Op":{"const":"put"}');
    const list = document.paths['/api/v1/{collection}']?.['get']?.parameters ?? [];
    expect(list.map(({ name, in: place }) => `${name} ${place}`)).toEqual(expect.arrayContaining(['collection path', 'since query', 'limit query', 'own query', 'Outpost-Workspace header']));
  });
});

describe('the page', () => {
  test('needs nothing but itself and its style, and runs nothing', async () => {
    const { body, headers } = await server.app.inject({ url: '/api/docs', headers: { accept: 'text/html' } });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const links = [...body.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link).filter((link) => !link.startsWith('#'));
    expect(links).toEqual(['/api/docs.css']);
    expect(body).not.toMatch(/<script|<style|style=|\son\w+=/);
    expect((await server.app.inject('/api/docs.css')).headers['content-type']).toBe('text/css; charset=utf-8');
    for (const [path, methods] of Object.entries(document.paths)) for (const { operationId } of Object.values(methods)) {
      expect(body).toContain(`<section id="${operationId}"`);
      expect(body).toContain(path);
    }
  });

  test('shows what stands in the document as text, whatever it is', () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const operation = { summary: evil, operationId: evil, security: [{ [evil]: [] }], parameters: [{ name: evil, in: 'query' as const, required: false, description: evil, schema: { type: 'string' as const, pattern: evil } }], responses: { [evil]: { description: evil, content: { [evil]: { schema: {} } } } } };
    const page = pageOf({ ...document, info: { title: evil, version: evil, description: evil }, paths: { [evil]: { [evil]: operation } } }, evil);
    expect(page).not.toMatch(/<img|onerror="|alert\('/);
  });
});

test('every page carries the policy, which lets nothing run or load but the server’s own', async () => {
  for (const { headers } of await Promise.all(['/', '/api/docs', '/api/openapi.json', '/nowhere'].map((url) => server.app.inject(url)))) {
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("object-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin' });
    expect(headers['x-powered-by']).toBeUndefined();
  }
});

test('data carries one that lets nothing run, load or frame it, and bears no more', async () => {
  const owner = await signInOwner(await openServer());
  const answers = await Promise.all([server.app.inject('/api/v1/health'), owner.send('GET', '/responses'), owner.send('PUT', '/responses/x', '{'), server.app.inject('/%E0%A4%A')]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 400, 400]);
  for (const { headers } of answers) {
    expect(headers).toMatchObject({ 'content-security-policy': "default-src 'none'; frame-ancestors 'none'", 'cross-origin-resource-policy': 'same-origin', 'x-content-type-options': 'nosniff', 'x-request-id': aString });
    expect(Object.keys(headers).filter((name) => /^(x-(?!content-type-options|request-id|ratelimit)|cross-origin-(?!resource)|origin-agent|referrer)/.test(name))).toEqual([]);
  }
});
