import { errorCodes } from '@bonafide/core/errors';
import { isQuery } from '@bonafide/core/operations';
import { z } from 'zod';
import type { Route } from './routes.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of this gateway, derived from its routes. */
export function createOpenApi(
  routes: readonly Route[],
  { version, url }: { version: string; url: string },
): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const { path, method } = route.operation.http;
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(route) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Bonafide gateway',
      version,
      description: 'Identity, permission, commerce and events for AI agents.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name, description: `Operations on ${name}.` })),
    paths,
    components: { schemas: { Problem: problem }, responses: { Problem: problemResponse }, securitySchemes },
  };
}

function describe(route: Route): Json {
  const { id, summary, description, access } = route.operation;
  return {
    operationId: id.replace('.', '_'),
    tags: [tagOf(route)],
    summary,
    description,
    security:
      access === 'public'
        ? []
        : access === 'enrolment'
          ? [{ signature: [] }]
          : [{ signature: [] }, { token: [] }],
    ...inputOf(route),
    responses: {
      200: successOf(route),
      ...Object.fromEntries(
        statusesOf(route).map((status) => [status, { $ref: '#/components/responses/Problem' }]),
      ),
    },
  };
}

function inputOf({ operation }: Route): Json {
  const schema = toSchema(operation.input, 'input');
  const properties = schema.properties as Record<string, Json>;
  const required = (schema.required ?? []) as string[];
  const inPath = [...operation.http.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters: Json[] = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name],
  }));
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name));
  if (operation.http.method === 'GET') {
    parameters.push(
      ...rest.map((name) => queryParameter(name, { schema: properties[name] ?? {}, required })),
    );
    return { parameters };
  }
  if (!isQuery(operation)) parameters.push(idempotencyKey);
  const body = {
    ...schema,
    properties: Object.fromEntries(rest.map((name) => [name, properties[name]])),
    required: required.filter((name) => rest.includes(name)),
  };
  const isRequired = body.required.length > 0;
  return {
    parameters,
    requestBody: { required: isRequired, content: { 'application/json': { schema: body } } },
  };
}

function queryParameter(
  name: string,
  { schema, required }: { schema: Json; required: readonly string[] },
): Json {
  return { name, in: 'query', required: required.includes(name), schema };
}

function successOf({ operation }: Route): Json {
  const schema = toSchema(operation.output, 'output');
  if (operation.kind === 'remote')
    return { description: operation.summary, content: { 'application/json': { schema } } };
  const description =
    'Server-sent events; the data of each is JSON of this schema. Resumes by Last-Event-ID.';
  return { description, content: { 'text/event-stream': { schema } } };
}

/** What any operation can answer, beside its own errors. */
const COMMON = ['VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'INTERNAL'] as const;

function statusesOf({ operation }: Route): number[] {
  return [...new Set([...COMMON, ...operation.errors].map((code) => errorCodes[code].status))].sort();
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io }) as Json;
  return rest;
}

function tagOf({ operation }: Route): string {
  return operation.id.split('.')[0] ?? '';
}

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Names one logical write: the same key and body replay its answer for 24 hours, another body is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const problem: Json = {
  type: 'object',
  description: 'RFC 9457 problem details; `code` is the stable name of the error.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    issues: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
    details: { type: 'object' },
  },
};

const problemResponse: Json = {
  description: 'The request was refused or failed.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const securitySchemes: Json = {
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: 'RFC 9421 signature by the Ed25519 key of an agent, tag "bonafide".',
  },
  token: { type: 'http', scheme: 'bearer', description: 'API token of a person or machine.' },
};
