import { z } from 'zod';
import { auditCheckpoint } from './audit.ts';
import { id, timestamp } from './common.ts';

export const reportType = z.enum(['soc2', 'hipaa', 'gdpr']);
export const reportFormat = z.enum(['json', 'csv', 'pdf']);

/** Where a verdict comes from: entries of the audit log that anybody can look up and prove. */
export const controlEvidence = z.object({
  query: z.string().meta({ description: 'What was looked for' }),
  count: z.int(),
  sequences: z.array(z.int()).meta({ description: 'Some of the entries, as positions in the audit log' }),
});

export const control = z.object({
  id: z.string().meta({ description: 'Such as CC6.1, 164.312(b) or Art. 32' }),
  title: z.string(),
  verdict: z.enum(['met', 'gap', 'notAssessed']),
  reason: z.string(),
  evidence: z.array(controlEvidence),
});
export type Control = z.infer<typeof control>;

/** Evidence about a period, for an auditor. It certifies nothing. */
export const complianceReport = z.object({
  reportType,
  title: z.string(),
  statement: z.string().meta({ description: 'What this report is and is not' }),
  workspace: z.string(),
  agentId: id.optional(),
  from: timestamp,
  to: timestamp,
  generatedAt: timestamp,
  totals: z.object({
    actions: z.int(),
    byStatus: z.record(z.string(), z.int()),
    byRisk: z.record(z.string(), z.int()),
    approvals: z.record(z.string(), z.int()),
    medianApprovalSeconds: z.number().nullable(),
  }),
  days: z.array(
    z.object({ day: z.string(), approved: z.int(), denied: z.int(), pending: z.int(), expired: z.int() }),
  ),
  controls: z.array(control),
  exceptions: z.array(z.object({ sequence: z.int(), at: timestamp, event: z.string(), subject: z.string() })),
  keyEvents: z.array(z.object({ sequence: z.int(), at: timestamp, event: z.string(), subject: z.string() })),
  alerts: z.record(z.string(), z.int()),
  trust: z.array(z.object({ agentId: id, name: z.string(), score: z.number(), isProvisional: z.boolean() })),
  integrity: z.object({
    isVerified: z.boolean(),
    explanation: z.string(),
    checkpoint: auditCheckpoint,
  }),
});
export type ComplianceReport = z.infer<typeof complianceReport>;
