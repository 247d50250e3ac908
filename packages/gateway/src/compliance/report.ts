import type { ComplianceReport, ReportType } from '@bonafide/core/models';
import { getAgent } from '../agents/agents.ts';
import type { Reader } from '../stores/store.ts';
import { assessControl, type Framework } from './frameworks/framework.ts';
import { gdpr } from './frameworks/gdpr.ts';
import { hipaa } from './frameworks/hipaa.ts';
import { soc2 } from './frameworks/soc2.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { readHistory, type Scope } from './read-history.ts';
import { findRange } from './read-log.ts';
import { countPending, listTrust } from './state.ts';
import { createLogCheck, type SignedLog } from './verify-log.ts';

export const frameworks: Readonly<Record<ReportType, Framework>> = { soc2, hipaa, gdpr };

const STATEMENT =
  'This report is evidence, not certification. Software made it from the audit log of the workspace, and no person judged it. ' +
  '"Met" means that what is checked of a control held for what went through this gateway in the period, not that the whole control is met. ' +
  '"Gap" means that something speaks against it. "Not assessed" means that the log says nothing of it, or that no log can.';

interface ReportRequest {
  readonly reportType: ReportType;
  readonly scope: Scope;
  readonly log: SignedLog;
}

/** Makes a report about a period of a workspace, or of one agent in it; NOT_FOUND for an agent that is not in it. */
export async function makeReport(
  reader: Reader,
  { reportType, scope, log }: ReportRequest,
): Promise<ComplianceReport> {
  const { period, agentId, nowMs } = scope;
  if (agentId !== undefined) getAgent(reader, agentId);
  const { start, end } = findRange(reader, period);
  // What is logged while this is made is not in the checkpoint.
  const range = { start, end: Math.min(end, log.checkpoint.size + 1) };
  const check = createLogCheck(log, { range, seen: agentId === undefined ? 'all' : 'some' });
  const history = await readHistory(reader, { range, scope, onEntry: (entry) => check.see(entry) });
  const integrity = check.finish();
  const { evidence, ...exceptions } = await gatherEvidence(reader, { history, integrity, scope });
  const { evidence: _collector, alertSequences: _positions, ...lines } = history;
  const { title, controls } = frameworks[reportType];
  return {
    ...{ reportType, title: `${title} evidence`, statement: STATEMENT, workspace: reader.workspace },
    ...(agentId === undefined ? {} : { agentId }),
    ...{ ...period, generatedAt: new Date(nowMs).toISOString() },
    ...{ ...lines, ...exceptions, integrity },
    days: await countPending(reader, { days: history.days, scope }),
    controls: controls.map((control) => assessControl(control, evidence)),
    trust: await listTrust(reader, scope),
  };
}
