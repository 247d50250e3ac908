import { z } from 'zod';
import { auditCheckpoint } from './audit.ts';
import { id, timestamp } from './common.ts';

export const reportType = z.enum(['soc2', 'hipaa', 'gdpr']);
export type ReportType = z.infer<typeof reportType>;
export const reportFormat = z.enum(['json', 'csv', 'pdf']);
export type ReportFormat = z.infer<typeof reportFormat>;

/** Where a verdict comes from: entries of the audit log that anybody can look up and prove. */
export const controlEvidence = z.object({
  query: z.string().meta({ description: 'What was looked for' }),
  count: z.int(),
  sequences: z
    .array(z.int())
    .meta({ description: 'The first of the entries, as positions in the audit log' }),
});
export type ControlEvidence = z.infer<typeof controlEvidence>;

export const controlVerdict = z.enum(['met', 'gap', 'notAssessed']);

export const control = z.object({
  id: z.string().meta({ description: 'Such as CC6.1, 164.312(b) or Art. 32' }),
  title: z.string(),
  verdict: controlVerdict,
  reason: z.string(),
  limits: z.string().meta({ description: 'What of the control no log can show' }),
  evidence: z.array(controlEvidence),
});
export type Control = z.infer<typeof control>;

const count = z.record(z.string(), z.int());
const entry = { sequence: z.int(), at: timestamp, event: z.string(), subject: z.string() };

/** Evidence about a period, for an auditor. It certifies nothing. */
export const complianceReport = z.object({
  reportType,
  title: z.string(),
  statement: z.string().meta({ description: 'What this report is and is not' }),
  workspace: z.string(),
  agentId: id.optional(),
  from: timestamp,
  to: timestamp.meta({ description: 'The period ends just before this time' }),
  generatedAt: timestamp,
  scope: z.object({
    entries: z.int().meta({ description: 'Entries of the log in the period that the report is about' }),
    firstSequence: z.int().optional(),
    lastSequence: z.int().optional(),
    entriesWithoutData: z.int().meta({ description: 'Whose data retention had removed' }),
  }),
  totals: z.object({
    actions: z.int().meta({ description: 'Requested or logged in the period' }),
    byStatus: count.meta({ description: 'How often an action reached each state' }),
    byRisk: count,
    approvals: count,
    medianApprovalSeconds: z.number().nullable(),
  }),
  days: z.array(
    z.object({ day: z.string(), approved: z.int(), denied: z.int(), pending: z.int(), expired: z.int() }),
  ),
  controls: z.array(control),
  exceptionCount: z.int(),
  exceptions: z
    .array(z.object({ ...entry, reason: z.string() }))
    .meta({ description: 'The first of what speaks against a control' }),
  approvalCount: z.int(),
  approvals: z
    .array(
      z.object({
        ...entry,
        action: z.string(),
        risk: z.string(),
        decidedBy: z.string(),
        seconds: z.number().meta({ description: 'From the question to the answer' }),
      }),
    )
    .meta({ description: 'The first of the decided ones' }),
  keyEventCount: z.int(),
  keyEvents: z.array(z.object({ ...entry, name: z.string(), actor: z.string() })),
  alerts: count.meta({ description: 'Raised in the period, by type' }),
  trust: z.array(z.object({ agentId: id, name: z.string(), score: z.number(), isProvisional: z.boolean() })),
  integrity: z.object({
    isVerified: z.boolean(),
    explanation: z.string(),
    checkpoint: auditCheckpoint,
  }),
});
export type ComplianceReport = z.infer<typeof complianceReport>;
