/**
 * The OpenAPI document, made from the routes as they are registered: their methods, patterns and valibot schemas.
 */
import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type { FastifyInstance } from 'fastify';
import type * as v from 'valibot';
import { Attributes, Count } from '../../protocol/index.ts';
import { COLLECTIONS } from '../access.ts';
import { HEADERS, OPERATIONS, type Operation, REFUSAL } from './operations.ts';

/** A route as it was registered. */
export interface Route {
  readonly method: string;
  /** As Fastify has it: `/api/v1/:collection/:id`. */
  readonly url: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Everything under `/api` that will be registered from now on. */
export function collectRoutes(app: FastifyInstance): readonly Route[] {
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (!url.startsWith('/api/')) return;
    for (const each of [method].flat()) routes.push({ method: each, url, schema: { ...schema } });
  });
  return routes;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

interface Content {
  readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

export interface DescribedOperation {
  readonly summary: string;
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Content & { readonly required: true };
  readonly responses: Readonly<Record<string, { readonly description: string } & Partial<Content>>>;
}

export interface ApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
}

/** The name of a route in `OPERATIONS`. */
export function nameOf({ method, url }: Pick<Route, 'method' | 'url'>): string {
  return `${method} ${url}`;
}

/** A route that `OPERATIONS` does not know is described by what it has. */
export function describeApi(routes: readonly Route[], version: string): ApiDocument {
  const paths: Record<string, Record<string, DescribedOperation>> = {};
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, OPERATIONS[nameOf(route)] ?? UNKNOWN) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Outpost', version, description: DESCRIPTION },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'outpost.session_token' },
        key: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

const DESCRIPTION =
  'JSON in UTF-8. Every answer has the header Outpost-Protocol; one without it is no answer of this server. Every refusal is ' +
  'application/problem+json (RFC 9457) with a sentence for people; 429 and 503 say in Retry-After when to come again, and nothing was changed.';

const UNKNOWN: Operation = { summary: '', asks: 'somebody', answer: null };

const SECURITY: Readonly<Record<Operation['asks'], DescribedOperation['security']>> = {
  anybody: [],
  somebody: [{ session: [] }, { key: [] }],
  person: [{ session: [] }],
};

function describeRoute({ method, url, schema }: Route, operation: Operation): DescribedOperation {
  const { summary, asks, headers = [], answer, status = 200 } = operation;
  const body = operation.body ?? schema['body'];
  return {
    summary,
    operationId: `${method.toLowerCase()}${url.replaceAll(/\/:?(\w)|[.](\w)/g, (_, first: string | undefined, second: string | undefined) => (first ?? second ?? '').toUpperCase())}`,
    security: SECURITY[asks],
    parameters: [
      ...[...url.matchAll(/:(\w+)/g)].map(([, name = '']) => ({ name, in: 'path' as const, required: true, schema: PATH_PARTS[name] ?? { type: 'string' as const } })),
      ...queryOf(schema['querystring']),
      ...headers.map((name) => ({ name, in: 'header' as const, required: false, description: HEADERS[name], schema: { type: 'string' as const } })),
    ],
    ...(isSchema(body) ? { requestBody: { required: true as const, ...json(body) } } : {}),
    responses: {
      [status]: { description: 'As asked.', ...contentOf(answer) },
      default: { description: 'A refusal, with a sentence for people.', content: { 'application/problem+json': { schema: schemaOf(REFUSAL) } } },
    },
  };
}

const PATH_PARTS: Readonly<Record<string, JsonSchema>> = {
  collection: { type: 'string', enum: [...COLLECTIONS] },
  id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
};

function queryOf(schema: unknown): Parameter[] {
  if (!isSchema(schema)) return [];
  const { properties = {}, required = [] } = schemaOf(schema);
  return Object.entries(properties).flatMap(([name, property]) => (typeof property === 'object' ? [{ name, in: 'query' as const, required: required.includes(name), schema: property }] : []));
}

function contentOf(answer: Operation['answer']): Partial<Content> {
  if (answer === null) return {};
  return typeof answer === 'string' ? { content: { [answer]: { schema: { type: 'string' } } } } : json(answer);
}

function json(schema: v.GenericSchema): Content {
  return { content: { 'application/json': { schema: schemaOf(schema) } } };
}

function isSchema(value: unknown): value is v.GenericSchema {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';
}

function isRecord(schema: object): schema is { readonly key: v.GenericSchema; readonly value: v.GenericSchema } {
  return 'type' in schema && schema.type === 'record';
}

/** What is sent, before anything is made of it. */
function schemaOf(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    ignoreActions: ['check', 'trim'],
    overrideSchema: ({ valibotSchema }) => describeCustom(valibotSchema),
  });
  return rest;
}

const TEXT_FORM = /^a text of the form (.+)$/s;

/** The protocol's own types, which are functions: their form stands in what they say when it is broken. */
function describeCustom(schema: object): JsonSchema | null {
  if (schema === Count) return { type: 'integer', minimum: 0 };
  if (schema === Attributes) return { type: 'object' };
  if (isRecord(schema)) return { type: 'object', propertyNames: schemaOf(schema.key), additionalProperties: schemaOf(schema.value) };
  const message = 'message' in schema && typeof schema.message === 'string' ? schema.message : '';
  const pattern = TEXT_FORM.exec(message)?.[1];
  return pattern === undefined ? null : { type: 'string', pattern };
}
