import { describe, expect, it } from 'vitest';
import { errorCodes } from '../errors.ts';
import { toOpenApi } from './openapi.ts';
import { operationList } from './registry.ts';

interface Described {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: {
    readonly content: Record<string, { readonly schema: { readonly properties: object } }>;
  };
  readonly responses: Record<string, { readonly content: object }>;
}

const document = toOpenApi({ url: 'https://gateway.example', version: '1.2.3' });
const paths = document.paths as unknown as Record<string, Record<string, Described>>;
const described = new Map(
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => [each.operationId, { ...each, path, method }] as const),
  ),
);
const remote = operationList.filter((operation) => operation.kind !== 'local');

function find(id: string) {
  const found = described.get(id);
  if (!found) throw new Error(`${id} is not described.`);
  return found;
}

describe('the OpenAPI document', () => {
  it('describes every operation that travels, and no other', () => {
    expect([...described.keys()].sort()).toEqual(remote.map(({ id }) => id).sort());
  });

  it.each(remote.map((operation) => [operation.id, operation] as const))('%s', (id, operation) => {
    const { path, method, parameters = [], requestBody, responses } = find(id);
    expect(`${method.toUpperCase()} ${path}`).toBe(`${operation.http.method} ${operation.http.path}`);
    const body = Object.keys(requestBody?.content['application/json']?.schema.properties ?? {});
    const fields = parameters.filter((each) => each.in !== 'header').map(({ name }) => name);
    expect([...fields, ...body].sort()).toEqual(Object.keys(operation.input.shape).sort());
    const type = operation.kind === 'stream' ? 'text/event-stream' : 'application/json';
    expect(Object.keys(responses['200']?.content ?? {})).toEqual([type]);
    for (const code of operation.errors) {
      expect(responses[String(errorCodes[code].status)]).toMatchObject({
        description: expect.stringContaining(code),
      });
    }
  });

  it('asks for no credentials where none are needed, and for a key where an agent enrols', () => {
    expect(find('gateway.getInfo').security).toEqual([]);
    expect(find('agents.register').security).toEqual([{ signature: [] }]);
    expect(find('agents.list').security).toEqual([{ signature: [] }, { token: [] }]);
  });

  it('offers an idempotency key on every write, and on no query', () => {
    for (const operation of remote) {
      const names = find(operation.id).parameters?.map(({ name }) => name) ?? [];
      expect(names.includes('Idempotency-Key')).toBe(operation.risk !== 'none');
      expect(names.includes('Last-Event-ID')).toBe(operation.kind === 'stream');
    }
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
