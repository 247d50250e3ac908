import { isUtf8 } from 'node:buffer';
import { ValidationError } from '@bonafide/core/errors';
import { type Operation, parseInput } from '@bonafide/core/operations';
import type { z } from 'zod';
import { isShallow, MAX_JSON_DEPTH } from '../json.ts';

/** Where the fields of an input come from. */
export interface RawInput {
  readonly path: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: Buffer;
  readonly contentType: string | undefined;
}

/** Reads and validates the input of an operation; throws ValidationError with the path of each bad field. */
export type InputReader = (raw: RawInput) => Record<string, unknown>;

export function createInputReader(operation: Operation, method: string): InputReader {
  const kinds = fieldKinds(operation.input);
  if (method === 'GET') {
    return ({ path, query, body }) => {
      if (body.length > 0) throw invalid('', 'A GET request has no body.');
      return parseInput(operation, { ...readQuery(query, kinds), ...readPath(path, kinds) });
    };
  }
  return ({ path, query, body, contentType }) => {
    if (query !== '') throw invalid('', 'This operation takes its input as a JSON body, not as a query.');
    const fields = readBody(body, contentType);
    const twice = Object.keys(path).find((name) => Object.hasOwn(fields, name));
    if (twice !== undefined) throw invalid(twice, 'is in the path, so it cannot be in the body');
    return parseInput(operation, { ...fields, ...readPath(path, kinds) });
  };
}

type FieldKind = 'text' | 'number' | 'boolean' | 'list';

function fieldKinds(input: z.ZodObject): Map<string, FieldKind> {
  return new Map(Object.entries(input.shape).map(([name, schema]) => [name, kindOf(schema)]));
}

function kindOf(schema: z.core.$ZodType): FieldKind {
  const { def } = schema._zod;
  if ('innerType' in def) return kindOf(def.innerType as z.core.$ZodType);
  if (def.type === 'array') return 'list';
  if (def.type === 'number' || def.type === 'boolean') return def.type;
  return 'text';
}

// A query is text: it becomes what the schema expects here, and what does not fit stays text for the schema to refuse.
function readQuery(query: string, kinds: ReadonlyMap<string, FieldKind>): Record<string, unknown> {
  const parameters = new URLSearchParams(query);
  const fields: Record<string, unknown> = {};
  for (const name of new Set(parameters.keys())) {
    if (name === '__proto__') throw invalid(name, 'is not a known field');
    const values = parameters.getAll(name);
    const kind = kinds.get(name);
    if (values.length > 1 && kind !== 'list') throw invalid(name, 'may be given only once');
    fields[name] = kind === 'list' ? values : coerce(values[0] ?? '', kind);
  }
  return fields;
}

function readPath(
  path: Readonly<Record<string, string>>,
  kinds: ReadonlyMap<string, FieldKind>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(path).map(([name, value]) => [name, coerce(value, kinds.get(name))]),
  );
}

function coerce(text: string, kind: FieldKind | undefined): unknown {
  if (kind === 'number') return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : text;
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function readBody(body: Buffer, contentType: string | undefined): Record<string, unknown> {
  if (body.length === 0) return {};
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw invalid('', 'Send the body as application/json.');
  }
  if (!isUtf8(body)) throw invalid('', 'The body is not UTF-8.');
  return readFields(body.toString('utf8'));
}

/** The fields of a JSON object that came from outside. */
export function readFields(text: string): Record<string, unknown> {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('', 'The body must be a JSON object.');
  }
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  // Before parsing: deep nesting would overflow the stack of whatever walks the value.
  if (!isShallow(text)) throw invalid('', `The body is nested deeper than ${MAX_JSON_DEPTH} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's message quotes the body, which may hold a secret.
    throw invalid('', 'The body is not valid JSON.');
  }
  // Escapes can spell both, so they are looked into as well; the usual body has neither and is not walked.
  if (text.includes('__proto__') || text.includes('\\u')) assertPlain(value);
  return value;
}

const NOT_UNICODE = 'The body holds a surrogate without its pair, which is no Unicode text.';

/** No name that JavaScript takes for the prototype, and no half of a character: stored as UTF-8 it would become another. */
function assertPlain(value: unknown): void {
  if (typeof value === 'string' && !value.isWellFormed()) throw invalid('', NOT_UNICODE);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') throw invalid('__proto__', 'is not allowed as a name');
    if (!name.isWellFormed()) throw invalid('', NOT_UNICODE);
    assertPlain(inner);
  }
}

function invalid(path: string, message: string): ValidationError {
  const text = path === '' ? message : `${path}: ${message}`;
  return new ValidationError(text, { issues: [{ path, message }] });
}
