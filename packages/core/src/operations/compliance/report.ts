import { z } from 'zod';
import { id, timestamp } from '../../models/common.ts';
import { complianceReport, reportFormat, reportType } from '../../models/compliance.ts';
import { defineOperation } from '../define.ts';

export const getComplianceReport = defineOperation({
  id: 'compliance.report',
  summary: 'Make a compliance report',
  description:
    'Evidence for SOC 2, HIPAA or GDPR over a period: controls with verdicts, each linked to entries of the audit log. JSON comes as report; csv and pdf as content, which for pdf is base64.',
  risk: 'none',
  access: 'workspace:compliance.read',
  http: { method: 'GET', path: '/v1/compliance/report' },
  input: z.strictObject({
    reportType,
    from: timestamp.optional().meta({ description: 'Default 30 days before to' }),
    to: timestamp.optional().meta({ description: 'Default now' }),
    format: reportFormat.optional().meta({ description: 'Default json' }),
    agentId: id.optional(),
  }),
  output: z.object({
    format: reportFormat,
    filename: z.string(),
    mediaType: z.string(),
    report: complianceReport.optional(),
    content: z.string().optional(),
  }),
  errors: ['NOT_FOUND', 'VALIDATION_FAILED'],
  toolset: 'governance',
  idempotent: true,
});
