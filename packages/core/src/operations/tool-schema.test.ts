import { describe, expect, it } from 'vitest';
import type { Operation } from './define.ts';
import { findOperation, operationList } from './registry.ts';
import { argumentsSchemaOf, inputSchemaOf, outputSchemaOf } from './tool-schema.ts';

function operation(id: string): Operation {
  const found = findOperation(id);
  if (!found) throw new Error(`no operation ${id}`);
  return found;
}

function keywords(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keywords);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [key, ...keywords(each)]);
}

describe.each(operationList.map((each) => [each.id, each] as const))('%s', (_, each) => {
  it('has an input and an output schema with an object at the root and no references', () => {
    for (const schema of [inputSchemaOf(each), outputSchemaOf(each)]) {
      expect(schema.type).toBe('object');
      expect(keywords(schema).filter((keyword) => keyword.startsWith('$'))).toEqual([]);
    }
  });

  it('names every field of its input, and refuses others', () => {
    const schema = argumentsSchemaOf(each);
    expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(each.input.shape));
    expect(schema.additionalProperties).toBe(false);
  });
});

describe('inputSchemaOf', () => {
  it('leaves out what only programs set, which nothing needs', () => {
    const create = operation('jobs.create');
    expect(argumentsSchemaOf(create).properties).toHaveProperty('rules');
    expect(inputSchemaOf(create).properties).not.toHaveProperty('rules');
    expect(JSON.stringify(argumentsSchemaOf(create))).not.toContain('isForPrograms');
    for (const each of operationList) {
      const offered = Object.keys(inputSchemaOf(each).properties ?? {});
      expect(offered).toEqual(expect.arrayContaining([...(argumentsSchemaOf(each).required ?? [])]));
    }
  });

  it('keeps limits that a model needs and drops patterns that a format already says', () => {
    expect(inputSchemaOf(operation('jobs.create')).properties).toMatchObject({
      provider: { type: 'string', format: 'uuid', description: expect.any(String) },
      threshold: { type: 'integer', minimum: 0, maximum: 100 },
      amountUsdc: { pattern: expect.any(String) },
    });
    expect(JSON.stringify(inputSchemaOf(operation('jobs.create')))).not.toContain('[02468][048]');
  });

  it('is made once', () => {
    expect(inputSchemaOf(operation('jobs.get'))).toBe(inputSchemaOf(operation('jobs.get')));
  });
});

describe('outputSchemaOf', () => {
  it('allows fields that a newer gateway may add', () => {
    expect(keywords(outputSchemaOf(operation('jobs.list')))).not.toContain('additionalProperties');
  });

  it('keeps a property that is called like a keyword', () => {
    expect(outputSchemaOf(operation('jobs.get')).properties).toHaveProperty('description', {
      type: 'string',
    });
  });
});
