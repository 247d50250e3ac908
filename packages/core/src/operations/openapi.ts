import { type ErrorCode, errorCodes } from '../errors.ts';
import { type Access, isQuery, type RemoteOperation, type StreamOperation } from './define.ts';
import { operationList } from './registry.ts';
import { argumentsSchemaOf, resultSchemaOf } from './tool-schema.ts';

export interface OpenApiOptions {
  /** Public URL of the gateway. */
  readonly url: string;
  /** Version of the gateway, not of OpenAPI. */
  readonly version: string;
}

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };
type HttpOperation = RemoteOperation | StreamOperation;

/** An OpenAPI 3.1 document as plain JSON. */
export type OpenApiDocument = JsonObject;

/** What any call can fail with, whatever the operation. */
const commonErrors: readonly ErrorCode[] = ['VALIDATION_FAILED', 'RATE_LIMITED', 'INTERNAL', 'UNAVAILABLE'];
const authenticationErrors: readonly ErrorCode[] = [
  ...(['UNAUTHENTICATED', 'SIGNATURE_INVALID', 'SIGNATURE_EXPIRED', 'REPLAYED', 'REVOKED'] as const),
  'FORBIDDEN',
];
const writeErrors: readonly ErrorCode[] = ['IDEMPOTENCY_MISMATCH', 'IN_PROGRESS', 'PAYLOAD_TOO_LARGE'];

/** Describes every operation that travels over HTTP; derived from the registry, so it cannot disagree with it. */
export function toOpenApi({ url, version }: OpenApiOptions): OpenApiDocument {
  const remote = operationList.filter((operation) => operation.kind !== 'local');
  return {
    openapi: '3.1.1',
    info: {
      title: 'Bonafide gateway',
      version,
      description: 'Identity, permission, commerce and audit for AI agents.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
    tags: [...new Set(remote.map(tagOf))].map((name) => ({ name, description: `Operations on ${name}` })),
    paths: toPaths(remote),
    components: { schemas: { Problem: problemSchema }, securitySchemes },
  };
}

function toPaths(remote: readonly HttpOperation[]): JsonObject {
  const byPath = Map.groupBy(remote, ({ http }) => http.path);
  const paths = [...byPath].map(([path, all]): [string, JsonObject] => [
    path,
    Object.fromEntries(all.map((operation) => [operation.http.method.toLowerCase(), toOperation(operation)])),
  ]);
  return Object.fromEntries(paths);
}

const tagOf = ({ id }: HttpOperation): string => id.split('.')[0] ?? id;

function toOperation(operation: HttpOperation): JsonObject {
  const { id, summary, description, access } = operation;
  const parameters = toParameters(operation);
  const body = toRequestBody(operation);
  return {
    operationId: id,
    summary,
    description,
    tags: [tagOf(operation)],
    security: toSecurity(access),
    ...(access === 'public' ? {} : { 'x-access': access }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: { '200': toSuccess(operation), ...toProblems(operation) },
  };
}

function toSecurity(access: Access): JsonObject[] {
  if (access === 'public') return [];
  return access === 'enrolment' ? [{ signature: [] }] : [{ signature: [] }, { token: [] }];
}

function toParameters(operation: HttpOperation): JsonObject[] {
  const { properties, required } = inputParts(operation);
  const inPath = pathFields(operation);
  const inQuery =
    operation.http.method === 'GET' ? Object.keys(properties).filter((name) => !inPath.has(name)) : [];
  return [
    ...[...inPath].map((name) =>
      toParameter(name, { in: 'path', required: true, schema: properties[name] ?? {} }),
    ),
    ...inQuery.map((name) =>
      toParameter(name, { in: 'query', required: required.includes(name), schema: properties[name] ?? {} }),
    ),
    ...(isQuery(operation) ? [] : [idempotencyKey]),
    ...(operation.kind === 'stream' ? [lastEventId] : []),
  ];
}

function toParameter(
  name: string,
  { schema, ...rest }: { readonly in: string; readonly required: boolean; readonly schema: JsonObject },
): JsonObject {
  const { description, ...bare } = schema;
  return { name, ...rest, ...(description === undefined ? {} : { description }), schema: bare };
}

function toRequestBody(operation: HttpOperation): JsonObject | undefined {
  if (operation.http.method === 'GET') return undefined;
  const { properties, required } = inputParts(operation);
  const inPath = pathFields(operation);
  const inBody = Object.entries(properties).filter(([name]) => !inPath.has(name));
  const needed = required.filter((name) => !inPath.has(name));
  const schema = {
    type: 'object',
    properties: Object.fromEntries(inBody),
    ...(needed.length > 0 ? { required: needed } : {}),
    additionalProperties: false,
  };
  return { required: true, content: { 'application/json': { schema } } };
}

function toSuccess(operation: HttpOperation): JsonObject {
  const schema = resultSchemaOf(operation) as JsonObject;
  if (operation.kind === 'remote') {
    return { description: 'Done.', content: { 'application/json': { schema } } };
  }
  const description =
    'Server-sent events; `data` is one item as JSON. `event: reset` with `{"oldest"}` marks a gap, `event: end` the end of a finite stream, `event: error` a problem document; comments are heartbeats.';
  return { description, content: { 'text/event-stream': { schema } } };
}

function toProblems(operation: HttpOperation): JsonObject {
  const codes = new Set<ErrorCode>([
    ...commonErrors,
    ...(operation.access === 'public' ? [] : authenticationErrors),
    ...(isQuery(operation) ? [] : writeErrors),
    ...operation.errors,
  ]);
  const byStatus = Map.groupBy([...codes], (code) => String(errorCodes[code].status));
  return Object.fromEntries([...byStatus].map(([status, some]) => [status, toProblem(some)]));
}

function toProblem(codes: readonly ErrorCode[]): JsonObject {
  const schema = { $ref: '#/components/schemas/Problem' };
  const isBusy = codes.some((code) => code === 'RATE_LIMITED' || code === 'UNAVAILABLE');
  return {
    description: codes.join(', '),
    ...(isBusy ? { headers: { 'Retry-After': retryAfter } } : {}),
    content: { 'application/problem+json': { schema } },
  };
}

interface InputParts {
  readonly properties: Readonly<Record<string, JsonObject>>;
  readonly required: readonly string[];
}

function inputParts(operation: HttpOperation): InputParts {
  const { properties = {}, required = [] } = argumentsSchemaOf(operation);
  return { properties: properties as InputParts['properties'], required };
}

function pathFields({ http }: HttpOperation): ReadonlySet<string> {
  return new Set([...http.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
}

const problemSchema: JsonObject = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    issues: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    details: { type: 'object' },
  },
};

const idempotencyKey: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Names one logical write: the same key and body replays the answer, another body is a conflict.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

const lastEventId: JsonObject = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Resume after this event; wins over `cursor`.',
  schema: { type: 'string' },
};

const retryAfter: JsonObject = { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } };

const securitySchemes: JsonObject = {
  token: { type: 'http', scheme: 'bearer', description: 'API token of a person or machine.' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description:
      'RFC 9421 HTTP message signature by the key of an agent (`tag="bonafide"`, `alg="ed25519"`, `keyid` a did:key) over method, authority, path, query and, when present, content-digest and idempotency-key; with Signature-Input.',
  },
};
