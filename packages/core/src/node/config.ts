import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { BonafideError, type Issue, ValidationError } from '../errors.ts';
import { parsePrivateKey } from '../identity/keys.ts';
import { findNearest } from './nearest.ts';
import { Secret } from './secret.ts';

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigOptions {
  /** Further `BONAFIDE_*` names that the program itself reads. */
  readonly alsoKnown?: readonly string[] | undefined;
}

const toSecret = (value: string): Secret => new Secret(value);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const schema = z.strictObject({
  url: httpUrl.optional(),
  privateKey: z
    .string()
    .refine(isPrivateKey, 'must be a 32-byte Ed25519 key as base64url or hexadecimal')
    .transform(toSecret)
    .optional(),
  token: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII without spaces')
    .transform(toSecret)
    .optional(),
  enrolmentToken: z.string().min(1).max(200).transform(toSecret).optional(),
  walletKey: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/i, 'must be 0x and 64 hexadecimal digits')
    .transform(toSecret)
    .optional(),
  rpcUrl: httpUrl.optional(),
  timeoutMs: z.int('must be a whole number of milliseconds').min(1).max(3_600_000).optional(),
  retryAttempts: z.int('must be a whole number').min(0).max(10).optional(),
  debug: z.boolean('must be true or false').optional(),
});

/**
 * What a person sets for programs that act as an agent or with a token; every field may be absent. `BONAFIDE_TIMEOUT` is
 * in seconds, `timeoutMs` in the file is not.
 */
export type ClientConfig = z.output<typeof schema>;

type Read = (text: string) => unknown;

const toText: Read = (text) => text;
// Left as text when it is none, so that the schema can say so.
const toNumber: Read = (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text));
const secondsToMs: Read = (text) => {
  const seconds = toNumber(text);
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : seconds;
};
const toBoolean: Read = (text) => {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  return /^(0|false|no|off)$/i.test(text) ? false : text;
};

const variables: Readonly<Record<string, readonly [field: keyof ClientConfig, read: Read]>> = {
  BONAFIDE_URL: ['url', toText],
  BONAFIDE_PRIVATE_KEY: ['privateKey', toText],
  BONAFIDE_TOKEN: ['token', toText],
  BONAFIDE_ENROLMENT_TOKEN: ['enrolmentToken', toText],
  BONAFIDE_WALLET_KEY: ['walletKey', toText],
  BONAFIDE_RPC_URL: ['rpcUrl', toText],
  BONAFIDE_TIMEOUT: ['timeoutMs', secondsToMs],
  BONAFIDE_RETRY_ATTEMPTS: ['retryAttempts', toNumber],
  BONAFIDE_DEBUG: ['debug', toBoolean],
};

/** Where `loadConfig` looks: `~/.bonafide/config.yaml`. */
export function configPath(): string {
  return join(homedir(), '.bonafide', 'config.yaml');
}

/** The configuration from the environment over a YAML file, which may be absent; see `parseConfig`. */
export async function loadConfig(
  env: Environment,
  { path = configPath(), ...options }: ConfigOptions & { readonly path?: string | undefined } = {},
): Promise<ClientConfig> {
  return parseConfig(env, { ...options, file: readYaml(await readOptional(path), path) });
}

/**
 * The configuration from the environment over the content of a file. Throws one ValidationError with every problem,
 * misspelt `BONAFIDE_*` names included. Values are never quoted, since one may be a secret in the wrong place.
 */
export function parseConfig(
  env: Environment,
  { file = {}, alsoKnown = [] }: ConfigOptions & { readonly file?: unknown } = {},
): ClientConfig {
  const parsed = schema.safeParse(isRecord(file) ? { ...file, ...fromEnvironment(env) } : file);
  const issues = [...unknownNames(env, alsoKnown), ...(parsed.success ? [] : toIssues(parsed.error))];
  if (parsed.success && issues.length === 0) return parsed.data;
  const list = issues.map(({ path, message }) => `  ${path || 'file'}: ${message}`).join('\n');
  throw new ValidationError(`The configuration has ${issues.length} problem(s):\n${list}`, { issues });
}

function fromEnvironment(env: Environment): Record<string, unknown> {
  const given = Object.entries(variables).flatMap(([name, [field, read]]) => {
    const text = env[name];
    return text === undefined || text === '' ? [] : [[field, read(text)] as const];
  });
  return Object.fromEntries(given);
}

function unknownNames(env: Environment, alsoKnown: readonly string[]): Issue[] {
  const known = [...Object.keys(variables), ...alsoKnown];
  const unknown = Object.keys(env).filter((name) => name.startsWith('BONAFIDE_') && !known.includes(name));
  return unknown.map((name) => {
    const nearest = findNearest(name, known);
    return { path: name, message: nearest ? `is not known; did you mean ${nearest}?` : 'is not known' };
  });
}

// Named as it was written: by the variable where there is one.
function toIssues(error: z.ZodError): Issue[] {
  const fields = Object.keys(schema.shape);
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(key, fields));
    const field = issue.path.join('.');
    const variable = Object.entries(variables).find(([, [name]]) => name === field)?.[0];
    return [{ path: variable ? `${field} (${variable})` : field, message: issue.message }];
  });
}

function unknownField(field: string, fields: readonly string[]): Issue {
  const nearest = findNearest(field, fields);
  return { path: field, message: nearest ? `is not known; did you mean ${nearest}?` : 'is not known' };
}

async function readOptional(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new BonafideError('VALIDATION_FAILED', `The configuration file ${path} cannot be read.`, { cause });
  }
}

function readYaml(text: string, path: string): unknown {
  try {
    return parseYaml(text) ?? {};
  } catch {
    // The parser's message quotes the line, which may hold a secret; so it is not kept as the cause.
    throw new BonafideError('VALIDATION_FAILED', `The configuration file ${path} is not YAML.`);
  }
}

function isPrivateKey(text: string): boolean {
  try {
    parsePrivateKey(text);
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
