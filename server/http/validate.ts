/**
 * Valibot as Fastify's validator: what a route's schema decodes is what its handler gets, typed. Nothing is converted.
 */
import type { FastifyInstance, FastifySchemaCompiler, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import * as v from 'valibot';
import { Attributes } from '../../protocol/index.ts';
import { HttpProblem } from './problem.ts';

export interface ValibotProvider extends FastifyTypeProvider {
  validator: this['schema'] extends v.GenericSchema ? v.InferOutput<this['schema']> : unknown;
}

/** A Fastify whose routes are typed by their valibot schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ValibotProvider>;

export const compileValidator: FastifySchemaCompiler<v.GenericSchema> = ({ schema, httpPart }) => (data) => {
  const decoded = v.safeParse(schema, data);
  if (decoded.success) return { value: decoded.output };
  const tooMany = decoded.issues.find((issue) => issue.type === 'max_length' && Array.isArray(issue.input));
  if (tooMany !== undefined) return { error: new HttpProblem(413, `A request may have at most ${String(tooMany.requirement)} entries. Split it.`) };
  return { error: new HttpProblem(400, `The ${PARTS[httpPart ?? 'body'] ?? 'request'} is not as it should be: ${describe(decoded.issues)}`) };
};

const PARTS: Readonly<Record<string, string>> = { body: 'body', querystring: 'query', params: 'address', headers: 'header' };

/** The first thing wrong, in one sentence. */
export function describe(issues: readonly v.BaseIssue<unknown>[]): string {
  const [issue] = issues;
  if (issue === undefined) return 'it could not be read.';
  const path = v.getDotPath(issue);
  return path === null ? `${issue.message}.` : `${path}: ${issue.message}.`;
}

/** The attributes of a model. Names with a dot would be taken for a path (`answers.age`). */
export const ModelAttributes = v.pipe(
  Attributes,
  v.check((attributes) => Object.keys(attributes).every((name) => !name.includes('.')), 'the name of an attribute has no dot'),
);
