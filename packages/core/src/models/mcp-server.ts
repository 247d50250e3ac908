import { z } from 'zod';
import { did, id, jsonObject, timestamp } from './common.ts';

/** How a server is reached; values of variables and headers never leave the machine, their names do. */
export const mcpTransport = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('stdio'),
    command: z.string().min(1).max(1000),
    args: z.array(z.string().max(2000)).max(100),
    envNames: z.array(z.string().max(200)).max(100),
  }),
  z.strictObject({
    type: z.literal('http'),
    url: z.string().max(2000).meta({ description: 'Without user, password or query' }),
    headerNames: z.array(z.string().max(200)).max(100),
  }),
]);
export type McpTransport = z.infer<typeof mcpTransport>;

/** How a caller says that a server is started or called; what is secret in it goes to the server only. */
export const mcpLaunch = {
  command: z.string().min(1).max(1000).optional(),
  args: z.array(z.string().max(2000)).max(100).optional(),
  env: z.record(z.string().max(200), z.string().max(10_000)).optional(),
  url: z.string().min(1).max(2000).optional(),
  headers: z.record(z.string().max(200), z.string().max(10_000)).optional(),
  cwd: z.string().max(4000).optional().meta({ description: 'Folder to start it in' }),
  variables: z.record(z.string().max(200), z.string().max(10_000)).optional().meta({
    description: 'What the dollar references of the other fields stand for; the names are pinned',
  }),
  timeoutMs: z.int().min(1).max(600_000).optional().meta({ description: 'To wait for it; default 60000' }),
};

/** A tool as the server itself describes it: what a model will read. */
export const mcpTool = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(20_000).optional(),
  inputSchema: jsonObject,
});
export type McpTool = z.infer<typeof mcpTool>;

/** What a server said of itself when it was asked. */
export const mcpManifest = z.strictObject({
  transport: mcpTransport,
  serverName: z.string().max(200).optional(),
  serverVersion: z.string().max(100).optional(),
  tools: z
    .array(mcpTool)
    .max(500)
    .refine(
      (tools) => new Set(tools.map(({ name }) => name)).size === tools.length,
      'must have unique names',
    ),
});
export type McpManifest = z.infer<typeof mcpManifest>;

/** One difference between what was pinned and what the server says now. */
export const mcpDrift = z.object({
  kind: z.enum(['toolAdded', 'toolRemoved', 'toolChanged', 'transportChanged']),
  name: z.string().meta({ description: 'The tool, or the part of the transport' }),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type McpDrift = z.infer<typeof mcpDrift>;

/** How sure the attestations of agents make us, with its arithmetic. */
export const mcpConfidence = z.object({
  value: z.number().meta({ description: '0 to 1' }),
  attesters: z.int(),
  averageTrust: z.number(),
  recentShare: z.number().meta({ description: 'Share of attestations of the last 7 days' }),
  arithmetic: z.string(),
});
export type McpConfidence = z.infer<typeof mcpConfidence>;

/** A registered MCP server with its pinned tools. */
export const mcpServer = z.object({
  serverId: id,
  workspace: z.string(),
  name: z.string(),
  transport: mcpTransport,
  serverName: z.string().optional(),
  serverVersion: z.string().optional(),
  tools: z.array(z.object({ name: z.string(), description: z.string().optional(), digest: z.string() })),
  toolsDigest: z.string().meta({ description: 'sha-256 of the canonical tools (RFC 8785), base64url' }),
  status: z.enum(['pinned', 'drifted']),
  drift: z.array(mcpDrift).meta({ description: 'Against what is pinned; empty while pinned' }),
  seenToolsDigest: z.string().meta({ description: 'Of the tools it had last; what agents attest' }),
  seenDigest: z
    .string()
    .meta({ description: 'Of tools and transport as they were last; what approveChange takes' }),
  confidence: mcpConfidence,
  registeredBy: id,
  publicKey: did.meta({ description: 'Of the agent that registered it' }),
  checkedAt: timestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type McpServer = z.infer<typeof mcpServer>;

/** Whose configuration named a server; `file` is one that the caller named. */
export const mcpClientName = z.enum([
  'claude-desktop',
  'claude-code',
  'cursor',
  'vscode',
  'windsurf',
  'codex',
  'file',
]);

export type McpClientName = z.infer<typeof mcpClientName>;

/** An MCP server found in the configuration of a client on this machine; secrets are left out. */
export const discoveredServer = z.object({
  name: z.string(),
  client: mcpClientName,
  configPath: z.string(),
  project: z.string().optional().meta({ description: 'Folder the entry belongs to; absent: the user' }),
  isEnabled: z.boolean().meta({ description: 'False where the client was told not to use it' }),
  transport: mcpTransport,
});
export type DiscoveredServer = z.infer<typeof discoveredServer>;

/** A configuration file that could not be used, or an entry in it. */
export const discoveryProblem = z.object({ configPath: z.string(), message: z.string() });
export type DiscoveryProblem = z.infer<typeof discoveryProblem>;
