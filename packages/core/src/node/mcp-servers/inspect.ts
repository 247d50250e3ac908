import type { Client, Transport } from '@modelcontextprotocol/client';
import { BonafideError, ConnectionError, TimeoutError } from '../../errors.ts';
import type { McpManifest, McpTransport } from '../../models/mcp-server.ts';
import { REDACTED } from '../../models/redacted.ts';
import { type ServerDefinition, secretsOf, toTransport } from './definition.ts';
import { expandDefinition } from './expand.ts';
import { createHttpTransport } from './http-transport.ts';
import { listTools } from './list-tools.ts';
import { loadMcpSdk, type McpSdk } from './load-client.ts';
import { redactText } from './redact.ts';
import { MAX_STDERR_CHARACTERS, StdioTransport } from './stdio-transport.ts';

/** `npx` may download the server first. */
const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_SHOWN_CHARACTERS = 1000;

export interface InspectOptions {
  /** Values of `${NAME}` in the definition; what is shown of it keeps the names. Absent: it is taken as it is. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a server over MCP what it offers, and leaves nothing running. Throws TIMEOUT, CONNECTION_FAILED, VALIDATION_FAILED
 * or PAYLOAD_TOO_LARGE with what to do; no error holds a secret of the definition.
 */
export async function inspect(
  definition: ServerDefinition,
  options: InspectOptions = {},
): Promise<McpManifest> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, variables } = options;
  signal?.throwIfAborted();
  const sdk = await loadMcpSdk();
  const transport = toTransport(definition);
  const filled = variables ? expandDefinition(definition, variables) : definition;
  const connection = connect(sdk, {
    definition: filled,
    secrets: [...secretsOf(filled), ...Object.values(variables ?? {})],
  });
  const deadline = AbortSignal.timeout(timeoutMs);
  const request = { signal: signal ? AbortSignal.any([signal, deadline]) : deadline, timeout: timeoutMs };
  const client = new sdk.Client({ name: 'bonafide', version: '1' });
  try {
    await untilAborted(client.connect(connection.transport, request), request.signal);
    return await untilAborted(readManifest(client, { transport, request }), request.signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (BonafideError.is(error)) throw error;
    throw toFailure({ transport, connection, hasTimedOut: deadline.aborted, timeoutMs });
  } finally {
    await connection.transport.close();
  }
}

interface Request {
  readonly signal: AbortSignal;
  readonly timeout: number;
}

async function readManifest(
  client: Client,
  { transport, request }: { readonly transport: McpTransport; readonly request: Request },
): Promise<McpManifest> {
  const tools = await listTools(client, request);
  const { name, version } = client.getServerVersion() ?? {};
  return {
    transport,
    ...(name === undefined ? {} : { serverName: name.slice(0, 200) }),
    ...(version === undefined ? {} : { serverVersion: version.slice(0, 100) }),
    tools,
  };
}

interface Target {
  readonly definition: ServerDefinition;
  /** Left out of what the server says of itself. */
  readonly secrets: readonly string[];
}

interface Connection {
  readonly transport: Transport;
  /** What is known of why there is no answer. */
  failure(): string | undefined;
  details(): Readonly<Record<string, unknown>>;
}

function connect(sdk: McpSdk, { definition, secrets }: Target): Connection {
  if (definition.type === 'http') {
    const { transport, progress } = createHttpTransport(sdk, definition);
    return {
      transport,
      failure: () => progress.failure ?? describeStatus(progress.status),
      details: () => (progress.status === undefined ? {} : { status: progress.status }),
    };
  }
  const transport = new StdioTransport(sdk, definition);
  return {
    transport,
    failure: () => transport.explain(),
    details: () => (transport.stderr === '' ? {} : { stderr: mask(transport.stderr, secrets) }),
  };
}

function describeStatus(status: number | undefined): string | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return `It answered ${status}: give the headers it needs.`;
  return `It answered ${status}: this may not be the URL of an MCP server.`;
}

// The SDK's requests end with the signal, but not its handshake.
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

interface Failed {
  readonly transport: McpTransport;
  readonly connection: Connection;
  readonly hasTimedOut: boolean;
  readonly timeoutMs: number;
}

// Without the cause: errors of the SDK and of Node quote arguments, URLs and what a server answered.
function toFailure({ transport, connection, hasTimedOut, timeoutMs }: Failed): BonafideError {
  const where = transport.type === 'stdio' ? transport.command : transport.url;
  const why = connection.failure();
  const details = { transport, ...connection.details(), ...(why === undefined ? {} : { reason: why }) };
  if (hasTimedOut) {
    const message = `The MCP server '${where}' did not answer in ${timeoutMs} ms. ${why ?? 'Run it by hand, or give it more time.'}`;
    return new TimeoutError(message, { details });
  }
  return new ConnectionError(
    `The MCP server '${where}' could not be asked. ${why ?? 'It does not speak MCP as expected.'}`,
    { details },
  );
}

/** The end of what a server printed, without what it was given. */
function mask(text: string, given: readonly string[]): string {
  const secrets = given.filter((secret) => secret.length >= 3).toSorted((a, b) => b.length - a.length);
  // Where the text was cut, a secret may have been.
  const whole = text.length < MAX_STDERR_CHARACTERS ? text : text.slice(0, -(secrets[0]?.length ?? 1));
  const masked = secrets.reduce((shown, secret) => shown.replaceAll(secret, REDACTED), whole);
  return redactText(masked.slice(-MAX_SHOWN_CHARACTERS));
}
