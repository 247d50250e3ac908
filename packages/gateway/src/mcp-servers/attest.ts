import { BonafideError } from '@bonafide/core/errors';
import type { AgentRecord } from '@bonafide/core/models';
import type { Transaction } from '../ledger.ts';
import type { StoredMcpServer } from '../stores/mcp-servers.ts';
import { getServer } from './servers.ts';

interface Attestation {
  readonly agent: AgentRecord;
  readonly serverId: string;
  readonly toolsDigest: string;
  /** When it was signed, RFC 3339. */
  readonly at: string;
  readonly envelope: string;
}

/** Stores what an agent signed about what the server offers now; one older than the agent's last is refused. */
export function attestServer(tx: Transaction, { agent, ...signed }: Attestation): StoredMcpServer {
  const { serverId, toolsDigest, at, envelope } = signed;
  const server = getServer(tx, serverId);
  if (server.seenToolsDigest !== toolsDigest) {
    throw new BonafideError('CONFLICT', 'These are not the tools the server had when it was asked last.', {
      details: { seenToolsDigest: server.seenToolsDigest },
    });
  }
  const { agentId } = agent;
  const { mcpAttestations } = tx.tables;
  const last = mcpAttestations.get({ workspace: tx.workspace, id: serverId }, agentId);
  if (last?.envelope === envelope) return server;
  if (last && last.at >= at) {
    throw new BonafideError('CONFLICT', 'This agent has attested the server later than that already.');
  }
  mcpAttestations.put({ workspace: tx.workspace, serverId, agentId, toolsDigest, at, envelope });
  tx.record({ type: 'mcpServer.attested', subject: serverId, data: { serverId, agentId, toolsDigest, at } });
  return server;
}
