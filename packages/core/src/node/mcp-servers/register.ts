import type { LocalContext } from '../../client/local-handlers.ts';
import { BonafideError } from '../../errors.ts';
import { encodeEnvelope, signEnvelope } from '../../identity/envelope.ts';
import { digestOfTools } from '../../identity/tools-digest.ts';
import type { McpManifest, McpServer, McpTransport } from '../../models/mcp-server.ts';
import { REDACTED } from '../../models/redacted.ts';
import type { ServerDefinition } from './definition.ts';
import { type InspectOptions, inspect } from './inspect.ts';

/** The fields by which a caller says how a server is started or called. */
export interface ServerFields {
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Values of `${NAME}` in all of these; what is pinned keeps the names. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Asks a server what it offers, pins it, and vouches for it. */
export async function registerServer(
  context: LocalContext,
  { name, ...fields }: ServerFields & { readonly name: string },
): Promise<McpServer> {
  const { client, signal, idempotencyKey } = context;
  const manifest = await inspect(toDefinition(fields), { ...optionsOf(fields), signal });
  const server = await client.mcpServers.pin({ name, manifest }, { signal, idempotencyKey });
  if (server.toolsDigest !== digestOfTools(manifest.tools)) {
    throw new BonafideError('CONFLICT', 'The gateway pinned other tools than the server showed us.');
  }
  return attest(context, { server, manifest });
}

/** Asks a registered server again, reports what it says, and vouches for it unless it has drifted. */
export async function checkServer(
  context: LocalContext,
  { serverId, ...fields }: ServerFields & { readonly serverId: string },
): Promise<McpServer> {
  const { client, signal, idempotencyKey } = context;
  const { transport } = await client.mcpServers.get({ serverId }, { signal });
  const definition = withPinned(transport, fields);
  const manifest = await inspect(definition, { ...optionsOf(fields), signal });
  const server = await client.mcpServers.report({ serverId, manifest }, { signal, idempotencyKey });
  return attest(context, { server, manifest });
}

/** Signs that this agent saw these tools, where they are what is pinned and nobody has seen others since. */
async function attest(
  { client, signer, signal, now }: LocalContext,
  { server, manifest }: { readonly server: McpServer; readonly manifest: McpManifest },
): Promise<McpServer> {
  const { serverId, status, seenToolsDigest } = server;
  const toolsDigest = digestOfTools(manifest.tools);
  if (!signer || status !== 'pinned' || seenToolsDigest !== toolsDigest) return server;
  const at = now();
  const envelope = await signEnvelope(
    { serverId, toolsDigest, at: at.toISOString() },
    { signer, type: 'mcp.attestation', nowMs: at.getTime() },
  );
  return client.mcpServers.attest({ serverId, toolsDigest, envelope: encodeEnvelope(envelope) }, { signal });
}

function optionsOf({ variables, timeoutMs }: ServerFields): InspectOptions {
  return { variables, timeoutMs };
}

function toDefinition(fields: ServerFields): ServerDefinition {
  const { command, args = [], env = {}, cwd, url, headers = {} } = fields;
  if (command !== undefined && url === undefined) return { type: 'stdio', command, args, env, cwd };
  if (url !== undefined && command === undefined) return { type: 'http', url, headers };
  throw new BonafideError('VALIDATION_FAILED', 'Give either the command that starts the server, or its url.');
}

/** As it is pinned, but for what the caller gives: values of variables and headers are known to nobody else. */
function withPinned(pinned: McpTransport, fields: ServerFields): ServerDefinition {
  if (fields.command !== undefined || fields.url !== undefined) return toDefinition(fields);
  const { args, env = {}, cwd, headers = {} } = fields;
  if (pinned.type === 'http') {
    assertNoneMissing(pinned.headerNames, headers);
    assertKnown(pinned.url, 'url');
    return { type: 'http', url: pinned.url, headers };
  }
  assertNoneMissing(pinned.envNames, env);
  assertKnown(pinned.command, 'command');
  if (!args) for (const arg of pinned.args) assertKnown(arg, 'args');
  return { type: 'stdio', command: pinned.command, args: args ?? pinned.args, env, cwd };
}

function assertNoneMissing(names: readonly string[], given: Readonly<Record<string, string>>): void {
  const missing = names.filter((name) => !Object.hasOwn(given, name));
  if (missing.length === 0) return;
  throw new BonafideError('VALIDATION_FAILED', `The gateway has no values: pass ${missing.join(', ')}.`, {
    details: { missing },
  });
}

function assertKnown(text: string, field: string): void {
  if (!text.includes(REDACTED)) return;
  throw new BonafideError(
    'VALIDATION_FAILED',
    `A secret was left out when it was pinned: pass ${field} again.`,
  );
}
