import type { McpConfidence } from '@bonafide/core/models';
import type { StoredMcpServer } from '../stores/mcp-servers.ts';
import type { Reader } from '../stores/store.ts';
import { DAY_MS } from '../time.ts';
import { currentTrust } from '../trust/current.ts';

const LIFETIME_DAYS = 30;
const RECENT_DAYS = 7;

/** One attestation that counts: how far its agent is trusted, and whether it is of the last seven days. */
export interface Voucher {
  readonly trust: number;
  readonly isRecent: boolean;
}

/** How sure the attestations of what the server offers now make us. */
export function confidenceOf(
  reader: Reader,
  { server, nowMs }: { server: StoredMcpServer; nowMs: number },
): McpConfidence {
  const key = { workspace: reader.workspace, id: server.serverId };
  const recentSince = daysBefore(nowMs, RECENT_DAYS);
  const vouchers = reader.tables.mcpAttestations
    .listOfServer(key, { toolsDigest: server.seenToolsDigest, since: daysBefore(nowMs, LIFETIME_DAYS) })
    .filter(({ agentId }) => isActive(reader, agentId))
    .map(({ agentId, at }) => ({ trust: currentTrust(reader, agentId), isRecent: at >= recentSince }));
  return computeConfidence(vouchers);
}

/** (min(1, 0.2 × attesters) + 0.5 × average trust + 0.3 × recent share) / 1.8, from 0 to 1; without attesters 0. */
export function computeConfidence(vouchers: readonly Voucher[]): McpConfidence {
  const attesters = vouchers.length;
  if (attesters === 0) {
    return { value: 0, attesters, averageTrust: 0, recentShare: 0, arithmetic: 'No attestation counts: 0' };
  }
  const breadth = Math.min(1, 0.2 * attesters);
  const averageTrust = vouchers.reduce((sum, { trust }) => sum + trust, 0) / attesters;
  const recentShare = vouchers.filter(({ isRecent }) => isRecent).length / attesters;
  const value = (breadth + 0.5 * averageTrust + 0.3 * recentShare) / 1.8;
  const terms = `min(1, 0.2 × ${attesters}) + 0.5 × ${round(averageTrust)} + 0.3 × ${round(recentShare)}`;
  return {
    ...{ value: round(value), attesters, averageTrust: round(averageTrust), recentShare: round(recentShare) },
    arithmetic: `(${terms}) / 1.8 = ${round(value)}`,
  };
}

function isActive({ tables, workspace }: Reader, agentId: string): boolean {
  return tables.agents.get({ workspace, id: agentId })?.status === 'active';
}

function daysBefore(nowMs: number, days: number): string {
  return new Date(nowMs - days * DAY_MS).toISOString();
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
