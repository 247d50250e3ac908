import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { BonafideError } from '../errors.ts';
import { parsePrivateKey } from '../identity/keys.ts';
import { expandHome } from './home.ts';
import { Secret } from './secret.ts';
import { type Environment, parseSettings, readNumber, readText, type Variables } from './settings.ts';

export interface ConfigOptions {
  /** Default: the environment of the process. */
  readonly env?: Environment | undefined;
  /** Default `~/.bonafide/config.yaml`, which may be absent; a path that is given must exist. */
  readonly path?: string | undefined;
  /** Further `BONAFIDE_*` names that the program itself reads. */
  readonly alsoKnown?: readonly string[] | undefined;
}

const toSecret = (value: string): Secret => new Secret(value);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const tlsFile = z.string().min(1).max(4096).optional();

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
  deploymentFile: z.string().min(1).max(4096).optional(),
  timeoutMs: z.int('must be a whole number of milliseconds').min(1).max(3_600_000).optional(),
  retryAttempts: z.int('must be a whole number').min(0).max(10).optional(),
  debug: z.boolean('must be true or false').optional(),
  logLevel: z.preprocess(toLowerCase, z.enum(['debug', 'info', 'warn', 'error'])).optional(),
  logFile: z.string().min(1).max(4096).optional(),
  verifySsl: z.literal(true, 'cannot be turned off; for a certificate of your own set tls.ca').optional(),
  tls: z
    .strictObject({ ca: tlsFile, cert: tlsFile, key: tlsFile })
    .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'needs both cert and key')
    .optional(),
});

/**
 * What a person sets for programs that act as an agent or with a token; every field may be absent. `BONAFIDE_TIMEOUT` is
 * in seconds, `timeoutMs` in the file is not.
 */
export type ClientConfig = z.output<typeof schema> & {
  /** What `deploymentFile` holds, when `loadConfig` has read it. */
  readonly deployment?: string | undefined;
};

const secondsToMs = (text: string): unknown => {
  const seconds = readNumber(text);
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : seconds;
};
const readBoolean = (text: string): unknown => {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  return /^(0|false|no|off)$/i.test(text) ? false : text;
};

const variables: Variables = {
  BONAFIDE_URL: { field: ['url'], read: readText },
  BONAFIDE_PRIVATE_KEY: { field: ['privateKey'], read: readText },
  BONAFIDE_TOKEN: { field: ['token'], read: readText },
  BONAFIDE_ENROLMENT_TOKEN: { field: ['enrolmentToken'], read: readText },
  BONAFIDE_WALLET_KEY: { field: ['walletKey'], read: readText },
  BONAFIDE_RPC_URL: { field: ['rpcUrl'], read: readText },
  BONAFIDE_DEPLOYMENT_FILE: { field: ['deploymentFile'], read: readText },
  BONAFIDE_TIMEOUT: { field: ['timeoutMs'], read: secondsToMs },
  BONAFIDE_RETRY_ATTEMPTS: { field: ['retryAttempts'], read: readNumber },
  BONAFIDE_TLS_CA_FILE: { field: ['tls', 'ca'], read: readText },
  BONAFIDE_TLS_CLIENT_CERT_FILE: { field: ['tls', 'cert'], read: readText },
  BONAFIDE_TLS_CLIENT_KEY_FILE: { field: ['tls', 'key'], read: readText },
  BONAFIDE_DEBUG: { field: ['debug'], read: readBoolean },
};

/** The names that `loadConfig` reads, for programs that refuse unknown ones. */
export const clientVariables: readonly string[] = Object.keys(variables);

/** Names that the MCP server and the demos read, so that they are no mistake elsewhere in the same shell. */
export const programVariables: readonly string[] = [
  'BONAFIDE_AGENT_NAME',
  'BONAFIDE_DEPLOYER_KEY',
  'BONAFIDE_MCP_TOKEN',
  'BONAFIDE_MODEL',
];

/** Where `loadConfig` looks: `~/.bonafide/config.yaml`. */
export function configPath(): string {
  return join(homedir(), '.bonafide', 'config.yaml');
}

/** What a program sets its agent up with: a YAML file, and the environment over it; see `parseConfig`. */
export async function loadConfig(source: string | ConfigOptions = {}): Promise<ClientConfig> {
  const options = typeof source === 'string' ? { path: source } : source;
  const { env = readEnvironment(), alsoKnown = programVariables } = options;
  const path = expandHome(options.path ?? configPath());
  const text = await readConfigFile(path, { isOptional: options.path === undefined });
  const config = parseConfig(env, { alsoKnown, file: readYaml(text, path) });
  const { deploymentFile } = config;
  return deploymentFile ? { ...config, deployment: await readDeploymentFile(deploymentFile) } : config;
}

/** The configuration from the environment over the content of a file; see `parseSettings` for what it refuses. */
export function parseConfig(
  env: Environment,
  { file, alsoKnown }: Pick<ConfigOptions, 'alsoKnown'> & { readonly file?: unknown } = {},
): ClientConfig {
  return parseSettings(schema, { env, variables, file, alsoKnown });
}

/** The content of a deployment file, for `chain: { deployment }`. */
export async function readDeploymentFile(path: string): Promise<string> {
  try {
    return await readFile(expandHome(path), 'utf8');
  } catch (cause) {
    const message = `The deployment file ${path} (BONAFIDE_DEPLOYMENT_FILE) cannot be read.`;
    throw new BonafideError('VALIDATION_FAILED', message, { cause });
  }
}

function readEnvironment(): Environment {
  // biome-ignore lint/style/noProcessEnv: reading it is what a program calls loadConfig for.
  return process.env;
}

function toLowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

async function readConfigFile(
  path: string,
  { isOptional }: { readonly isOptional: boolean },
): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isAbsent && isOptional) return '';
    const problem = isAbsent ? 'does not exist' : 'cannot be read';
    throw new BonafideError('VALIDATION_FAILED', `The configuration file ${path} ${problem}.`, { cause });
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
