import { z } from 'zod';
import { BonafideError } from '../../errors.ts';
import type { McpTransport } from '../../models/mcp-server.ts';
import { REDACTED } from '../../models/redacted.ts';
import { redactArgs, redactText, redactUrl } from './redact.ts';

/** How to start or call a server, with its secrets: it stays in this process and goes to the server only. */
export type ServerDefinition = StdioDefinition | HttpDefinition;

export interface StdioDefinition {
  readonly type: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
}

export interface HttpDefinition {
  readonly type: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

// Shorter ones, such as `1` or `true`, are no secrets and would hide too much.
const MIN_SECRET_CHARACTERS = 6;

const scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]).transform(String);
const values = z.record(z.string().max(200), scalar.nullable());
const location = z.string().min(1).max(2000);

// Unknown fields are the client's own business.
const entry = z.looseObject({
  command: z.string().min(1).max(1000).optional(),
  args: z
    .array(z.union([z.string().max(2000), z.number()]).transform(String))
    .max(100)
    .optional(),
  env: values.nullish(),
  cwd: z.string().optional(),
  url: location.optional(),
  serverUrl: location.optional(),
  httpUrl: location.optional(),
  headers: values.nullish(),
  http_headers: values.nullish(),
  env_http_headers: z.record(z.string(), z.string()).nullish(),
  bearer_token_env_var: z.string().optional(),
  disabled: z.boolean().optional(),
  enabled: z.boolean().optional(),
});

/** An entry of a configuration file; throws VALIDATION_FAILED without quoting it. */
export function readEntry(value: unknown): {
  readonly definition: ServerDefinition;
  readonly isEnabled: boolean;
} {
  const parsed = entry.safeParse(value);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path[0] ?? 'entry').map(String);
    throw new BonafideError('VALIDATION_FAILED', `not understood: ${[...new Set(fields)].join(', ')}.`);
  }
  const { disabled = false, enabled = true } = parsed.data;
  return { definition: toDefinition(parsed.data), isEnabled: enabled && !disabled };
}

function toDefinition(data: z.output<typeof entry>): ServerDefinition {
  const url = data.url ?? data.serverUrl ?? data.httpUrl;
  if (data.command !== undefined) {
    const { command, args = [], env, cwd } = data;
    return { type: 'stdio', command, args, env: given(env), cwd };
  }
  if (url === undefined) throw new BonafideError('VALIDATION_FAILED', 'without a command or a URL.');
  const fromEnv = Object.entries(data.env_http_headers ?? {}).map(([name, from]) => [name, `\${${from}}`]);
  const bearer = data.bearer_token_env_var;
  return {
    type: 'http',
    url,
    headers: {
      ...given(data.headers),
      ...given(data.http_headers),
      ...Object.fromEntries(fromEnv),
      ...(bearer === undefined ? {} : { Authorization: `Bearer \${${bearer}}` }),
    },
  };
}

// VS Code writes null for a variable that is taken away.
function given(record: Record<string, string | null> | null | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

/** How a server is reached as others may see it: no value of a variable or header, no secret in an argument or URL. */
export function toTransport(definition: ServerDefinition): McpTransport {
  if (definition.type === 'http') {
    const { url, headers } = definition;
    return { type: 'http', url: redactUrl(url), headerNames: Object.keys(headers).toSorted() };
  }
  const { command, args, env } = definition;
  return {
    ...{
      type: 'stdio',
      command: redactText(command),
      args: redactArgs(args).map((arg) => withoutValues(arg, env)),
    },
    envNames: Object.keys(env).toSorted(),
  };
}

// What is given as a variable may be given as an argument, too.
function withoutValues(arg: string, env: Readonly<Record<string, string>>): string {
  return Object.values(env)
    .filter((value) => value.length >= MIN_SECRET_CHARACTERS && !/^\$\{(?:env:|input:)?\w+\}$/.test(value))
    .reduce((shown, value) => shown.replaceAll(value, REDACTED), arg);
}

/** What must never be shown, for masking what a server says of itself. */
export function secretsOf(definition: ServerDefinition): readonly string[] {
  if (definition.type === 'http') {
    const { url, headers } = definition;
    const shown = redactUrl(url);
    return [...Object.values(headers).flatMap(wordsOf), ...(shown === url ? [] : [url])];
  }
  const shown = redactArgs(definition.args);
  return [
    ...Object.values(definition.env),
    ...definition.args.flatMap((arg, index) => (arg === shown[index] ? [] : [arg, ...wordsOf(arg)])),
  ];
}

// `Bearer x` may come back as `x`.
function wordsOf(value: string): readonly string[] {
  return [value, ...value.split(/[\s=:@/?&,;"']+/).filter((word) => word.length >= MIN_SECRET_CHARACTERS)];
}
