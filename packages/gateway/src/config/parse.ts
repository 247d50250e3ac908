import { type Issue, ValidationError } from '@bonafide/core/errors';
import { nearest } from './nearest.ts';
import { type Config, configSchema } from './schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Read = (text: string) => unknown;

const toText: Read = (text) => text;
// Left as text when it is no number, so that the schema can say so.
const toNumber: Read = (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text));
const toList: Read = (text) => text.split(',').map((part) => part.trim());

/** Environment variable, field of the configuration, and how its text is read. */
const variables: readonly (readonly [name: string, path: readonly string[], read: Read])[] = [
  ['BONAFIDE_HOST', ['host'], toText],
  ['BONAFIDE_PORT', ['port'], toNumber],
  ['BONAFIDE_DATABASE', ['database'], toText],
  ['BONAFIDE_PUBLIC_URL', ['publicUrl'], toText],
  ['BONAFIDE_ENROLMENT', ['enrolment'], toText],
  ['BONAFIDE_APPROVAL_TTL_MS', ['approvalTtlMs'], toNumber],
  ['BONAFIDE_EVENT_RETENTION_MS', ['eventRetentionMs'], toNumber],
  ['BONAFIDE_RATE_LIMIT_PER_SECOND', ['rateLimit', 'perSecond'], toNumber],
  ['BONAFIDE_RATE_LIMIT_BURST', ['rateLimit', 'burst'], toNumber],
  ['BONAFIDE_TRUSTED_PROXIES', ['trustedProxies'], toList],
  ['BONAFIDE_REQUEST_TIMEOUT_MS', ['requestTimeoutMs'], toNumber],
  ['BONAFIDE_SHUTDOWN_TIMEOUT_MS', ['shutdownTimeoutMs'], toNumber],
  ['BONAFIDE_LOG_LEVEL', ['logLevel'], toText],
  ['BONAFIDE_CHAIN', ['chain', 'name'], toText],
  ['BONAFIDE_RPC_URL', ['chain', 'rpcUrl'], toText],
  ['BONAFIDE_PUBLIC_RPC_URL', ['chain', 'publicRpcUrl'], toText],
  ['BONAFIDE_GATEWAY_KEY', ['privateKey'], toText],
];

/** Read by the bin or the SDK, so they are not mistakes here. */
const elsewhere = [
  ...['BONAFIDE_CONFIG', 'BONAFIDE_URL', 'BONAFIDE_PRIVATE_KEY', 'BONAFIDE_DEBUG', 'BONAFIDE_TIMEOUT'],
  ...['BONAFIDE_RETRY_ATTEMPTS', 'BONAFIDE_TOKEN', 'BONAFIDE_ENROLMENT_TOKEN'],
];

/**
 * The configuration from the environment over the content of a file. Throws one ValidationError with every problem,
 * misspelt `BONAFIDE_*` names included; values are never quoted, since one may be a secret in the wrong place.
 */
export function parseConfig(env: Environment, file: unknown = {}): Config {
  const issues = unknownNames(env);
  const parsed = configSchema.safeParse(isRecord(file) ? merge(file, env) : file);
  if (!parsed.success) {
    issues.push(...parsed.error.issues.flatMap((issue) => toIssues(issue)));
  }
  if (parsed.success && issues.length === 0) return parsed.data;
  const list = issues.map(({ path, message }) => `  ${path || 'configuration'}: ${message}`).join('\n');
  throw new ValidationError(`The configuration has ${issues.length} problem(s):\n${list}`, { issues });
}

function unknownNames(env: Environment): Issue[] {
  const known = [...variables.map(([name]) => name), ...elsewhere];
  return Object.keys(env)
    .filter((name) => name.startsWith('BONAFIDE_') && !known.includes(name))
    .map((name) => {
      const suggestion = nearest(name, known);
      return { path: name, message: `is not known${suggestion ? `; did you mean ${suggestion}?` : ''}` };
    });
}

function merge(file: Record<string, unknown>, env: Environment): Record<string, unknown> {
  const merged = structuredClone(file);
  for (const [name, path, read] of variables) {
    const text = env[name];
    if (text !== undefined && text !== '') assign(merged, path, read(text));
  }
  return merged;
}

function assign(
  target: Record<string, unknown>,
  [field = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    target[field] = value;
    return;
  }
  const inner = isRecord(target[field]) ? target[field] : {};
  target[field] = inner;
  assign(inner, rest, value);
}

interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

// Named as the operator wrote it: by its variable where there is one.
function toIssues({ code, path, message, keys }: SchemaIssue): Issue[] {
  if (code === 'unrecognized_keys' && keys) {
    return keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known' }));
  }
  const dotted = path.join('.');
  const variable = variables.find(([, field]) => field.join('.') === dotted)?.[0];
  return [{ path: variable ? `${dotted} (${variable})` : dotted, message }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
