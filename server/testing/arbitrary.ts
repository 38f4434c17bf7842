/**
 * Requests made up from the document of the API: mostly of the form that it asks for, and now and then of any other.
 */
import type { JsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import type { ApiDocument, DescribedOperation } from '../docs/openapi.ts';

export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes as they are sent; null for none. */
  readonly body: Buffer | null;
}

/** What exists, so that not every id is unknown. */
export interface Known {
  readonly ids: readonly string[];
  readonly cursors: readonly string[];
  /** By the name of a header in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Any value that fits the schema, as far as it says. */
function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { type, enum: choices, anyOf, oneOf, pattern, properties = {}, required = [], items, maxItems = 5, minimum, additionalProperties, propertyNames } = schema;
  if ('const' in schema) return fc.constant(schema.const);
  if (choices !== undefined) return fc.constantFrom(...choices);
  const union = anyOf ?? oneOf;
  if (union !== undefined) return fc.oneof(...union.map(fittingOrAny));
  if (Array.isArray(type)) return fc.oneof(...type.map((each) => fitting({ ...schema, type: each })));
  switch (type) {
    case 'string':
      return pattern === undefined ? fc.oneof(fc.string(), fc.constant('olive@example.org'), fc.string({ unit: 'binary' })) : fc.stringMatching(new RegExp(pattern));
    case 'integer':
    case 'number':
      return fc.oneof(fc.nat({ max: 5 }), fc.maxSafeNat(), minimum === undefined ? fc.double() : fc.constant(minimum));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fittingOrAny(typeof items === 'object' && !Array.isArray(items) ? items : {}), { maxLength: Math.min(maxItems, 5) });
    case 'object': {
      if (typeof additionalProperties === 'object') return fc.dictionary(texts(propertyNames), fitting(additionalProperties), { maxKeys: 3 });
      const parts = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, fittingOrAny(each)]));
      return Object.keys(parts).length === 0 ? fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }) : fc.record(parts, { requiredKeys: required });
    }
    case undefined:
      return fc.jsonValue();
    default: {
      const never: never = type;
      return never;
    }
  }
}

function fittingOrAny(schema: JsonSchema | boolean): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 15, arbitrary: fitting(typeof schema === 'object' ? schema : {}) }, { weight: 1, arbitrary: fc.jsonValue() });
}

function texts(schema: JsonSchema | boolean | undefined): fc.Arbitrary<string> {
  const any = fitting({ type: 'string', ...(typeof schema === 'object' ? schema : {}) });
  return fc.oneof(any.map(String), fc.string(), fc.constantFrom('responses', 'questionnaires', '__proto__', 'constructor'));
}

/** Requests of one operation. `models` are bodies that could be stored. */
function requestsOf(method: string, path: string, operation: DescribedOperation, known: Known, models: readonly unknown[]): fc.Arbitrary<MadeRequest> {
  const { parameters, requestBody } = operation;
  const id = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known.ids) }, { weight: 4, arbitrary: fc.uuid() }, fc.string({ maxLength: 120 }), fc.string({ unit: 'binary' }));
  const parts = Object.fromEntries(parameters.filter((each) => each.in === 'path').map(({ name, schema }) => [name, name === 'id' ? id : fc.oneof({ weight: 9, arbitrary: texts(schema) }, { weight: 1, arbitrary: fc.string({ minLength: 1 }) })]));
  const query = sometimes(parameters.filter((each) => each.in === 'query').map(({ name, schema }) => [name, fc.oneof(texts(schema), fc.constantFrom(...known.cursors, ''))]));
  const headers = sometimes(parameters.filter((each) => each.in === 'header').map(({ name }) => [name.toLowerCase(), fc.oneof(HEADER_VALUES, { weight: 3, arbitrary: fc.constant(known.headers[name.toLowerCase()] ?? '') })]));
  const content = Object.values(requestBody?.content ?? {})[0];
  const body = content === undefined ? fc.constant({ bytes: null, headers: {} }) : bodies(content.schema, models);
  return fc.record({ parts: fc.record(parts), query, headers, body }).map((made) => ({
    method,
    path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(wellFormed(made.parts[name] ?? ''))) + queryOf(made.query),
    headers: { ...made.headers, ...made.body.headers },
    body: made.body.bytes,
  }));
}

/** Each of them in one of five. */
function sometimes(parts: readonly (readonly [string, fc.Arbitrary<string>])[]): fc.Arbitrary<Readonly<Record<string, string>>> {
  const each = parts.map(([name, value]) => fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: value.map((text) => [[name, text] as const]) }));
  return fc.tuple(...each).map((found) => Object.fromEntries(found.flat()));
}

const HEADER_VALUES = fc.oneof(fc.uuid(), fc.nat({ max: 9 }).map(String), fc.stringMatching(/^[!-~]{0,80}$/));

function queryOf(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Half of a character has no form in an address. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

interface Body {
  readonly bytes: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE = { 'content-type': 'application/json' };

function bodies(schema: JsonSchema, models: readonly unknown[]): fc.Arbitrary<Body> {
  const written = (value: unknown): Body => ({ bytes: Buffer.from(JSON.stringify(value) ?? ''), headers: JSON_TYPE });
  const good = fc.oneof(fitting(schema), { weight: 2, arbitrary: fc.constantFrom(...models) }).map(written);
  const cut = fc.tuple(good, fc.nat({ max: 200 })).map(([{ bytes }, at]) => ({ bytes: bytes?.subarray(0, at) ?? null, headers: JSON_TYPE }));
  const deep = fc.tuple(fc.constantFrom('[', '{"a":'), fc.constantFrom(31, 33, 10_000, 100_000)).map(([open, depth]) => ({ bytes: Buffer.from(open.repeat(depth) + '1' + (open === '[' ? ']' : '}').repeat(depth)), headers: JSON_TYPE }));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each));
  const raw = fc.tuple(bytes, fc.constantFrom<Readonly<Record<string, string>>>(JSON_TYPE, {}, { 'content-type': 'text/plain' }, { ...JSON_TYPE, 'content-encoding': 'gzip' }, { ...JSON_TYPE, 'content-encoding': 'br' }));
  const strange = fc.constantFrom('1e999', '{"a":1e999}', '{"__proto__":{"a":1}}', '{"constructor":{"prototype":{}}}', '{"a":1,"a":2}', '"\\ud800"', '{"\\u0000":"\\u0000"}', '-0', '[]', 'null');
  return fc.oneof(
    { weight: 12, arbitrary: good },
    { weight: 1, arbitrary: cut },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: raw.map(([each, headers]) => ({ bytes: each, headers })) },
    { weight: 1, arbitrary: strange.map((text) => ({ bytes: Buffer.from(text), headers: JSON_TYPE })) },
  );
}

/** Of the operations that change or show records more than of those that anybody may ask for. */
export function anyRequest({ paths }: ApiDocument, known: Known, models: readonly unknown[]): fc.Arbitrary<MadeRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })));
  return fc.oneof(
    ...operations.map(({ path, method, operation }) => ({
      weight: operation.security.length === 0 ? 1 : method === 'GET' ? 3 : 8,
      arbitrary: requestsOf(method, path, operation, known, models),
    })),
  );
}
