import { closest, distance } from 'fastest-levenshtein';

/** What the server is told by its environment; keys and tokens are used, never shown. */
export interface Environment {
  readonly url: string | undefined;
  readonly agentName: string;
  readonly privateKey: string | undefined;
  readonly enrolmentToken: string | undefined;
  readonly walletKey: string | undefined;
  readonly rpcUrl: string | undefined;
  /** JSON file with the contracts to trust on a chain that this package does not know. */
  readonly deploymentFile: string | undefined;
  /** Bearer token that HTTP clients of this server must send. */
  readonly httpToken: string | undefined;
  /** Time for one call with its retries. */
  readonly timeoutMs: number | undefined;
  readonly retryAttempts: number | undefined;
}

interface Rule {
  readonly isValid: (value: string) => boolean;
  readonly wanted: string;
}

const httpUrl: Rule = {
  isValid: (value) => ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? ''),
  wanted: 'an http or https URL',
};
const matching = (pattern: RegExp, wanted: string): Rule => ({
  isValid: (value) => pattern.test(value),
  wanted,
});
// As the SDK's own configuration reads them; that one is too slow to load before the first call.
const timeoutSeconds: Rule = {
  isValid: (value) => isBetween(Math.round(Number(value) * 1000), { from: 1, to: 3_600_000 }),
  wanted: 'a number of seconds, at most 3600',
};
const attempts: Rule = {
  isValid: (value) => value.trim() !== '' && isBetween(Number(value), { from: 0, to: 10 }),
  wanted: 'a whole number from 0 to 10',
};

function isBetween(value: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

const rules = {
  BONAFIDE_URL: httpUrl,
  BONAFIDE_AGENT_NAME: matching(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    '1-63 lower-case letters, digits, dots, dashes or underscores',
  ),
  BONAFIDE_PRIVATE_KEY: matching(
    /^(?:[0-9a-f]{64}|[0-9a-f]{128}|[\w+/-]{43}=?|[\w+/-]{86}(?:==)?)$/i,
    '32 or 64 bytes as base64url or hexadecimal',
  ),
  BONAFIDE_ENROLMENT_TOKEN: matching(/^\S{1,200}$/, 'a token without spaces'),
  BONAFIDE_WALLET_KEY: matching(/^0x[0-9a-f]{64}$/i, '32 bytes as 0x and hexadecimal'),
  BONAFIDE_RPC_URL: httpUrl,
  BONAFIDE_DEPLOYMENT_FILE: matching(/^.{1,4096}$/s, 'the path of a file'),
  BONAFIDE_MCP_TOKEN: matching(/^[\x21-\x7e]{16,200}$/, '16 to 200 printable characters without spaces'),
  BONAFIDE_TIMEOUT: timeoutSeconds,
  BONAFIDE_RETRY_ATTEMPTS: attempts,
} satisfies Record<string, Rule>;

// What the CLI, the gateway and the demo read: in a shell that they share these are no mistakes. A test compares the
// list with theirs, since loading theirs would cost time at every start.
const knownElsewhere: readonly string[] = [
  'BONAFIDE_ALLOWED_ORIGINS',
  'BONAFIDE_APPROVAL_TTL_MS',
  'BONAFIDE_CHAIN',
  'BONAFIDE_CONFIG',
  'BONAFIDE_CONFIRMATIONS',
  'BONAFIDE_DATABASE',
  'BONAFIDE_DEBUG',
  'BONAFIDE_DEPLOYER_KEY',
  'BONAFIDE_ENROLMENT',
  'BONAFIDE_EVENT_RETENTION_MS',
  'BONAFIDE_GATEWAY_KEY',
  'BONAFIDE_GUESS_LIMIT_BURST',
  'BONAFIDE_GUESS_LIMIT_PER_MINUTE',
  'BONAFIDE_HOST',
  'BONAFIDE_KEEPER_KEY',
  'BONAFIDE_KEEPER_KEY_FILE',
  'BONAFIDE_KEEPER_MAX_ETH_PER_DAY',
  'BONAFIDE_KEEPER_MAX_GAS_PRICE_GWEI',
  'BONAFIDE_LOG_LEVEL',
  'BONAFIDE_MAX_BLOCK_RANGE',
  'BONAFIDE_MODEL',
  'BONAFIDE_POLICY_FILE',
  'BONAFIDE_PORT',
  'BONAFIDE_PUBLIC_RPC_URL',
  'BONAFIDE_PUBLIC_URL',
  'BONAFIDE_RATE_LIMIT_BURST',
  'BONAFIDE_RATE_LIMIT_PER_SECOND',
  'BONAFIDE_RELAY_BURST',
  'BONAFIDE_RELAY_PER_SECOND',
  'BONAFIDE_REQUEST_TIMEOUT_MS',
  'BONAFIDE_SHUTDOWN_TIMEOUT_MS',
  'BONAFIDE_TLS_CA_FILE',
  'BONAFIDE_TLS_CERT_FILE',
  'BONAFIDE_TLS_CLIENT_CA_FILE',
  'BONAFIDE_TLS_CLIENT_KEY_FILE',
  'BONAFIDE_TLS_CLIENT_CERT_FILE',
  'BONAFIDE_TLS_KEY_FILE',
  'BONAFIDE_TLS_REQUIRE_CLIENT_CERT',
  'BONAFIDE_TOKEN',
  'BONAFIDE_TRUSTED_PROXIES',
  'BONAFIDE_WEBHOOKS_ALLOW_HTTP',
  'BONAFIDE_WEBHOOKS_ALLOW_PRIVATE_ADDRESSES',
];

type Name = keyof typeof rules;
const isName = (name: string): name is Name => Object.hasOwn(rules, name);

function notKnown(name: string): string {
  const nearest = closest(name, [...Object.keys(rules), ...knownElsewhere]);
  const isNear = distance(name, nearest) <= Math.max(2, name.length / 3);
  if (isNear) return `${name} is not known; did you mean ${nearest}?`;
  return `${name} is not known. Known are ${Object.keys(rules).join(', ')}.`;
}

/** Reads the environment and lists everything wrong with it; a problem names a variable, never its value. */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): {
  readonly environment: Environment;
  readonly problems: readonly string[];
} {
  // A desktop client passes an option that was left open as an empty string.
  const given = Object.entries(env).filter(([name, value]) => name.startsWith('BONAFIDE_') && value);
  const problems = given.flatMap(([name, value = '']) => {
    if (isName(name)) return rules[name].isValid(value) ? [] : [`${name} must be ${rules[name].wanted}.`];
    return knownElsewhere.includes(name) ? [] : [notKnown(name)];
  });
  const read = (name: Name): string | undefined => env[name] || undefined;
  const readNumber = (name: Name): number | undefined => (env[name] ? Number(env[name]) : undefined);
  const timeoutSecondsGiven = readNumber('BONAFIDE_TIMEOUT');
  const environment = {
    url: read('BONAFIDE_URL'),
    agentName: read('BONAFIDE_AGENT_NAME') ?? 'mcp',
    privateKey: read('BONAFIDE_PRIVATE_KEY'),
    enrolmentToken: read('BONAFIDE_ENROLMENT_TOKEN'),
    walletKey: read('BONAFIDE_WALLET_KEY'),
    rpcUrl: read('BONAFIDE_RPC_URL'),
    deploymentFile: read('BONAFIDE_DEPLOYMENT_FILE'),
    httpToken: read('BONAFIDE_MCP_TOKEN'),
    timeoutMs: timeoutSecondsGiven === undefined ? undefined : Math.round(timeoutSecondsGiven * 1000),
    retryAttempts: readNumber('BONAFIDE_RETRY_ATTEMPTS'),
  };
  return { environment, problems };
}
