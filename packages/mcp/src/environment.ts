/** What the server is told by its environment; keys and tokens are used, never shown. */
export interface Environment {
  readonly url: string | undefined;
  readonly agentName: string;
  readonly privateKey: string | undefined;
  readonly enrolmentToken: string | undefined;
  readonly walletKey: string | undefined;
  readonly rpcUrl: string | undefined;
  /** Bearer token that HTTP clients of this server must send. */
  readonly httpToken: string | undefined;
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
  BONAFIDE_MCP_TOKEN: matching(/^[\x21-\x7e]{16,200}$/, '16 to 200 printable characters without spaces'),
} satisfies Record<string, Rule>;

type Name = keyof typeof rules;
const isName = (name: string): name is Name => Object.hasOwn(rules, name);

/** Reads the environment and lists everything wrong with it; a problem names a variable, never its value. */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): {
  readonly environment: Environment;
  readonly problems: readonly string[];
} {
  // A desktop client passes an option that was left open as an empty string.
  const given = Object.entries(env).filter(([name, value]) => name.startsWith('BONAFIDE_') && value);
  const problems = given.flatMap(([name, value = '']) => {
    if (!isName(name)) return [`${name} is not known. Known are ${Object.keys(rules).join(', ')}.`];
    return rules[name].isValid(value) ? [] : [`${name} must be ${rules[name].wanted}.`];
  });
  const read = (name: Name): string | undefined => env[name] || undefined;
  const environment = {
    url: read('BONAFIDE_URL'),
    agentName: read('BONAFIDE_AGENT_NAME') ?? 'mcp',
    privateKey: read('BONAFIDE_PRIVATE_KEY'),
    enrolmentToken: read('BONAFIDE_ENROLMENT_TOKEN'),
    walletKey: read('BONAFIDE_WALLET_KEY'),
    rpcUrl: read('BONAFIDE_RPC_URL'),
    httpToken: read('BONAFIDE_MCP_TOKEN'),
  };
  return { environment, problems };
}
