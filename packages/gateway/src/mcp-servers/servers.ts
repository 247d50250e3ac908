import { BonafideError } from '@bonafide/core/errors';
import { digestOf, digestOfTools } from '@bonafide/core/identity';
import type { AgentRecord, McpDrift, McpManifest } from '@bonafide/core/models';
import { settleAlert } from '../alerts/answer.ts';
import { raiseAlert } from '../alerts/raise.ts';
import { newId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Transaction } from '../ledger.ts';
import type { StoredMcpServer } from '../stores/mcp-servers.ts';
import type { Reader } from '../stores/store.ts';
import { findDrift } from './drift.ts';

const MAX_NAMED_CHANGES = 50;

/** Pins a manifest under a name nobody has yet; the same again returns the same, another one is a CONFLICT. */
export function pinServer(
  tx: Transaction,
  { agent, name, manifest }: { agent: AgentRecord; name: string; manifest: McpManifest },
): StoredMcpServer {
  const existing = tx.tables.mcpServers.getByName(tx.workspace, name);
  if (existing) return assertSame(existing, manifest);
  const server: StoredMcpServer = {
    ...{ serverId: newId(tx.nowMs), workspace: tx.workspace, name, status: 'pinned', pinned: manifest },
    ...{ toolsDigest: digestOfTools(manifest.tools), ...seenOf(manifest), drift: [] },
    ...{ registeredBy: agent.agentId, publicKey: agent.did },
    ...{ checkedAt: tx.now, createdAt: tx.now, updatedAt: tx.now },
  };
  tx.tables.mcpServers.insert(server);
  record(tx, { type: 'mcpServer.pinned', server });
  return server;
}

/** Compares what a server says now with what is pinned; drift raises an alert, and its end resolves it. */
export function reportServer(
  tx: Transaction,
  { agent, serverId, manifest }: { agent: AgentRecord; serverId: string; manifest: McpManifest },
): StoredMcpServer {
  const server = { ...getServer(tx, serverId), checkedAt: tx.now };
  const drift = findDrift(server.pinned, manifest);
  if (drift.length > 0) return storeDrift(tx, { server, manifest, drift, agent });
  if (server.status === 'drifted' && mayClear(tx, { server, agent })) return restore(tx, server);
  tx.tables.mcpServers.update(server);
  recordCheck(tx, server);
  return server;
}

/** Pins what the server said last, if that is still what a person looked at. */
export function approveChange(
  tx: Transaction,
  { serverId, seenDigest, reason }: { serverId: string; seenDigest: string; reason?: string | undefined },
): StoredMcpServer {
  const server = getServer(tx, serverId);
  if (server.seenDigest !== seenDigest) {
    throw new BonafideError('CONFLICT', 'The server has said something else since. Look at it again.', {
      details: { seenDigest: server.seenDigest },
    });
  }
  if (server.status === 'pinned') return server;
  const approved = unite(tx, { ...server, pinned: server.seen ?? server.pinned });
  tx.tables.mcpServers.update(approved);
  settleAlert(tx, { type: 'mcp.drift', subject: serverId, note: 'A person approved the change.' });
  record(tx, {
    ...{ type: 'mcpServer.approved', server: approved },
    data: reason === undefined ? {} : { reason },
  });
  return approved;
}

/** The stored server; NOT_FOUND outside the workspace. */
export function getServer({ tables, workspace }: Reader, serverId: string): StoredMcpServer {
  const server = tables.mcpServers.get({ workspace, id: serverId });
  if (!server) throw new BonafideError('NOT_FOUND', 'There is no such MCP server in this workspace.');
  return server;
}

function assertSame(existing: StoredMcpServer, manifest: McpManifest): StoredMcpServer {
  const drift = findDrift(existing.pinned, manifest);
  if (drift.length === 0) return existing;
  throw new BonafideError(
    'CONFLICT',
    `'${existing.name}' is pinned with other tools or another transport. Look at it with mcpServers.checkDrift.`,
    { details: { serverId: existing.serverId, changes: changesOf(drift) } },
  );
}

interface Finding {
  readonly server: StoredMcpServer;
  readonly manifest: McpManifest;
  readonly drift: McpDrift[];
  readonly agent: AgentRecord;
}

function storeDrift(tx: Transaction, { server, manifest, drift, agent }: Finding): StoredMcpServer {
  const isNews = server.status === 'pinned' || server.seenDigest !== seenOf(manifest).seenDigest;
  const drifted: StoredMcpServer = isNews
    ? {
        ...{ ...server, status: 'drifted', seen: manifest, ...seenOf(manifest), drift },
        ...{ driftedBy: agent.agentId, updatedAt: tx.now },
      }
    : server;
  tx.tables.mcpServers.update(drifted);
  if (!isNews) {
    recordCheck(tx, drifted);
    return drifted;
  }
  const data = { changes: changesOf(drift) };
  record(tx, { type: 'mcpServer.drifted', server: drifted, data });
  const { serverId, name, seenDigest, registeredBy } = drifted;
  raiseAlert(tx, {
    ...{ type: 'mcp.drift', severity: 'high', subject: serverId, agentId: registeredBy },
    title: `MCP server '${name}' no longer offers what was pinned`,
    data: { serverId, name, seenDigest, reportedBy: agent.agentId, ...data },
  });
  return drifted;
}

/**
 * Who saw the drift may say that it is gone, and anyone once that agent is: otherwise a server could show its clean
 * face to one agent to free the hands of another.
 */
function mayClear(
  { tables, workspace }: Transaction,
  { server, agent }: { server: StoredMcpServer; agent: AgentRecord },
): boolean {
  const { driftedBy } = server;
  if (driftedBy === undefined || driftedBy === agent.agentId) return true;
  return tables.agents.get({ workspace, id: driftedBy })?.status !== 'active';
}

function restore(tx: Transaction, server: StoredMcpServer): StoredMcpServer {
  const restored = unite(tx, server);
  tx.tables.mcpServers.update(restored);
  settleAlert(tx, { type: 'mcp.drift', subject: server.serverId, note: 'It offers what is pinned again.' });
  record(tx, { type: 'mcpServer.restored', server: restored });
  return restored;
}

/** What is pinned is what was seen. */
function unite(tx: Transaction, { seen: _, driftedBy: __, ...server }: StoredMcpServer): StoredMcpServer {
  const { pinned } = server;
  return {
    ...{ ...server, status: 'pinned', drift: [], toolsDigest: digestOfTools(pinned.tools) },
    ...{ ...seenOf(pinned), updatedAt: tx.now },
  };
}

function seenOf({ tools, transport }: McpManifest): { seenToolsDigest: string; seenDigest: string } {
  const seenToolsDigest = digestOfTools(tools);
  const canonical =
    transport.type === 'stdio'
      ? { ...transport, envNames: transport.envNames.toSorted() }
      : { ...transport, headerNames: transport.headerNames.toSorted() };
  return { seenToolsDigest, seenDigest: digestOf({ transport: canonical, toolsDigest: seenToolsDigest }) };
}

function changesOf(drift: readonly McpDrift[]): { kind: string; name: string }[] {
  return drift.slice(0, MAX_NAMED_CHANGES).map(({ kind, name }) => ({ kind, name }));
}

interface Change {
  readonly type: string;
  readonly server: StoredMcpServer;
  readonly data?: JsonObject;
}

function record(tx: Transaction, { type, server, data = {} }: Change): void {
  const { serverId, name, status, toolsDigest, seenToolsDigest } = server;
  tx.record({
    type,
    subject: serverId,
    data: { serverId, name, status, toolsDigest, seenToolsDigest, ...data },
  });
}

function recordCheck(tx: Transaction, { serverId, name, status }: StoredMcpServer): void {
  tx.audit({ event: 'mcpServer.checked', subject: serverId, data: { serverId, name, status } });
}
