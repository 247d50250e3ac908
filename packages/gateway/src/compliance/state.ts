import type { ComplianceReport } from '@bonafide/core/models';
import type { Reader } from '../stores/store.ts';
import { dayOf } from '../time.ts';
import { readTrust } from '../trust/read.ts';
import { pause } from './pause.ts';
import { MAX_LINES, type Scope } from './read-history.ts';

const PAGE = 100;

/** The days with the questions of each that nobody has answered yet and still may. */
export async function countPending(
  { tables, workspace }: Reader,
  { days, scope }: { days: ComplianceReport['days']; scope: Scope },
): Promise<ComplianceReport['days']> {
  const { period, agentId, nowMs, signal } = scope;
  const now = new Date(nowMs).toISOString();
  const counts = new Map<string, number>();
  for (let before: string | undefined; ; ) {
    const page = tables.approvals.list({ workspace, status: 'pending', agentId }, { before, limit: PAGE });
    for (const { createdAt, expiresAt } of page) {
      const isOpen = expiresAt > now && createdAt >= period.from && createdAt < period.to;
      const day = dayOf(createdAt);
      if (isOpen) counts.set(day, (counts.get(day) ?? 0) + 1);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE || last.createdAt < period.from) break;
    before = last.approvalId;
    await pause(signal);
  }
  return days.map((each) => ({ ...each, pending: counts.get(each.day) ?? 0 }));
}

/** The agents with the least trust first; newest `MAX_LINES` of them. */
export async function listTrust(
  reader: Reader,
  { agentId, nowMs, signal }: Scope,
): Promise<ComplianceReport['trust']> {
  const lines: ComplianceReport['trust'] = [];
  for (let before: string | undefined; lines.length < MAX_LINES; ) {
    const page = reader.tables.agents.list(
      { workspace: reader.workspace, status: 'active' },
      { before, limit: PAGE },
    );
    for (const agent of page) {
      if (agentId !== undefined && agent.agentId !== agentId) continue;
      const { score, isProvisional } = readTrust(reader, { agentId: agent.agentId, detailed: false, nowMs });
      lines.push({ agentId: agent.agentId, name: agent.name, score, isProvisional });
    }
    before = page.at(-1)?.agentId;
    if (page.length < PAGE) break;
    await pause(signal);
  }
  return lines.sort((a, b) => a.score - b.score);
}
