import { type Issue, ValidationError } from '../errors.ts';
import { REDACTED } from '../models/redacted.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

interface Walk {
  readonly path: string;
  readonly ancestors: readonly object[];
  readonly issues: Issue[];
}

/**
 * A copy of what an action will run with, as plain JSON. Absent properties stay absent; whatever JSON would change
 * silently (a date, a bigint, NaN, an instance of a class, a cycle) is refused, since an approval is bound to this text.
 */
export function toJsonParameters(parameters: Readonly<Record<string, unknown>>): JsonObject {
  const issues: Issue[] = [];
  const copy = copyObject(parameters, { path: '', ancestors: [], issues });
  if (issues.length === 0) return copy;
  const list = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new ValidationError(
    `The arguments are not JSON, so nothing ran: ${list}. Map them with the option parameters.`,
    { issues },
  );
}

/** A copy in which every value under one of these keys, at any depth, is hidden. */
export function redact<Value>(value: Value, keys: readonly string[]): Value {
  if (keys.length === 0) return value;
  return JSON.parse(JSON.stringify(value, (key, inner) => (keys.includes(key) ? REDACTED : inner)));
}

/** As `redact`, for results, which may be anything. */
export function redactResult(result: unknown, keys: readonly string[]): unknown {
  if (keys.length === 0 || result === undefined) return result;
  try {
    return redact(result, keys);
  } catch {
    // What cannot be searched may hold what must be hidden.
    return REDACTED;
  }
}

function copyObject(value: object, { path, ancestors, issues }: Walk): JsonObject {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      const at = path === '' ? key : `${path}.${key}`;
      return [key, copy(inner, { path: at, ancestors: [...ancestors, value], issues })];
    }),
  );
}

function copy(value: unknown, walk: Walk): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : refuse(walk, 'is not a finite number');
    case 'object':
      return value === null ? null : copyInner(value, walk);
    default:
      return refuse(walk, `is a ${typeof value}`);
  }
}

function copyInner(value: object, walk: Walk): Json {
  if (walk.ancestors.includes(value)) return refuse(walk, 'contains itself');
  if (Array.isArray(value)) {
    const ancestors = [...walk.ancestors, value];
    return Array.from(value, (inner, index) =>
      copy(inner, { ...walk, path: `${walk.path}.${index}`, ancestors }),
    );
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return copyObject(value, walk);
  return refuse(walk, `is a ${value.constructor?.name || 'class instance'}`);
}

function refuse({ path, issues }: Walk, message: string): null {
  issues.push({ path, message });
  return null;
}
