import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { type Issue, ValidationError } from '../errors.ts';

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which field of the settings a variable sets, and how its text is read. */
export interface Variable {
  readonly field: readonly string[];
  readonly read: (text: string) => unknown;
}

export type Variables = Readonly<Record<`BONAFIDE_${string}`, Variable>>;

export interface SettingsSource {
  readonly env: Environment;
  readonly variables: Variables;
  /** Content of the settings file; variables win over it. */
  readonly file?: unknown;
  /** `BONAFIDE_*` names that other programs of the same shell read. */
  readonly alsoKnown?: readonly string[] | undefined;
}

export const readText = (text: string): unknown => text;

/** A number, or the text itself when it is none, so that the schema can say so. */
export const readNumber = (text: string): unknown =>
  text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);

/** True or false, or the text itself when it is neither, so that the schema can say so. */
export const readFlag = (text: string): unknown => ({ true: true, false: false })[text.trim()] ?? text;

/** The parts between commas. */
export const readList = (text: string): unknown => text.split(',').map((part) => part.trim());

/**
 * The settings from the environment over the content of a file. Throws one ValidationError with every problem, misspelt
 * `BONAFIDE_*` names included. Values are never quoted, since one may be a secret in the wrong place.
 */
export function parseSettings<Schema extends z.ZodType>(
  schema: Schema,
  source: SettingsSource,
): z.output<Schema> {
  const { file = {} } = source;
  const parsed = schema.safeParse(isRecord(file) ? overlay(file, source) : file);
  const misfits = parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => toIssues(issue, { schema, variables: source.variables }));
  const issues = [...unknownNames(source), ...misfits];
  if (parsed.success && issues.length === 0) return parsed.data;
  const list = issues.map(({ path, message }) => `  ${path || 'file'}: ${message}`).join('\n');
  throw new ValidationError(`The configuration has ${issues.length} problem(s):\n${list}`, { issues });
}

function unknownNames({ env, variables, alsoKnown = [] }: SettingsSource): Issue[] {
  const known = [...Object.keys(variables), ...alsoKnown];
  return Object.keys(env)
    .filter((name) => name.startsWith('BONAFIDE_') && !known.includes(name))
    .map((name) => ({ path: name, message: notKnown(name, known) }));
}

function notKnown(name: string, known: readonly string[]): string {
  const nearest = closest(name, known);
  const isNear = known.length > 0 && distance(name, nearest) <= Math.max(2, name.length / 3);
  return isNear ? `is not known; did you mean ${nearest}?` : 'is not known';
}

function overlay(file: Record<string, unknown>, { env, variables }: SettingsSource): Record<string, unknown> {
  const settings = structuredClone(file);
  for (const [name, { field, read }] of Object.entries(variables)) {
    const text = env[name];
    if (text !== undefined && text !== '') assign(settings, field, read(text));
  }
  return settings;
}

function assign(
  target: Record<string, unknown>,
  [key = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = isRecord(target[key]) ? target[key] : {};
  target[key] = inner;
  assign(inner, rest, value);
}

// Named as it was written: by the variable where there is one.
function toIssues(
  issue: z.core.$ZodIssue,
  { schema, variables }: { readonly schema: z.ZodType; readonly variables: Variables },
): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    const inFile = 'shape' in schema && isRecord(schema.shape) ? Object.keys(schema.shape) : [];
    const known = [...Object.values(variables).map(({ field }) => field.join('.')), ...inFile];
    const paths = issue.keys.map((key) => [...issue.path, key].join('.'));
    return paths.map((path) => ({ path, message: notKnown(path, known) }));
  }
  const path = issue.path.join('.');
  const variable = Object.entries(variables).find(([, { field }]) => field.join('.') === path)?.[0];
  return [{ path: variable ? `${path} (${variable})` : path, message: issue.message }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
