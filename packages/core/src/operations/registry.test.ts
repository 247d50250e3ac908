import { describe, expect, it } from 'vitest';
import { findOperation, namesOf, operationList, operations, selectTools } from './index.ts';
import { inputSchemaOf } from './tool-schema.ts';

const remote = operationList.filter((operation) => operation.kind !== 'local');

describe('the registry', () => {
  it('has every operation under the noun and verb of its id, once', () => {
    const keys = Object.entries(operations).flatMap(([noun, verbs]) =>
      Object.keys(verbs).map((verb) => `${noun}.${verb}`),
    );
    expect(operationList.map(({ id }) => id)).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('finds operations by id, and no property of objects', () => {
    for (const operation of operationList) expect(findOperation(operation.id)).toBe(operation);
    for (const id of ['jobs', 'jobs.none', 'constructor', '__proto__'])
      expect(findOperation(id)).toBeUndefined();
  });

  it('names each on every surface', () => {
    expect(operationList.map((operation) => namesOf(operation))).toMatchSnapshot();
  });

  it('gives no two operations one name on any surface', () => {
    const all = operationList.map((operation) => namesOf(operation));
    for (const surface of ['client', 'tool', 'elizaAction', 'cli', 'http'] as const) {
      const names = all.map((each) => each[surface]).filter((name) => name !== undefined);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe.each(operationList.map((operation) => [operation.id, operation] as const))('%s', (id, operation) => {
  it('is well-formed', () => {
    expect(id).toMatch(/^[a-z][a-zA-Z]*\.[a-z][a-zA-Z]*$/);
    expect(operation.summary).toMatch(/^[A-Z].{9,69}[^.]$/);
    expect(operation.description).toMatch(/^[A-Z].{19,599}\.$/);
    expect(new Set(operation.errors).size).toBe(operation.errors.length);
  });

  it('refuses fields it does not know', () => {
    const { error } = operation.input.safeParse({ surprise: 1 });
    expect(error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
  });
});

describe.each(remote.map((operation) => [operation.id, operation] as const))(
  '%s over HTTP',
  (_, operation) => {
    it('reads by GET, or by POST what no address can hold', () => {
      const reading = operation.risk === 'none' ? ['GET', 'POST'] : ['POST', 'PATCH', 'DELETE'];
      expect(reading).toContain(operation.http.method);
    });

    it('has its path fields in its input, required', () => {
      for (const [, name = ''] of operation.http.path.matchAll(/\{(\w+)\}/g)) {
        expect(inputSchemaOf(operation).required).toContain(name);
      }
    });

    it('has only fields that a query can carry when it reads', () => {
      if (operation.http.method !== 'GET') return;
      for (const schema of Object.values(inputSchemaOf(operation).properties ?? {})) {
        const { type, items } = schema as { type?: string; items?: { type?: string } };
        expect(['string', 'integer', 'number', 'boolean']).toContain(type === 'array' ? items?.type : type);
      }
    });

    it('says who may call it', () => {
      expect(operation.access).toMatch(/^(public|enrolment|workspace:[a-zA-Z]+\.(read|write|manage))$/);
      if (operation.access.endsWith('.read')) expect(operation.risk).toBe('none');
    });
  },
);

describe('the default tools', () => {
  it('are at most 20', () => {
    expect(selectTools().length).toBeGreaterThan(0);
    expect(selectTools().length).toBeLessThanOrEqual(20);
  });

  it('cost a model at most 5,000 tokens', () => {
    const tools = selectTools().map((operation) => ({
      name: namesOf(operation).tool,
      description: operation.description,
      input_schema: inputSchemaOf(operation),
    }));
    // About four characters make a token.
    expect(JSON.stringify(tools).length / 4).toBeLessThanOrEqual(5000);
  });

  it('hold no operation of people', () => {
    for (const { id } of selectTools()) expect(id).not.toMatch(/^(tokens\.|approvals\.decide)/);
  });
});
