import { z } from 'zod';
import type { Operation } from './define.ts';

/** A JSON Schema (2020-12) whose root is an object, as tool protocols want it. */
export interface ToolSchema {
  readonly type: 'object';
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

type Schema = Readonly<Record<string, unknown>>;
type Keep = (keyword: string, schema: Schema) => boolean;

const inputSchemas = new WeakMap<Operation, ToolSchema>();
const argumentsSchemas = new WeakMap<Operation, ToolSchema>();
const outputSchemas = new WeakMap<Operation, ToolSchema>();
const resultSchemas = new WeakMap<Operation, ToolSchema>();

/** JSON Schema of what a program passes to an operation: every field, every limit. Made once. */
export function argumentsSchemaOf(operation: Operation): ToolSchema {
  return cached(argumentsSchemas, operation, () =>
    toolSchema(z.toJSONSchema(operation.input, { io: 'input' }), keepsArguments),
  );
}

/** JSON Schema of what a model passes: without the fields that are marked `isForPrograms`, which all have defaults. Made once. */
export function inputSchemaOf(operation: Operation): ToolSchema {
  return cached(inputSchemas, operation, () =>
    toolSchema(z.toJSONSchema(operation.input, { io: 'input' }), keepsInput),
  );
}

/** JSON Schema of what an operation returns, in full: for programs. Unknown fields stay allowed. Made once. */
export function resultSchemaOf(operation: Operation): ToolSchema {
  return cached(resultSchemas, operation, () =>
    toolSchema(z.toJSONSchema(operation.output, { io: 'output' }), keepsResult),
  );
}

/**
 * JSON Schema of what an operation returns, for models: names and types of its fields, and of those of each item of a list.
 * What lies deeper explains itself when it is read. Unknown fields stay allowed. Made once.
 */
export function outputSchemaOf(operation: Operation): ToolSchema {
  return cached(outputSchemas, operation, () => {
    const { type, ...schema } = toolSchema(z.toJSONSchema(operation.output, { io: 'output' }), keepsOutput);
    return { type, ...mapProperties(schema, (field) => flatten(field)) };
  });
}

function flatten(field: Schema): Schema {
  if (field.type === 'array' && isSchema(field.items)) {
    return { ...field, items: mapProperties(field.items, summary) };
  }
  return summary(field);
}

/** Keeps the kind of an object, not its fields. */
function summary(schema: Schema): Schema {
  const { properties, additionalProperties, ...rest } = schema;
  if (schema.type === 'array' && isSchema(schema.items)) return { ...rest, items: summary(schema.items) };
  if (schema.type === 'object') return rest;
  return schema;
}

function mapProperties<Kind extends Schema>(schema: Kind, change: (field: Schema) => Schema): Kind {
  if (!isSchema(schema.properties)) return schema;
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, change(field as Schema)]);
  return { ...schema, properties: Object.fromEntries(fields) };
}

function cached(
  store: WeakMap<Operation, ToolSchema>,
  operation: Operation,
  make: () => ToolSchema,
): ToolSchema {
  const found = store.get(operation);
  if (found) return found;
  const made = make();
  store.set(operation, made);
  return made;
}

function toolSchema(schema: object, keep: Keep): ToolSchema {
  return { ...compact(schema as Schema, keep), type: 'object' };
}

// `format` says what zod's own pattern for it says, in a tenth of the tokens.
const keepsArguments: Keep = (keyword, schema) => {
  switch (keyword) {
    case '$schema':
    case '$defs':
    case 'propertyNames':
    case 'isForPrograms':
      return false;
    case 'pattern':
      return schema.format === undefined;
    case 'minimum':
    case 'maximum':
      return (
        Number.isSafeInteger(schema[keyword]) && Math.abs(Number(schema[keyword])) < Number.MAX_SAFE_INTEGER
      );
    default:
      return true;
  }
};

const keepsInput: Keep = (keyword, schema) =>
  keepsArguments(keyword, schema) && !(keyword === 'property' && schema.isForPrograms === true);

// A result was checked by who made it; limits and closed objects would only break readers of newer gateways.
const LIMITS = new Set(['pattern', 'minimum', 'maximum', 'minLength', 'maxLength', 'additionalProperties']);

const keepsResult: Keep = (keyword, schema) =>
  keepsArguments(keyword, schema) &&
  !(LIMITS.has(keyword) && typeof schema[keyword] !== 'object') &&
  !(keyword === 'description' && schema.format !== undefined);

// Names, types and choices are what a model needs to read a result: twenty tools share five thousand tokens.
const keepsOutput: Keep = (keyword, schema) =>
  keepsResult(keyword, schema) &&
  !(keyword === 'property' && schema.isForPrograms === true) &&
  !['format', 'description', 'required'].includes(keyword);

/** The only schema here that refers to itself is "any JSON value", and that is `{}`. */
function compact(schema: Schema, keep: Keep): Schema {
  if ('$ref' in schema) return {};
  const entries = Object.entries(schema).filter(([keyword]) => keep(keyword, schema));
  return Object.fromEntries(
    entries.flatMap(([keyword, value]): [string, unknown][] => {
      if (keyword === 'properties') return [[keyword, mapValues(value as Record<string, Schema>, keep)]];
      if (Array.isArray(value) && keyword.endsWith('Of'))
        return [[keyword, value.map((each) => compact(each, keep))]];
      if (!isSchema(value)) return [[keyword, value]];
      const inner = compact(value, keep);
      return keyword === 'additionalProperties' && Object.keys(inner).length === 0 ? [] : [[keyword, inner]];
    }),
  );
}

function mapValues(properties: Readonly<Record<string, Schema>>, keep: Keep): Schema {
  const offered = Object.entries(properties).filter(([, each]) => keep('property', each));
  return Object.fromEntries(offered.map(([name, each]) => [name, compact(each, keep)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
